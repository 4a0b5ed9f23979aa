/** Marks results as private to one caller: a shared cache must not keep them (MCP 2026-07-28, caching). */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

/** Changes a shared cache scope of a result to a private one. */
export function forCallerOnly(result: JsonObject): JsonObject {
  return result['cacheScope'] === undefined || result['cacheScope'] === 'private'
    ? result
    : { ...result, cacheScope: 'private' };
}

/** The same for a message. */
export function answeredToCallerOnly(message: JsonObject): JsonObject {
  const { result } = message;
  const own = isObject(result) ? forCallerOnly(result) : result;
  return own === result ? message : { ...message, result: own };
}
