/** What one caller gets to see may not be kept for others (MCP 2026-07-28, caching). */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

/** A result that says so where it says who may keep it. */
export function forCallerOnly(result: JsonObject): JsonObject {
  return result['cacheScope'] === undefined || result['cacheScope'] === 'private'
    ? result
    : { ...result, cacheScope: 'private' };
}

/** The same of a message. */
export function answeredToCallerOnly(message: JsonObject): JsonObject {
  const { result } = message;
  const own = isObject(result) ? forCallerOnly(result) : result;
  return own === result ? message : { ...message, result: own };
}
