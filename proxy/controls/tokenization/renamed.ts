/** Checks whether a tool's schema accepts the keys that tokens become. */
import type { Work } from '../../base/turns.ts';
import type { Schema } from '../../json-schema/schema.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Segment } from '../shared/surfaces/index.ts';
import { fits, type Root } from './schema.ts';

/** A key with another name. */
export interface Renaming {
  /** From the root to the key. */
  readonly path: readonly Segment[];
  readonly name: string;
}

/** The first key whose new name a schema refuses, though it accepts the old one. */
export function* refusedName<R extends Renaming>(
  schema: Schema,
  { value, characters }: Root,
  renamings: readonly R[],
): Work<R | undefined> {
  if (renamings.length === 0 || !(yield* fits(schema, value, characters))) return undefined;
  const all = nested(renamings);
  if (yield* fits(schema, yield* withNames(value, all), characters)) return undefined;
  for (const one of renamings)
    if (!(yield* fits(schema, yield* withNames(value, nested([one])), characters))) return one;
  return renamings[0];
}

/** New names by key, and what is beneath each key. */
interface Names {
  name?: string;
  readonly within: Map<Segment, Names>;
}

function nested(renamings: readonly Renaming[]): Names {
  const root: Names = { within: new Map() };
  for (const { path, name } of renamings) {
    let at = root;
    for (const segment of path) {
      let next = at.within.get(segment);
      if (next === undefined) at.within.set(segment, (next = { within: new Map() }));
      at = next;
    }
    at.name = name;
  }
  return root;
}

function* withNames(value: JsonValue, { within }: Names): Work<JsonValue> {
  yield;
  if (within.size === 0 || typeof value !== 'object' || value === null) return value;
  if (isObject(value)) {
    const out: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) {
      const inner = within.get(key);
      if (item !== undefined) out[inner?.name ?? key] = inner === undefined ? item : yield* withNames(item, inner);
    }
    return out;
  }
  const items: JsonValue[] = [...value];
  for (const [index, inner] of within)
    if (typeof index === 'number') items[index] = yield* withNames(items[index] ?? null, inner);
  return items;
}
