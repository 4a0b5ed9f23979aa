import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';

/** The object that a text is as JSON; undefined if it is none. */
export function objectIn(text: string): JsonObject | undefined {
  // Most lines of a log are text.
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
