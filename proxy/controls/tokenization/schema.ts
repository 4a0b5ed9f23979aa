/**
 * Whether a tool's schema lets tokens stand where data stood: asked of all the arguments, or all the structured
 * content, with the tokens in it, by the compiler that `validation` checks with. What it can't check accepts; the
 * upstream has the last word.
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

/** What may stand at a place, by the number of its form. */
export interface Candidate {
  readonly form: number;
  readonly value: string | number;
}

/** A place for a token. */
export interface Leaf<C extends Candidate> {
  readonly path: readonly Segment[];
  /** Values of one type are tried alike where there are too many to be told apart. */
  readonly type: string;
  /** The form of that number, or the next that there is; undefined: there are no more. */
  candidate(form: number): Work<C | undefined>;
}

/** A value that a schema speaks of: what it was, and its size as JSON. */
export interface Root {
  readonly value: JsonValue;
  readonly characters: number;
}

/** After so many leaves others may have their turn, less one. */
const PART = 0x1f;
/** Checks of one value, at most. Each costs time in proportion to its size. */
const MAX_ROUNDS = 32;
/** From here on what is refused for one value is for all of its type. */
const TOGETHER = 24;

/**
 * What stands at each of the leaves so that the schema accepts the whole; undefined where none of its forms may. Where
 * the value didn't fit as it came, only what doesn't fit for the tokens' sake counts.
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

function* fits(schema: Schema, value: JsonValue, characters: number): Work<boolean> {
  try {
    return characters <= SHORT ? schema.fits(value, characters) : yield* schema.fitsInTurns(value, characters);
  } catch (error) {
    // Nobody can say: then nothing speaks against it.
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

/** A value with others in it: what lies on the way to them is copied, once. */
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

/** What takes the place of schemas that can't be checked against as they are. */
const looser = new WeakMap<object, object>();

/** A tool's schema, made ready; undefined: nothing of it can be checked. At once where it is known. */
export function compiled(schema: object): Schema | undefined | Promise<Schema | undefined> {
  const loose = looser.get(schema);
  const known = schemas.known(loose ?? schema);
  if (known === undefined || (known instanceof SchemaFault && loose === undefined)) return compile(schema);
  return known instanceof SchemaFault ? undefined : known;
}

/** A schema that can't be checked against loses what makes it so, and keeps the rest. */
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

/**
 * Without a dialect that isn't known, without patterns that can't be matched, and without what leads out of the
 * document.
 */
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
  // A key that the lost pattern would have matched is then nobody's.
  const closed = Object.keys(left).length === Object.keys(patternProperties).length ? { additionalProperties } : {};
  return { ...rest, patternProperties: left, ...closed };
}
