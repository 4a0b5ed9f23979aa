import { nearest } from './nearest.ts';
import type { Parse } from './parser.ts';
/**
 * Parsers of plain values. Each returns the typed value, or reports at its place what was expected and returns
 * `undefined`. None stops at the first fault.
 */
import { saying, type Schema, schemaOf, textSchema } from './schema.ts';
import type { TextRule } from './texts.ts';

export type { Parse };

/** @param expected what to write instead, for the error */
export function text(pattern: RegExp, expected: string): Parse<string> {
  return saying(
    () => textSchema(pattern, expected),
    (value, place) =>
      typeof value === 'string' && (place.isLater(value) || pattern.test(value))
        ? value
        : place.expected(expected, value),
  );
}

export function textBy({ pattern, expected }: TextRule): Parse<string> {
  return text(pattern, expected);
}

/** Parses a value that an error must not repeat: people sometimes put the secret itself where a reference belongs. */
export function unshown(pattern: RegExp, expected: string): Parse<string> {
  return saying(
    () => textSchema(pattern, expected),
    (value, place) => {
      if (typeof value === 'string' && pattern.test(value)) return value;
      return typeof value === 'string'
        ? place.fault(`expected ${expected}, got something else (not shown: it may be a secret)`)
        : place.expected(expected, value);
    },
  );
}

export const flag: Parse<boolean> = saying(
  () => ({ type: 'boolean' }),
  (value, place) => (typeof value === 'boolean' ? value : place.expected('true or false', value)),
);

export function whole(min: number, max: number, unit: string): Parse<number> {
  return saying(
    () => ({ type: 'integer', minimum: min, maximum: max }),
    (value, place) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? value
        : place.expected(`${min} to ${max} ${unit}`, value),
  );
}

export function oneOf<const T extends string | number>(values: readonly T[], what?: string): Parse<T> {
  const expected = what ?? either(values.map(String));
  return saying(
    () => ({ enum: [...values] }),
    (value, place) => values.find((known) => known === value) ?? place.expected(expected, value),
  );
}

export function listOf<T>(
  item: Parse<T>,
  what: string,
  { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number } = {},
): Parse<readonly T[]> {
  const schema = (): Schema => ({
    type: 'array',
    items: schemaOf(item),
    ...(min > 0 ? { minItems: min } : {}),
    ...(max < Infinity ? { maxItems: max } : {}),
  });
  return saying(schema, (value, place) => {
    if (!Array.isArray(value)) return place.expected(`a list of ${what}`, value);
    const items: readonly unknown[] = value;
    if (items.length < min || items.length > max) {
      return place.fault(
        `expected ${max === Infinity ? `at least ${min}` : `${min} to ${max}`} ${what}, got ${items.length === 0 ? 'none' : items.length}`,
      );
    }
    return complete(items.map((value, index) => item(value, place.at(index))));
  });
}

/** Names to values, such as tags. */
export function recordOf<T>(
  name: Parse<string>,
  value: Parse<T>,
  what: string,
  max: number,
): Parse<Readonly<Record<string, T>>> {
  const schema = (): Schema => ({
    type: 'object',
    propertyNames: schemaOf(name),
    additionalProperties: schemaOf(value),
    maxProperties: max,
  });
  return saying(schema, (given, place) => {
    if (!isRecord(given)) return place.expected(`an object of ${what}`, given);
    const entries = Object.entries(given);
    if (entries.length > max) return place.fault(`expected at most ${max} ${what}, got ${entries.length}`);
    const read = complete(
      entries.map(([key, entry]) => {
        const [readName, readValue] = [name(key, place), value(entry, place.at(key))];
        return readName === undefined || readValue === undefined ? undefined : ([readName, readValue] as const);
      }),
    );
    return read === undefined ? undefined : Object.fromEntries(read);
  });
}

export interface Member<T, Needed extends boolean> {
  readonly parse: Parse<T>;
  readonly needed: Needed;
}

export const needed = <T>(parse: Parse<T>): Member<T, true> => ({ parse, needed: true });
export const optional = <T>(parse: Parse<T>): Member<T, false> => ({ parse, needed: false });

/** A parser for each member of a type. `object({ … } satisfies MembersOf<T>)` doesn't compile if one is missing. */
export type MembersOf<T extends object> = {
  readonly [K in keyof T]-?: Member<NonNullable<T[K]>, undefined extends T[K] ? false : true>;
};

type Members = Readonly<Record<string, Member<unknown, boolean>>>;
type ValueOf<M> = M extends Member<infer T, boolean> ? T : never;
type ObjectOf<M extends Members> = {
  readonly [K in keyof M as M[K] extends Member<unknown, true> ? K : never]: ValueOf<M[K]>;
} & {
  readonly [K in keyof M as M[K] extends Member<unknown, true> ? never : K]?: ValueOf<M[K]>;
};

/** Parses an object with only these members. A member that is `undefined` counts as absent. */
export function object<const M extends Members>(members: M): Parse<ObjectOf<M>> {
  const schema = (): Schema => ({
    type: 'object',
    properties: Object.fromEntries(Object.entries(members).map(([key, { parse }]) => [key, schemaOf(parse)])),
    required: Object.entries(members).flatMap(([key, { needed }]) => (needed ? [key] : [])),
    additionalProperties: false,
  });
  return saying(schema, (given, place) => {
    if (!isRecord(given)) return place.expected('an object', given);
    const known = Object.keys(members);
    let good = true;
    for (const key of Object.keys(given)) {
      if (known.includes(key)) continue;
      good = false;
      const meant = nearest(key, known);
      place
        .at(key)
        .fault(
          `expected ${meant === undefined ? either(known) : `a known key (such as ${meant})`}, got a key that nothing reads`,
        );
    }
    const read: Record<string, unknown> = {};
    for (const [key, { parse, needed }] of Object.entries(members)) {
      const value = given[key];
      if (value === undefined && !needed) continue;
      const parsed = parse(value, place.at(key));
      if (parsed === undefined) good = false;
      else read[key] = parsed;
    }
    // Every required member is present and has its parser's type, which is ObjectOf key by key.
    return good ? (read as ObjectOf<M>) : undefined;
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function either(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'nothing') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Returns the list if no item is missing from it. */
function complete<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  return items.every((item) => item !== undefined) ? items : undefined;
}
