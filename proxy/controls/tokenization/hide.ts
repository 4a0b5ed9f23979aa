/** Puts tokens in place of what must not be seen: first everything is found, then each gets a token that its place accepts. */
import { Denied, Invalid, ProxyError } from '../../errors.ts';
import type { Call } from '../../call.ts';
import type { JsonValue } from '../../json/lossless.ts';
import type { Place, Segment, SurfaceName, Visitor } from '../surfaces/index.ts';
import { type Detect, type Part, partsOf, replaced } from './find.ts';
import { type Field, ruleAt, type Rules } from './rules.ts';
import { Acceptance, hasPatterns, loadPatterns } from './schema.ts';
import { findTokens, type FoundToken, MARKER } from './token.ts';
import { formsOf, type Tokens } from './tokens.ts';

/** Forms of a token that are tried, one after the other. */
const ROUNDS = 4;
const REDACTED = '[redacted]';
/** Shorter values of a field aren't looked for in the text beside it. */
const MIN_KNOWN = 4;

interface Found {
  /** Which string, or which number, of the walk. */
  readonly index: number;
  readonly value: string | number;
  readonly parts: readonly Part[];
  readonly surface: SurfaceName;
  readonly path: readonly Segment[];
  /** A schema speaks of it: it is a value, and not within JSON in a text. */
  readonly plain: boolean;
  /** Named by the config, for an error. */
  readonly field: string | undefined;
}

/** What one call had hidden by tokens without a marker: the only ones that can be told from other values later on. */
export type Issued = Map<string, { readonly type: string; readonly value: string }>;

/** Finds what is to be hidden. Changes nothing. */
export class Finder implements Visitor {
  readonly found: Found[] = [];
  /** A token was seen, and nothing to open it with. */
  needsKeys = false;
  readonly #rules: Rules;
  readonly #detect: Detect;
  readonly #own: ((text: string) => readonly FoundToken[]) | undefined;
  /** What fields had, so that the text beside them is in step. */
  readonly #known = new Map<string, string>();
  #texts = 0;
  #numbers = 0;

  /** @param own says which tokens in a text are ours */
  constructor(rules: Rules, detect: Detect, own: ((text: string) => readonly FoundToken[]) | undefined) {
    this.#rules = rules;
    this.#detect = detect;
    this.#own = own;
  }

  text(text: string, at: Place): string {
    const index = this.#texts++;
    if (text === '') return text;
    const rule = at.isKey ? undefined : ruleAt(this.#rules, at);
    if (rule === 'keep') return text;
    let tokens: readonly FoundToken[] = [];
    if (text.includes(MARKER) && findTokens(text).length > 0) {
      if (this.#own === undefined) this.needsKeys = true;
      else tokens = this.#own(text);
    }
    const [first] = tokens;
    if (rule !== undefined && first?.start === 0 && first.end === text.length) return text;
    const parts = rule === undefined ? partsOf(text, at, this.#detect, this.#known, tokens) : [{ start: 0, end: text.length, type: rule.type, value: text, percent: false }];
    if (parts.length > 0) this.#take(index, text, parts, at, rule);
    return text;
  }

  number(value: number, at: Place): JsonValue {
    const index = this.#numbers++;
    const rule = ruleAt(this.#rules, at);
    if (rule === 'keep') return value;
    const text = String(value);
    // Of a bare number its digits say little: all of them must be found, under a key that says what they are.
    const type = rule?.type ?? (at.field === undefined || text.length < 7 ? undefined : this.#detect(text, at).find(({ start, end }) => start === 0 && end === text.length)?.type);
    if (type !== undefined) this.#take(index, value, [{ start: 0, end: text.length, type, value: text, percent: false }], at, rule);
    return value;
  }

  #take(index: number, value: string | number, parts: readonly Part[], at: Place, rule: Field | undefined): void {
    if (at.fixed) throw new Denied(`${parts[0]?.type} in ${at.surface}, at a place that software goes by: it can't be hidden there`);
    this.found.push({ index, value, parts, surface: at.surface, path: at.path.slice(at.root), plain: at.nested === 0 && !at.isKey, field: rule?.path });
    if (at.surface !== 'structuredContent' || at.isKey) return;
    for (const part of parts) if (part.value.length >= MIN_KNOWN) this.#known.set(part.value, part.type);
  }
}

/** Puts in what was made of the strings and numbers of a walk. */
export class Replacer implements Visitor {
  readonly #texts: ReadonlyMap<number, string>;
  readonly #numbers: ReadonlyMap<number, JsonValue>;
  readonly blobs: boolean;
  readonly concerns?: (text: string) => boolean;
  #text = 0;
  #number = 0;

  /** @param like the visitor of the walk before: both must see the same strings */
  constructor(texts: ReadonlyMap<number, string>, numbers: ReadonlyMap<number, JsonValue>, like: Visitor) {
    this.#texts = texts;
    this.#numbers = numbers;
    this.blobs = like.blobs ?? true;
    if (like.concerns !== undefined) this.concerns = (text) => like.concerns?.(text) ?? true;
  }

  text(text: string): string {
    return this.#texts.get(this.#text++) ?? text;
  }

  number(value: number): JsonValue {
    const index = this.#number++;
    return this.#numbers.has(index) ? (this.#numbers.get(index) ?? null) : value;
  }
}

/** Tokens for all that was found. */
export async function tokensFor(finder: Finder, call: Call, tenant: string, tokens: Tokens, { whenNoToken }: Rules, issued: Issued): Promise<Replacer> {
  const accept = await acceptanceOf(finder.found, call);
  const texts = new Map<number, string>();
  const numbers = new Map<number, JsonValue>();
  const chosen = new Map<string, string>();
  const refuse = ({ parts: [part], field, surface, path: [first] }: Found, properties: unknown): never => {
    // A key that the tool's own schema has is no value out of the call.
    const named = field ?? (typeof first === 'string' && typeof properties === 'object' && properties !== null && Object.hasOwn(properties, first) ? first : surface);
    const why = `no token that the tool's schema accepts can stand for the ${part?.type} in ${named}`;
    throw call.kind === 'request' && surface === 'arguments' ? new Invalid(`${why}: leave it out`) : new Denied(why);
  };
  for (const found of finder.found) {
    const { value, index, parts } = found;
    const schema = found.plain ? accept.get(found.surface) : undefined;
    const accepts = (next: string | number): boolean => schema?.acceptance.accepts(found.path, next) ?? true;
    if (typeof value === 'number') {
      const [part] = parts;
      const next = part === undefined ? undefined : tokens.number(tenant, part.type, value, 'hide');
      if (next !== undefined && part !== undefined && accepts(next)) {
        numbers.set(index, next);
        chosen.set(keyOf(part), String(next));
        issued.set(String(next), { type: part.type, value: part.value });
      } else if (whenNoToken === 'redact') numbers.set(index, null);
      else refuse(found, schema?.properties);
      continue;
    }
    const next = textFor(value, found, tenant, tokens, accepts, chosen, issued);
    if (next !== undefined) texts.set(index, next);
    else if (whenNoToken === 'redact') texts.set(index, replaced(value, parts, parts.map(() => REDACTED)));
    else refuse(found, schema?.properties);
  }
  return new Replacer(texts, numbers, finder);
}

function textFor(text: string, { parts }: Found, tenant: string, tokens: Tokens, accepts: (next: string) => boolean, chosen: Map<string, string>, issued: Issued): string | undefined {
  // What was made of the same value elsewhere in this message, where that is accepted here.
  if (parts.every((part) => chosen.has(keyOf(part)))) {
    const next = replaced(text, parts, parts.map((part) => chosen.get(keyOf(part)) ?? ''));
    if (accepts(next)) return next;
  }
  for (let round = 0; round < ROUNDS; round++) {
    const made: string[] = [];
    for (const part of parts) {
      const token = tokens.token(tenant, part, formsOf(part.type)[round] ?? 'plain');
      if (token === undefined) break;
      made.push(token);
    }
    if (made.length < parts.length) continue;
    const next = replaced(text, parts, made);
    if (!accepts(next)) continue;
    parts.forEach((part, i) => {
      chosen.set(keyOf(part), made[i] ?? '');
      if (round === ROUNDS - 1) issued.set(made[i] ?? '', { type: part.type, value: part.value });
    });
    return next;
  }
  return undefined;
}

function keyOf({ type, value, percent }: Part): string {
  return `${percent} ${type} ${value}`;
}

interface Known {
  readonly acceptance: Acceptance;
  readonly properties: unknown;
}

/** What the tool's schemas say, where anything was found that they speak of. */
async function acceptanceOf(found: readonly Found[], call: Call): Promise<ReadonlyMap<SurfaceName, Known>> {
  const known = new Map<SurfaceName, Known>();
  if (call.method !== 'tools/call' || call.kind !== 'request' || call.name === undefined) return known;
  const wanted = (['arguments', 'structuredContent'] as const).filter((surface) => found.some((item) => item.plain && item.surface === surface));
  if (wanted.length === 0) return known;
  // An upstream that doesn't list its tools has no schema that a token could fail.
  const tool = await call.upstream.tool(call.name).catch((error: unknown) => {
    if (error instanceof ProxyError) return undefined;
    throw error;
  });
  for (const surface of wanted) {
    const schema: unknown = surface === 'arguments' ? tool?.inputSchema : tool?.outputSchema;
    if (schema === undefined) continue;
    const properties = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema.properties : undefined;
    known.set(surface, { acceptance: new Acceptance(schema, hasPatterns(schema) ? await patterns() : undefined), properties });
  }
  return known;
}

let loaded: ReturnType<typeof loadPatterns> | undefined;

function patterns(): ReturnType<typeof loadPatterns> {
  return (loaded ??= loadPatterns());
}
