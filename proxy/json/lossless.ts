/**
 * JSON without loss. A value is parsed for looking at, and written back as an *edit of its text*: every part that is
 * still the same goes out as the characters that came in, whitespace, escapes, key order, `1.0` and numbers beyond
 * 2^53 included; only what changed is new text.
 */
import { ControlFault } from '../errors.ts';
import { eachNumber } from './numbers.ts';
import { parseJson } from './parse.ts';
import { checkJson, HIGHEST_DEPTH, MAX_DEPTH } from './strict.ts';
import { stringEnd } from './string-end.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

type Span = readonly [start: number, end: number];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Freezes a value at every depth, so that a control which mutates in place throws (modules are strict code). */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** One JSON text with its value. */
export class JsonText {
  readonly text: string;
  #value: JsonValue | undefined;
  #identity: Map<object, Span> | undefined;
  #imprecise: Map<number, string | undefined> | undefined;

  /**
   * @param text JSON that `checkJson` accepted; {@link JsonText.parse} checks it for you
   * @param value what the text is read as, deeply frozen, where that is known
   */
  constructor(text: string, value?: JsonValue) {
    this.text = text;
    this.#value = value;
  }

  /** Checks (syntax, depth, duplicate keys) and wraps. Throws `JsonError`. */
  static parse(text: string, depth: number = MAX_DEPTH): JsonText {
    checkJson(text, depth);
    return new JsonText(text);
  }

  /** The value, deeply frozen. Parsed on first use. */
  get value(): JsonValue {
    return (this.#value ??= deepFreeze(parseJson(this.text)));
  }

  /** The text of `next`, a value derived from {@link value}. The same value gives the same text. */
  edit(next: unknown): string {
    const value = this.value;
    if (next === value) return this.text;
    const start = this.text.search(/[^ \t\r\n]/);
    const end = this.text.trimEnd().length;
    return this.#write(next, value, [start, end], 0);
  }

  #write(next: unknown, before: JsonValue | undefined, span: Span | undefined, depth: number): string {
    if (depth > HIGHEST_DEPTH) throw new ControlFault(`a value nested deeper than ${HIGHEST_DEPTH} levels, or a cycle`);
    if (span !== undefined && Object.is(next, before)) return this.text.slice(span[0], span[1]);
    switch (typeof next) {
      case 'string':
        return JSON.stringify(next);
      case 'boolean':
        return next ? 'true' : 'false';
      case 'number':
        return this.#writeNumber(next);
      case 'object':
        break;
      default:
        throw new ControlFault(`a ${typeof next} where a JSON value was expected`);
    }
    if (next === null) return 'null';
    // A part that moved to another place is still the same part. All parts are frozen: what isn't is new.
    const moved = Object.isFrozen(next) ? this.#spans().get(next) : undefined;
    if (moved !== undefined) return this.text.slice(moved[0], moved[1]);
    if (Array.isArray(next)) {
      return this.#writeArray(next, Array.isArray(before) ? before : undefined, span, depth);
    }
    const prototype: unknown = Object.getPrototypeOf(next);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new ControlFault(`an instance of ${classOf(prototype)} where a plain JSON object was expected`);
    }
    return this.#writeObject(next as Record<string, unknown>, isObject(before) ? before : undefined, span, depth);
  }

  #writeObject(next: Record<string, unknown>, before: JsonObject | undefined, span: Span | undefined, depth: number): string {
    const members: { key: string; keyText: string; start: number; end: number }[] = [];
    if (before !== undefined && span !== undefined) {
      this.#parts(before, span, (start, end, keyText) => members.push({ key: keyIn(keyText), keyText, start, end }));
    }
    const kept = members.filter((member) => Object.hasOwn(next, member.key) && next[member.key] !== undefined);
    const keys = Object.keys(next);
    const added = keys.length === kept.length ? NO_KEYS : keysBesides(members, next, keys);

    if (span !== undefined && added.length === 0 && kept.length === members.length && members.length > 0) {
      // The same keys: put new values into the old text.
      let out = '';
      let cursor = span[0];
      for (const { key, start, end } of members) {
        if (Object.is(next[key], before?.[key])) continue;
        const value = this.#write(next[key], before?.[key], [start, end], depth + 1);
        out += this.text.slice(cursor, start) + value;
        cursor = end;
      }
      return out + this.text.slice(cursor, span[1]);
    }
    const parts = kept.map(
      ({ key, keyText, start, end }) => `${keyText}:${this.#write(next[key], before?.[key], [start, end], depth + 1)}`,
    );
    for (const key of added) parts.push(`${JSON.stringify(key)}:${this.#write(next[key], undefined, undefined, depth + 1)}`);
    return `{${parts.join(',')}}`;
  }

  #writeArray(next: readonly unknown[], before: readonly JsonValue[] | undefined, span: Span | undefined, depth: number): string {
    const spans: Span[] = [];
    if (before !== undefined && span !== undefined) this.#parts(before, span, (start, end) => spans.push([start, end]));
    if (before !== undefined && span !== undefined && next.length === before.length && next.length > 0) {
      let out = '';
      let cursor = span[0];
      spans.forEach(([start, end], i) => {
        if (Object.is(next[i], before[i])) return;
        out += this.text.slice(cursor, start) + this.#write(next[i], before[i], [start, end], depth + 1);
        cursor = end;
      });
      return out + this.text.slice(cursor, span[1]);
    }
    // Items were added or removed. Containers are found by identity; primitives by walking forward through the old ones.
    let cursor = 0;
    const last = new Map<unknown, number>();
    before?.forEach((item, i) => {
      if (typeof item !== 'object') last.set(item, i);
    });
    const parts = next.map((item) => {
      // What doesn't come any more is not looked for, so that all searches together are one walk.
      if (before !== undefined && (last.get(item) ?? -1) >= cursor) {
        for (let i = cursor; i < before.length; i++) {
          if (Object.is(before[i], item)) {
            cursor = i + 1;
            return this.#write(item, before[i], spans[i], depth + 1);
          }
        }
      }
      return this.#write(item, undefined, undefined, depth + 1);
    });
    return `[${parts.join(',')}]`;
  }

  /**
   * A number with no counterpart at its place. One that this text held with more digits than a double keeps goes out
   * with the text's digits; where two such texts share one double, which was meant can't be known, and that is an error.
   */
  #writeNumber(next: number): string {
    if (!Number.isFinite(next)) throw new ControlFault(`${next} where a JSON number was expected`);
    if (Number.isInteger(next) && Math.abs(next) < 2 ** 53) return String(next);
    const imprecise = (this.#imprecise ??= impreciseNumbers(this.text));
    if (!imprecise.has(next)) return String(next);
    const source = imprecise.get(next);
    if (source === undefined) throw new ControlFault('a number beyond 2^53 was moved, and two numbers of the text round to it');
    return source;
  }

  /** What lies directly in a container of the original; what lies deeper is jumped over, however deep it is. */
  #parts(container: object, [start]: Span, onPart: OnPart): void {
    const spans = this.#spans();
    walk(this.text, container, start, (inner, at) => spans.get(inner)?.[1] ?? at + 1, onPart);
  }

  /** Where every container of the original lies. Built only once something new was made, in one pass. */
  #spans(): ReadonlyMap<object, Span> {
    if (this.#identity !== undefined) return this.#identity;
    const found = new Map<object, Span>();
    const locate = (container: object, start: number): number => {
      const end = walk(this.text, container, start, locate, undefined);
      found.set(container, [start, end]);
      return end;
    };
    if (typeof this.value === 'object' && this.value !== null) locate(this.value, this.text.search(/[^ \t\r\n]/));
    return (this.#identity = found);
  }
}

const NO_KEYS: readonly string[] = Object.freeze([]);

function keysBesides(members: readonly { readonly key: string }[], next: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly string[] {
  const known = new Set(members.map(({ key }) => key));
  return keys.filter((key) => !known.has(key) && next[key] !== undefined);
}

/** @param keyText with its quotes; of a list's items, none */
type OnPart = (start: number, end: number, keyText: string) => void;

/** Where a container ends that starts at `start`, in a text that was checked. @param endOf says where one within it does */
function walk(text: string, container: object, start: number, endOf: (inner: object, start: number) => number, onPart: OnPart | undefined): number {
  const isList = Array.isArray(container);
  const inner = container as Readonly<Record<string, unknown>>;
  let index = 0;
  for (let at = start + 1; ; ) {
    at = spaceEnd(text, at);
    const code = text.charCodeAt(at);
    if (code === 0x7d || code === 0x5d) return at + 1;
    if (code === 0x2c) {
      at++;
      continue;
    }
    const keyStart = at;
    const keyEnd = isList ? at : stringEnd(text, at);
    if (!isList) at = spaceEnd(text, spaceEnd(text, keyEnd) + 1);
    const valueStart = at;
    const first = text.charCodeAt(at);
    if (first === 0x22) at = stringEnd(text, at);
    else if (first === 0x7b || first === 0x5b) {
      const value = inner[isList ? index : keyIn(text.slice(keyStart, keyEnd))];
      at = endOf(value as object, at);
    } else {
      at++;
      while (isWithinScalar(text.charCodeAt(at))) at++;
    }
    onPart?.(valueStart, at, text.slice(keyStart, keyEnd));
    index++;
  }
}

/** Of numbers and words: what ends one is a comma, a bracket or white space. */
function isWithinScalar(c: number): boolean {
  return c > 0x20 && c !== 0x2c && c !== 0x5d && c !== 0x7d;
}

function spaceEnd(text: string, from: number): number {
  let at = from;
  for (let c = text.charCodeAt(at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = text.charCodeAt(at)) at++;
  return at;
}

function keyIn(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** By its prototype: a member of the value's own may be called `constructor`, and be data. */
function classOf(prototype: unknown): string {
  const made: unknown = typeof prototype === 'object' && prototype !== null ? prototype.constructor : undefined;
  return typeof made === 'function' && made.name !== '' ? made.name : 'a class';
}

/** Numbers whose text holds more than a double does: double → its one text, or undefined where two texts share it. */
function impreciseNumbers(text: string): Map<number, string | undefined> {
  const found = new Map<number, string | undefined>();
  eachNumber(text, (token) => {
    if (token.length < 16) return;
    const value = Number(token);
    if (String(value) !== token) found.set(value, found.has(value) && found.get(value) !== token ? undefined : token);
  });
  return found;
}
