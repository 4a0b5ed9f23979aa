/** Parses claims given as JSON, in a header or a token. */
import { ProxyError } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import { checkJson } from '../json/strict.ts';
import type { JsonObject } from '../json/value.ts';

export function parseClaims(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    checkJson(text, 16);
    value = parseJson(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw new ProxyError('unauthenticated-caller', `${what} is not a JSON object`);
  return value;
}
