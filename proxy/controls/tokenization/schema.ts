/**
 * Checks whether a tool's schema accepts tokens instead of data: on all arguments or the whole structured content, with
 * the tokens in it, by the compiler that `validation` uses. Parts that can't be checked count as accepted, because the
 * upstream decides in the end.
 */
import { SHORT, type Work } from '../../base/turns.ts';
import type { Failure } from '../../json-schema/failure.ts';
import { SchemaFault, TooMuch } from '../../json-schema/faults.ts';
import type { Schema } from '../../json-schema/schema.ts';
import { isObject } from '../../json/lossless.ts';
import { parseJson } from '../../json/parse.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Segment } from '../shared/surfaces/index.ts';
import { schemas } from '../shared/tool-schemas.ts';

/** A replacement at a place, by the index of its form. */
export interface Candidate {
  readonly form: number;
  readonly value: string | number;
}

/** A place for a token. */
export interface Leaf<C extends Candidate> {
  readonly path: readonly Segment[];
  /** If there are too many values to try one by one, those of one type are tried together. */
  readonly type: string;
  /** The candidate in that form, or in the next form that exists; undefined: there are no more. */
  candidate(form: number): Work<C | undefined>;
}

/** The original value that a schema applies to, and its size as JSON. */
export interface Root {
  readonly value: JsonValue;
  readonly characters: number;
}

/** Yield after this many leaves, plus one. */
const PART = 0x1f;
/** Maximum checks of one value. Each takes time in proportion to its size. */
const MAX_ROUNDS = 32;
/** From this many on, a form refused for one value counts as refused for its type. */
const TOGETHER = 24;

/**
 * Chooses a candidate for each leaf so that the schema accepts the whole; undefined for leaves without an accepted
 * form. If the original value was not valid either, only additional violations count.
 */
export function* fitting<C extends Candidate>(
  schema: Schema,
  { value, characters }: Root,
  leaves: readonly Leaf<C>[],
): Work<readonly (C | undefined)[]> {
  const chosen: (C | undefined)[] = [];
  for (const leaf of leaves) {
    if ((chosen.length & PART) === PART) yield;
    chosen.push(yield* leaf.candidate(0));
  }
  let before: ReadonlySet<string> | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    yield;
    const tried = yield* withLeaves(value, leaves, chosen);
    if (yield* fits(schema, tried, characters)) break;
    before ??= new Set((yield* fits(schema, value, characters)) ? [] : schema.failures(value, characters).map(nameOf));
    const known = before;
    const failures = schema.failures(tried, characters).filter((failure) => !known.has(nameOf(failure)));
    const refused: boolean[] = [];
    // By type, the last form that was refused.
    const forms = new Map<string, number>();
    for (const [i, { path, type }] of leaves.entries()) {
      if ((i & PART) === PART) yield;
      const now = chosen[i];
      refused.push(failures.some((failure) => isAtOrBelow(path, failure.path)));
      if (refused[i] === true && now !== undefined) forms.set(type, Math.max(now.form, forms.get(type) ?? 0));
    }
    let moved = false;
    for (const [i, leaf] of leaves.entries()) {
      if ((i & PART) === PART) yield;
      const now = chosen[i];
      const together = round < TOGETHER ? -1 : (forms.get(leaf.type) ?? -1);
      if (now === undefined || (refused[i] !== true && now.form > together)) continue;
      chosen[i] = yield* leaf.candidate(Math.max(now.form, together) + 1);
      moved = true;
    }
    if (!moved) break;
  }
  return chosen;
}

/** Whether a schema accepts a value; one that takes too long to check counts as accepted. */
export function* fits(schema: Schema, value: JsonValue, characters: number): Work<boolean> {
  if (characters <= SHORT) return fitsAtOnce(schema, value, characters);
  try {
    return yield* schema.fitsInTurns(value, characters);
  } catch (error) {
    // Too expensive to decide, so it counts as accepted.
    if (error instanceof TooMuch) return true;
    throw error;
  }
}

/** The same for a short value. */
export function fitsAtOnce(schema: Schema, value: JsonValue, characters: number): boolean {
  try {
    return schema.fits(value, characters);
  } catch (error) {
    // Too expensive to decide, so it counts as accepted.
    if (error instanceof TooMuch) return true;
    throw error;
  }
}

function nameOf({ path, expected }: Failure): string {
  return JSON.stringify([path, expected]);
}

function isAtOrBelow(path: readonly Segment[], above: readonly Segment[]): boolean {
  return above.length <= path.length && above.every((segment, i) => segment === path[i]);
}

/** Replaces leaves in a value; copies each object or list on the way to them once. */
function* withLeaves<C extends Candidate>(
  value: JsonValue,
  leaves: readonly Leaf<C>[],
  chosen: readonly (C | undefined)[],
): Work<JsonValue> {
  const copies = new Set<object>();
  const own = (container: readonly JsonValue[] | JsonObject): Changing => {
    if (copies.has(container)) return container as Changing;
    const copy: JsonValue[] | Record<string, JsonValue | undefined> = isObject(container)
      ? { ...container }
      : [...container];
    copies.add(copy);
    return copy as Changing;
  };
  if (typeof value !== 'object' || value === null) return value;
  const root = own(value);
  for (let i = 0; i < leaves.length; i++) {
    if ((i & PART) === PART) yield;
    const next = chosen[i]?.value;
    const path = leaves[i]?.path ?? [];
    const last = path.at(-1);
    if (next === undefined || last === undefined) continue;
    let at: Changing | undefined = root;
    for (let depth = 0; depth < path.length - 1 && at !== undefined; depth++) {
      const segment: Segment = path[depth] ?? '';
      const inner: JsonValue | undefined = at[segment];
      at = typeof inner === 'object' && inner !== null ? (at[segment] = own(inner)) : undefined;
    }
    if (at !== undefined) at[last] = next;
  }
  return root;
}

/** A list or an object, by indices or keys. */
type Changing = Record<Segment, JsonValue>;

/** Replacements for schemas that can't be compiled. */
const looser = new WeakMap<object, object>();

/** The compiled schema of a tool, synchronously if known; undefined: no part of it can be checked. */
export function compiled(schema: object): Schema | undefined | Promise<Schema | undefined> {
  const loose = looser.get(schema);
  const known = schemas.known(loose ?? schema);
  if (known === undefined || (known instanceof SchemaFault && loose === undefined)) return compile(schema);
  return known instanceof SchemaFault ? undefined : known;
}

/** Removes the parts that can't be compiled, and keeps the rest. */
async function compile(schema: object): Promise<Schema | undefined> {
  const strict = await schemas.of(schema);
  if (!(strict instanceof SchemaFault)) return strict;
  const { compilePattern, loadEngine, PatternFault } = await import('../../json-schema/patterns.ts');
  const engine = await loadEngine();
  const isKnown = (pattern: string): boolean => {
    try {
      return compilePattern(engine, pattern).size > 0;
    } catch (error) {
      if (error instanceof PatternFault) return false;
      throw error;
    }
  };
  const loose = parseJson(JSON.stringify(schema, (key, value: unknown) => loosened(key, value, isKnown)));
  if (!isObject(loose)) return undefined;
  looser.set(schema, loose);
  const made = await schemas.of(loose);
  return made instanceof SchemaFault ? undefined : made;
}

/** Removes unknown dialects, patterns that can't be matched, and references to other documents. */
function loosened(key: string, value: unknown, isKnown: (pattern: string) => boolean): unknown {
  if (key === '$schema' || (key === '$recursiveRef' && value !== '#')) return undefined;
  if (key === 'pattern' && typeof value === 'string' && !isKnown(value)) return undefined;
  if ((key === '$ref' || key === '$dynamicRef') && typeof value === 'string' && !value.startsWith('#'))
    return undefined;
  if (!isObject(value) || !isObject(value['patternProperties'])) return value;
  const { patternProperties, additionalProperties, ...rest } = value;
  const left: JsonObject = Object.fromEntries(
    Object.entries(patternProperties).filter(([pattern]) => isKnown(pattern)),
  );
  // Otherwise, keys that the removed pattern would have matched would be refused.
  const closed = Object.keys(left).length === Object.keys(patternProperties).length ? { additionalProperties } : {};
  return { ...rest, patternProperties: left, ...closed };
}
