/**
 * Reads values of upstreams as the protocol types them. A client refuses the whole list of all upstreams for one wrong
 * member. So a wrong optional member is left out, and so is an item that lacks what the protocol demands.
 */
import { Known } from '../call/variants.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** Returns the same value if it is right, else a corrected one; undefined if no client could read it. */
export type Read<T extends JsonValue = JsonValue> = (value: JsonValue) => T | undefined;
type Members = Readonly<Record<string, Read>>;

export const text: Read<string> = (value) => (typeof value === 'string' ? value : undefined);
export const flag: Read<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);
export const number: Read<number> = (value) => (typeof value === 'number' ? value : undefined);
export const object: Read<JsonObject> = (value) => (isObject(value) ? value : undefined);

export function oneOf(...values: readonly string[]): Read {
  return (value) => (typeof value === 'string' && values.includes(value) ? value : undefined);
}

/** A list without the items that can't be read. */
export function listOf(item: Read): Read {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const items = value as readonly JsonValue[];
    const read = items.map((each) => item(each));
    return read.every((each, i) => each === items[i]) ? value : read.filter((each) => each !== undefined);
  };
}

/** A list that counts only as a whole. */
export function wholeListOf(item: Read): Read {
  return (value) =>
    Array.isArray(value) && (value as readonly JsonValue[]).every((each) => item(each) === each) ? value : undefined;
}

/** An object as a map, without the members that can't be read. */
export function recordOf(member: Read): Read<JsonObject> {
  return (value) => {
    if (!isObject(value)) return undefined;
    return changed(value, Object.keys(value), () => member);
  };
}

/** An object of the protocol. Members that the protocol doesn't name stay as they are, except those that readers take for one. */
export function members(required: Members, optional: Members = {}): Read<JsonObject> {
  const all = { ...optional, ...required };
  const names = Object.keys(all);
  const needed = Object.keys(required);
  const known = new Known(...names);
  return (value) => {
    if (!isObject(value)) return undefined;
    const read = changed(withoutVariants(value, known), names, (name) => all[name]);
    return needed.every((name) => read[name] !== undefined) ? read : undefined;
  };
}

function withoutVariants(value: JsonObject, known: Known): JsonObject {
  const keys = Object.keys(value);
  if (!known.hasVariant(keys)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !known.hasVariant([key])));
}

function changed(value: JsonObject, names: readonly string[], readOf: (name: string) => Read | undefined): JsonObject {
  let next: JsonObject | undefined;
  for (const name of names) {
    const before = Object.hasOwn(value, name) ? value[name] : undefined;
    if (before === undefined) continue;
    const after = readOf(name)?.(before);
    if (after === before) continue;
    if (after !== undefined) next = { ...(next ?? value), [name]: after };
    else {
      const { [name]: _, ...others } = next ?? value;
      next = others;
    }
  }
  return next ?? value;
}
