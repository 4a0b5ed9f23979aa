/** Replaces the upstream's name of a tool in errors by the name that the client knows. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Renames a tool in a message: in an error, and in the text of a result with `isError`. */
export function renaming(from: string, to: string): (message: JsonObject) => JsonObject {
  // Only as a whole word: `add` occurs in neither `add_all` nor `address`.
  const name = new RegExp(`(?<![\\w./-])${escaped(from)}(?![\\w/-]|\\.\\w)`, 'g');
  const rename = (value: JsonValue | undefined): JsonValue | undefined => {
    if (typeof value === 'string') return value.replace(name, to);
    if (Array.isArray(value))
      return sameOr(
        value as readonly JsonValue[],
        (value as readonly JsonValue[]).map((item) => rename(item) ?? null),
      );
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, rename(inner)] as const);
    return entries.every(([key, inner]) => inner === value[key]) ? value : Object.fromEntries(entries);
  };
  return (message) => {
    const { error, result, method } = message;
    if (method !== undefined) return message;
    if (isObject(error)) {
      const next = rename(error);
      return next === error ? message : { ...message, error: next };
    }
    if (!isObject(result) || result['isError'] !== true) return message;
    const content = rename(result['content']);
    return content === result['content'] ? message : { ...message, result: { ...result, content } };
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|*/-]/g, '\\$&');
}

function sameOr(before: readonly JsonValue[], after: readonly JsonValue[]): readonly JsonValue[] {
  return after.every((item, i) => item === before[i]) ? before : after;
}
