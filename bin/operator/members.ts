/** Reads documents of unknown shape. */
import { isObject } from '../../proxy/json/lossless.ts';

/** The member if it is a string. */
export function textAt(value: unknown, key: string): string | undefined {
  const member = isObject(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : undefined;
}

/** The member if it is an object; otherwise an empty object. */
export function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const member = isObject(value) ? value[key] : undefined;
  return isObject(member) ? member : {};
}
