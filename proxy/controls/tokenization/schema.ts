/**
 * Whether a JSON Schema lets a text or a number stand at a place: so much of 2020-12 as says something about one scalar. What
 * isn't known here accepts; the upstream has the last word.
 */
import type { RE2JS } from 're2js';
import { isObject, type JsonObject } from '../../json/lossless.ts';
import type { Segment } from '../surfaces/index.ts';

/** A schema's `pattern`, made for linear time; undefined where that engine doesn't have it. */
export type Patterns = (pattern: string) => RE2JS | undefined;

const MAX_DEPTH = 64;
const MAX_PATTERNS = 1_024;

/** Loads the engine. Patterns come from upstreams: none of them runs on one that backtracks. */
export async function loadPatterns(): Promise<Patterns> {
  const { RE2JS: engine } = await import('re2js');
  const compiled = new Map<string, RE2JS | undefined>();
  return (pattern) => {
    if (!compiled.has(pattern)) {
      if (compiled.size >= MAX_PATTERNS) compiled.clear();
      compiled.set(pattern, compile(engine, pattern));
    }
    return compiled.get(pattern);
  };
}

function compile(engine: typeof RE2JS, pattern: string): RE2JS | undefined {
  try {
    return engine.compile(engine.translateRegExp(pattern));
  } catch {
    return undefined;
  }
}

/** Whether the schema asks for a pattern anywhere: only then the engine is worth loading. */
export function hasPatterns(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('"pattern');
}

/** Whether `schema`, of a whole value, accepts `leaf` at `path` within it. */
export class Acceptance {
  readonly #root: unknown;
  readonly #patterns: Patterns;

  constructor(schema: unknown, patterns: Patterns = () => undefined) {
    this.#root = schema;
    this.#patterns = patterns;
  }

  accepts(path: readonly Segment[], leaf: string | number): boolean {
    return this.#at(this.#root, path, 0, leaf, 0);
  }

  #at(schema: unknown, path: readonly Segment[], i: number, leaf: string | number, depth: number): boolean {
    if (schema === false) return false;
    if (!isObject(schema) || depth > MAX_DEPTH) return true;
    const again = (inner: unknown, at = i): boolean => this.#at(inner, path, at, leaf, depth + 1);
    const { $ref: ref, allOf, anyOf, oneOf } = schema;
    if (typeof ref === 'string' && !again(this.#resolve(ref))) return false;
    if (Array.isArray(allOf) && !allOf.every((inner) => again(inner))) return false;
    for (const some of [anyOf, oneOf]) if (Array.isArray(some) && some.length > 0 && !some.some((inner) => again(inner))) return false;
    const segment = path[i];
    if (segment === undefined) return this.#leaf(schema, leaf);
    if (typeof segment === 'number') {
      const { prefixItems, items } = schema;
      const tuple = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
      return again(segment < tuple.length ? tuple[segment] : Array.isArray(items) ? schema['additionalItems'] : items, i + 1);
    }
    const { properties, patternProperties, additionalProperties } = schema;
    const own = isObject(properties) && Object.hasOwn(properties, segment);
    if (own && !again(properties[segment], i + 1)) return false;
    let matched = own;
    if (isObject(patternProperties)) {
      for (const [pattern, inner] of Object.entries(patternProperties)) {
        if (this.#patterns(pattern)?.matcher(segment).find() !== true) continue;
        matched = true;
        if (!again(inner, i + 1)) return false;
      }
    }
    return matched || again(additionalProperties, i + 1);
  }

  /** Within the same document; any other is unknown. */
  #resolve(ref: string): unknown {
    if (!ref.startsWith('#')) return true;
    let at: unknown = this.#root;
    for (const part of ref.slice(1).split('/').slice(1)) {
      const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      at = Array.isArray(at) ? at[Number(key)] : isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    return at;
  }

  #leaf(schema: JsonObject, leaf: string | number): boolean {
    const { type, enum: values, const: only } = schema;
    const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
    const own = typeof leaf === 'string' ? ['string'] : Number.isInteger(leaf) ? ['integer', 'number'] : ['number'];
    if (types.length > 0 && !own.some((name) => types.includes(name))) return false;
    if (only !== undefined && only !== leaf) return false;
    if (Array.isArray(values) && !values.includes(leaf)) return false;
    return typeof leaf === 'string' ? this.#text(schema, leaf) : inRange(schema, leaf);
  }

  #text({ minLength, maxLength, pattern, format }: JsonObject, leaf: string): boolean {
    if (typeof minLength === 'number' || typeof maxLength === 'number') {
      // Counted in characters, not UTF-16 units (JSON Schema, 6.3.1).
      const length = Array.from(leaf).length;
      if (typeof minLength === 'number' && length < minLength) return false;
      if (typeof maxLength === 'number' && length > maxLength) return false;
    }
    if (typeof pattern === 'string' && this.#patterns(pattern)?.matcher(leaf).find() === false) return false;
    return typeof format !== 'string' || (Object.hasOwn(FORMATS, format) ? (FORMATS[format]?.test(leaf) ?? true) : true);
  }
}

function inRange({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonObject, leaf: number): boolean {
  if (typeof minimum === 'number' && leaf < minimum) return false;
  if (typeof maximum === 'number' && leaf > maximum) return false;
  if (typeof exclusiveMinimum === 'number' && leaf <= exclusiveMinimum) return false;
  if (typeof exclusiveMaximum === 'number' && leaf >= exclusiveMaximum) return false;
  return typeof multipleOf !== 'number' || leaf % multipleOf === 0;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const DATE = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})';

/** Formats (JSON Schema, 7.3) as validators have them. Each is linear. */
const FORMATS: Readonly<Record<string, { test(text: string): boolean }>> = {
  email: { test: isEmail },
  'idn-email': { test: isEmail },
  uri: { test: (text) => /^[A-Za-z][\w+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/.test(text) && URL.canParse(text) },
  'uri-reference': /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/,
  iri: { test: (text) => URL.canParse(text) },
  url: { test: (text) => URL.canParse(text) },
  date: new RegExp(`^${DATE}$`),
  time: new RegExp(`^${TIME}$`),
  'date-time': new RegExp(`^${DATE}[Tt ]${TIME}$`),
  duration: /^P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/,
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  ipv6: /^[\da-f:]{2,39}$/i,
  hostname: { test: isHostname },
  'idn-hostname': { test: isHostname },
};

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  return at > 0 && local.length <= 64 && /^[\w!#$%&'*+/=?^`{|}~.-]+$/.test(local) && !/^\.|\.\.|\.$/.test(local) && isHostname(text.slice(at + 1));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => /^[A-Za-z\d](?:[A-Za-z\d-]{0,61}[A-Za-z\d])?$/.test(label));
}
