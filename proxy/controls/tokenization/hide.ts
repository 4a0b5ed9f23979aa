/** Replaces hidden values by tokens: first finds all of them, then chooses a token for each that its place accepts. */
import type { Tool } from '@modelcontextprotocol/server';
import { Denied, Invalid, ProxyError } from '../../base/errors.ts';
import { atOnce, inTurns, SHORT, type Work } from '../../base/turns.ts';
import { Call } from '../../call/call.ts';
import type { Schema } from '../../json-schema/schema.ts';
import { isObject } from '../../json/lossless.ts';
import type { Replacement } from '../../json/replace.ts';
import type { JsonObject } from '../../json/value.ts';
import { type Detector, findAll } from '../shared/detectors/index.ts';
import { findsIn, isLong, searchIn } from '../shared/finds.ts';
import { KnownValues } from '../shared/known-values.ts';
import { type Place, type Segment, type SurfaceName, textOf, type Visitor } from '../shared/surfaces/index.ts';
import { type Part, partsOf, replaced } from './find.ts';
import { type Field, ruleAt, type Rules } from './rules.ts';
import { type Candidate, compiled, fitting, type Root } from './schema.ts';
import { type FoundToken, MARKER, readTokens } from './token.ts';
import { formsOf, SHAPED, type Tokens } from './tokens.ts';

const REDACTED = '[redacted]';
const NO_TOKENS: readonly FoundToken[] = Object.freeze([]);

interface Found {
  /** The index of the string or number in the walk. */
  readonly index: number;
  readonly value: string | number;
  readonly parts: readonly Part[];
  readonly surface: SurfaceName;
  readonly path: readonly Segment[];
  /** Whether a schema may apply to it: it is a value, and not within JSON in a text. */
  readonly plain: boolean;
  /** The configured field, for an error. */
  readonly field: string | undefined;
}

/** Tokens without a marker that one call made: only these can be recognized later. */
export type Issued = Map<string, { readonly type: string; readonly value: string }>;

/** Finds what must be hidden. Changes nothing. */
export class Finder implements Visitor {
  readonly found: Found[] = [];
  /** Whether a token was seen while no keys are loaded. */
  needsKeys = false;
  readonly #rules: Rules;
  readonly #detectors: readonly Detector[];
  readonly #own: ((text: string) => Work<readonly FoundToken[]>) | undefined;
  /** Values of fields, so that the text beside them gets the same tokens. */
  #known: KnownValues | undefined;
  #texts = 0;
  #numbers = 0;

  /** @param own finds this tenant's tokens in a text */
  constructor(
    rules: Rules,
    detectors: readonly Detector[],
    own: ((text: string) => Work<readonly FoundToken[]>) | undefined,
  ) {
    this.#rules = rules;
    this.#detectors = detectors;
    this.#own = own;
  }

  text(text: string, at: Place): string | Work<string> {
    const index = this.#texts++;
    if (text === '') return text;
    const rule = ruleAt(this.#rules, at);
    if (rule === 'keep') return text;
    if (isLong(text)) return this.#long(index, text, at, rule);
    const tokens = text.includes(MARKER) ? atOnce(this.#tokensIn(text)) : NO_TOKENS;
    if (rule !== undefined) this.#field(index, text, at, rule, tokens);
    else this.#take(index, text, partsOf(text, findsIn(this.#detectors, text, at, this.#known), tokens), at, undefined);
    return text;
  }

  *#long(index: number, text: string, at: Place, rule: Field | undefined): Work<string> {
    const tokens = text.includes(MARKER) ? yield* this.#tokensIn(text) : NO_TOKENS;
    if (rule !== undefined) this.#field(index, text, at, rule, tokens);
    else
      this.#take(
        index,
        text,
        partsOf(text, yield* searchIn(this.#detectors, text, at, this.#known), tokens),
        at,
        undefined,
      );
    return text;
  }

  *#tokensIn(text: string): Work<readonly FoundToken[]> {
    if (this.#own !== undefined) return yield* this.#own(text);
    if ((yield* readTokens(text)).length > 0) this.needsKeys = true;
    return NO_TOKENS;
  }

  #field(index: number, text: string, at: Place, rule: Field, [first]: readonly FoundToken[]): void {
    if (first?.start === 0 && first.end === text.length) return;
    this.#take(index, text, [{ start: 0, end: text.length, type: rule.type, value: text, percent: false }], at, rule);
  }

  number(value: number, at: Place): number {
    const index = this.#numbers++;
    const rule = ruleAt(this.#rules, at);
    if (rule === 'keep') return value;
    const text = textOf(value, at);
    const type = rule?.type ?? this.#typeOf(value, at);
    if (type !== undefined)
      this.#take(index, value, [{ start: 0, end: text.length, type, value: text, percent: false }], at, rule);
    return value;
  }

  /**
   * The digits of a bare number are weak evidence: a detector must match all of them, under a key that says what they
   * are.
   */
  #typeOf(value: number, at: Place): string | undefined {
    if (at.field === undefined || Math.abs(value) < 1_000_000) return undefined;
    const digits = at.digits(value);
    return findAll(this.#detectors, digits, at).find(({ start, end }) => start === 0 && end === digits.length)?.type;
  }

  /** A value that a rule names is hidden as a whole, without decoding it. */
  whole(at: Place): boolean {
    return ruleAt(this.#rules, at) !== undefined;
  }

  #take(index: number, value: string | number, parts: readonly Part[], at: Place, rule: Field | undefined): void {
    if (parts.length === 0) return;
    if (at.fixed)
      throw new Denied(`${at.surface}: expected no ${parts[0]?.type} in a value that software relies on, got one`);
    this.found.push({
      index,
      value,
      parts,
      surface: at.surface,
      path: at.path.slice(at.root),
      plain: at.nested === 0 && !at.isKey,
      field: rule?.path,
    });
    // A detector that found a key finds it in the text beside it, too.
    if (at.surface !== 'structuredContent' || (at.isKey && rule === undefined)) return;
    for (const part of parts) (this.#known ??= new KnownValues()).add(part.value, part.type);
  }
}

/** Writes the replacements of a walk's strings and numbers. */
export class Replacer implements Visitor {
  readonly #texts: ReadonlyMap<number, string>;
  readonly #numbers: ReadonlyMap<number, string | number | null>;
  readonly #like: Visitor;
  readonly blobs: boolean;
  #text = 0;
  #number = 0;

  /** @param like the visitor of the previous walk: both must visit the same strings */
  constructor(texts: ReadonlyMap<number, string>, numbers: ReadonlyMap<number, string | number | null>, like: Visitor) {
    this.#texts = texts;
    this.#numbers = numbers;
    this.#like = like;
    this.blobs = like.blobs ?? true;
  }

  concerns(text: string): boolean {
    return this.#like.concerns?.(text) ?? true;
  }

  whole(at: Place): boolean {
    return this.#like.whole?.(at) ?? false;
  }

  text(text: string): string {
    return this.#texts.get(this.#text++) ?? text;
  }

  number(value: number): string | number | null {
    const index = this.#number++;
    return this.#numbers.has(index) ? (this.#numbers.get(index) ?? null) : value;
  }
}

/** The replacement of a value, with the token of each of its parts. */
interface Made extends Candidate {
  readonly tokens: readonly string[];
}

/** The replacements of all findings. */
export interface Hidden {
  readonly replacer: Replacer;
  /** The same by path, if all findings are values in a tool's arguments. */
  readonly scalars: readonly Replacement[] | undefined;
}

/**
 * Chooses tokens for all findings, synchronously if the tool's schema is known.
 * @param walked the call or message that was searched
 */
export function tokensFor(
  finder: Finder,
  walked: Call | JsonObject,
  call: Call,
  tenant: string,
  tokens: Tokens,
  rules: Rules,
  issued: Issued,
): Hidden | Promise<Hidden> {
  const schemas = schemasOf(finder.found, walked, call);
  const choose = (known: Schemas): Hidden | Promise<Hidden> =>
    inTurns(chosenFor(finder, known, walked, call, tenant, tokens, rules, issued));
  return schemas instanceof Promise ? schemas.then(choose) : choose(schemas);
}

type Schemas = ReadonlyMap<SurfaceName, Spoken>;

function* chosenFor(
  finder: Finder,
  schemas: Schemas,
  walked: Call | JsonObject,
  call: Call,
  tenant: string,
  tokens: Tokens,
  { whenNoToken }: Rules,
  issued: Issued,
): Work<Hidden> {
  const texts = new Map<number, string>();
  const numbers = new Map<number, string | number | null>();
  const chosen = new Map<string, string>();
  const take = ({ index, value, parts }: Found, made: Made): void => {
    if (typeof value === 'number') numbers.set(index, made.value);
    else texts.set(index, String(made.value));
    parts.forEach((part, i) => {
      const token = made.tokens[i] ?? '';
      chosen.set(keyOf(part), token);
      if (made.form === SHAPED) issued.set(token, { type: part.type, value: part.value });
    });
  };
  const refuse = ({ index, value, parts, field, surface, path: [first] }: Found, properties: unknown): void => {
    if (whenNoToken === 'redact') {
      if (typeof value === 'number') numbers.set(index, null);
      else
        texts.set(
          index,
          replaced(
            value,
            parts,
            parts.map(() => REDACTED),
          ),
        );
      return;
    }
    // A key of the tool's own schema is safe to show: it is no value of the call.
    const named =
      field ??
      (typeof first === 'string' &&
      typeof properties === 'object' &&
      properties !== null &&
      Object.hasOwn(properties, first)
        ? first
        : surface);
    const why = `${named}: expected data that a token can replace, got ${parts[0]?.type}, and the tool's schema accepts no token for it`;
    throw call.kind === 'request' && surface === 'arguments' ? new Invalid(`${why}: leave it out`) : new Denied(why);
  };
  const candidates = new Candidates(tenant, tokens);
  for (const [surface, { schema, root, properties }] of schemas) {
    const own = finder.found.filter((found) => found.plain && found.surface === surface);
    const made = yield* fitting(
      schema,
      root,
      own.map((found) => ({
        path: found.path,
        type: found.parts[0]?.type ?? '',
        candidate: (form) => candidates.of(found, form),
      })),
    );
    own.forEach((found, i) => {
      const one = made[i];
      if (one === undefined) refuse(found, properties);
      else take(found, one);
    });
  }
  for (const found of finder.found) {
    yield;
    if (found.plain && schemas.has(found.surface)) continue;
    // Tokens already made for the same value in this message.
    const known =
      typeof found.value === 'string' && found.parts.every((part) => chosen.has(keyOf(part)))
        ? found.parts.map((part) => chosen.get(keyOf(part)) ?? '')
        : undefined;
    const made = known === undefined ? yield* candidates.of(found, 0) : undefined;
    if (known !== undefined && typeof found.value === 'string')
      texts.set(found.index, replaced(found.value, found.parts, known));
    else if (made === undefined) refuse(found, undefined);
    else take(found, made);
  }
  const inPlace =
    walked instanceof Call &&
    call.method === 'tools/call' &&
    (walked.message?.text.length ?? 0) <= SHORT &&
    finder.found.every(({ plain, surface }) => plain && surface === 'arguments');
  const scalars = inPlace
    ? finder.found.map(({ index, value, path }) => ({
        path,
        value: (typeof value === 'number' ? numbers.get(index) : texts.get(index)) ?? null,
      }))
    : undefined;
  return { replacer: new Replacer(texts, numbers, finder), scalars };
}

/** Making tokens may yield after this many, plus one. */
const PART = 63;

/** The possible replacements of each finding. */
class Candidates {
  readonly #tenant: string;
  readonly #tokens: Tokens;

  constructor(tenant: string, tokens: Tokens) {
    this.#tenant = tenant;
    this.#tokens = tokens;
  }

  /** The replacement in that form, or in the next form that all parts have. */
  *of({ value, parts }: Found, form: number): Work<Made | undefined> {
    if (typeof value === 'number') return form > SHAPED ? undefined : this.#number(value, parts);
    for (let next = form; next <= SHAPED; next++) {
      const tokens: string[] = [];
      for (const part of parts) {
        const token = this.#tokens.token(this.#tenant, part, formsOf(part.type)[next] ?? 'plain');
        if (token === undefined) break;
        tokens.push(token);
        if ((tokens.length & PART) === 0) yield;
      }
      if (tokens.length === parts.length) return { form: next, value: replaced(value, parts, tokens), tokens };
    }
    return undefined;
  }

  #number(value: number, [part]: readonly Part[]): Made | undefined {
    const next = part === undefined ? undefined : this.#tokens.number(this.#tenant, part.type, value, 'hide');
    return next === undefined ? undefined : { form: SHAPED, value: next, tokens: [String(next)] };
  }
}

function keyOf({ type, value, percent }: Part): string {
  return `${percent} ${type} ${value}`;
}

interface Spoken {
  readonly schema: Schema;
  readonly root: Root;
  readonly properties: unknown;
}

const NONE: Schemas = new Map();

/** The tool's schemas, if they apply to any finding. */
function schemasOf(found: readonly Found[], walked: Call | JsonObject, call: Call): Schemas | Promise<Schemas> {
  if (call.method !== 'tools/call' || call.kind !== 'request' || call.name === undefined) return NONE;
  const wanted = (['arguments', 'structuredContent'] as const).filter((surface) =>
    found.some((item) => item.plain && item.surface === surface),
  );
  if (wanted.length === 0) return NONE;
  const tool = call.upstream.listed?.(call.name);
  if (tool !== undefined) return spokenBy(tool, wanted, walked);
  // If the upstream lists no tools, there is no schema that a token could violate.
  return call.upstream.tool(call.name).then(
    (tool) => (tool === undefined ? NONE : spokenBy(tool, wanted, walked)),
    (error: unknown) => {
      if (error instanceof ProxyError) return NONE;
      throw error;
    },
  );
}

function spokenBy(
  { inputSchema, outputSchema }: Tool,
  wanted: readonly ('arguments' | 'structuredContent')[],
  walked: Call | JsonObject,
): Schemas | Promise<Schemas> {
  const known = new Map<SurfaceName, Spoken>();
  const waiting: Promise<void>[] = [];
  for (const surface of wanted) {
    const object: object | undefined = surface === 'arguments' ? inputSchema : outputSchema;
    const root = rootOf(surface, walked);
    if (object === undefined || root === undefined) continue;
    const take = (schema: Schema | undefined): void => {
      if (schema !== undefined)
        known.set(surface, { schema, root, properties: 'properties' in object ? object.properties : undefined });
    };
    const schema = compiled(object);
    if (schema instanceof Promise) waiting.push(schema.then(take));
    else take(schema);
  }
  return waiting.length === 0 ? known : Promise.all(waiting).then(() => known);
}

function rootOf(surface: 'arguments' | 'structuredContent', walked: Call | JsonObject): Root | undefined {
  if (walked instanceof Call) {
    const { params, message } = walked;
    const value = surface === 'arguments' && isObject(params) ? params['arguments'] : undefined;
    return value === undefined || message === undefined
      ? undefined
      : { value, characters: message.bodyEnd - message.bodyStart };
  }
  const { result } = walked;
  const value = surface === 'structuredContent' && isObject(result) ? result['structuredContent'] : undefined;
  return value === undefined ? undefined : { value, characters: JSON.stringify(value).length };
}
