/** Chooses a token for each value that was found, one that its place accepts. */
import { Denied, Invalid } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { atOnce, inTurns, SHORT, type Work } from '../../base/turns.ts';
import { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import type { Replacement } from '../../json/replace.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { type Part, replaced } from './find.ts';
import type { Finder, Hideable } from './finder.ts';
import { refusedName } from './renamed.ts';
import { Replacer } from './replacer.ts';
import type { Rules } from './rules.ts';
import { type Candidate, fitting } from './schema.ts';
import { formsOf, LAST, SHAPED, type Tokens } from './tokens.ts';
import { type Schemas, schemasOf } from './tool-schemas.ts';

const REDACTED = '[redacted]';

/** Tokens without a marker that one call made: only these can be recognized later. */
export type Issued = Map<string, { readonly type: string; readonly value: string }>;

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
  const candidates = new Candidates(tenant, tokens);
  const take = ({ index, value, parts }: Hideable, made: Made): void => {
    if (typeof value === 'number') numbers.set(index, made.value);
    else texts.set(index, String(made.value));
    parts.forEach((part, i) => {
      const token = made.tokens[i] ?? '';
      if (made.form >= SHAPED) issued.set(token, { type: part.type, value: part.value });
      // Beside its field, the client could not tell a token without a mark from data later.
      if (made.form < SHAPED || !(walked instanceof Call)) chosen.set(keyOf(part), token);
    });
  };
  const refuse = (found: Hideable, properties?: JsonValue): void => {
    const {
      index,
      value,
      parts,
      field,
      surface,
      path: [first],
    } = found;
    // A last name such as Small is no reason to refuse a size.
    if (
      typeof first === 'string' &&
      hasFixedValues(properties, first) &&
      parts.every(({ isKnown }) => isKnown === true)
    )
      return;
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
    // A key of the tool's own schema is safe to show, because it is not a value of the call.
    const known = typeof first === 'string' && isObject(properties) && Object.hasOwn(properties, first);
    const named = field ?? (known ? first : surface);
    const type = parts[0]?.type;
    const reason =
      properties === undefined ? 'no token can replace it there' : "the tool's schema accepts no token for it";
    const why = `${named}: expected data that a token can replace, got ${typeof value === 'number' ? 'a number of type ' : ''}${type}, and ${reason}`;
    const limits = known ? limitsOf(properties[first]) : '';
    log.warn(
      `no token fits ${named}${limits}: ${wayOut(candidates.isShapeable(found), known ? properties[first] : undefined)}`,
      { event: 'tokenization', tool: call.method === 'tools/call' ? call.name : undefined, type },
    );
    throw call.kind === 'request' && surface === 'arguments' ? new Invalid(`${why}: leave it out`) : new Denied(why);
  };
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
    else if (made === undefined) refuse(found);
    else take(found, made);
  }
  for (const [surface, { schema, root, properties }] of schemas) {
    const keys = finder.found.flatMap((found) =>
      found.isKey && found.surface === surface
        ? [{ path: found.path, name: texts.get(found.index) ?? String(found.value), found }]
        : [],
    );
    const refused = yield* refusedName(schema, root, keys);
    if (refused !== undefined) refuse(refused.found, properties);
  }
  const inPlace =
    walked instanceof Call &&
    call.method === 'tools/call' &&
    (walked.message?.text.length ?? 0) <= SHORT &&
    finder.found.every(({ plain, surface }) => plain && surface === 'arguments');
  const scalars = inPlace
    ? finder.found.map(({ index, value, path }) => ({
        path,
        value: typeof value === 'number' ? (numbers.get(index) ?? null) : (texts.get(index) ?? value),
      }))
    : undefined;
  return { replacer: new Replacer(texts, numbers, finder), scalars };
}

/** What a schema says about a value's form, in parentheses. */
function limitsOf(schema: JsonValue | undefined): string {
  if (!isObject(schema)) return '';
  const limits = LIMITS.flatMap((name) => {
    const limit = schema[name];
    if (limit === undefined) return [];
    return typeof limit === 'string' || typeof limit === 'number' ? [`${name} ${limit}`] : [name];
  });
  return limits.length === 0 ? '' : ` (${limits.join(', ')})`;
}
const LIMITS = [
  'type',
  'format',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'multipleOf',
  'enum',
  'const',
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
];

function hasFixedValues(properties: JsonValue | undefined, name: string): boolean {
  const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(schema) && ('enum' in schema || 'const' in schema);
}

/** What an operator can change so that a value gets a token, or is sent in another way. */
function wayOut(isShapeable: boolean, schema: JsonValue | undefined): string {
  const listed = 'list the field under keep or in redaction';
  // Neither another shape nor `[redacted]` is one of the values.
  if (isObject(schema) && ('enum' in schema || 'const' in schema)) return `it has fixed values: ${listed}`;
  return [
    "widen the tool's schema",
    ...(isShapeable ? ['list the field with reverses: true if the upstream has nothing but tokens in it'] : []),
    listed,
    "or set whenNoToken: 'redact'",
  ].join(', ');
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
  *of({ value, parts, unmarked }: Hideable, form: number): Work<Made | undefined> {
    if (typeof value === 'number') return form > SHAPED || !unmarked ? undefined : this.#number(value, parts);
    const last = unmarked ? LAST : SHAPED - 1;
    for (let next = form; next <= last; next++) {
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

  /** Whether only the config keeps it from a token without a mark. */
  isShapeable(found: Hideable): boolean {
    return !found.unmarked && atOnce(this.of({ ...found, unmarked: true }, SHAPED)) !== undefined;
  }

  #number(value: number, [part]: readonly Part[]): Made | undefined {
    const next = part === undefined ? undefined : this.#tokens.number(this.#tenant, part.type, value, 'hide');
    return next === undefined ? undefined : { form: SHAPED, value: next, tokens: [String(next)] };
  }
}

function keyOf({ type, value, percent }: Part): string {
  return `${percent} ${type} ${value}`;
}
