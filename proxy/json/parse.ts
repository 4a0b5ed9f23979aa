/**
 * Text to values: `JSON.parse`, with a workaround for keys written with escapes. V8 in Node 24 and 26 compares the raw
 * text of such a key with keys of earlier objects, and mistakes it for one that is a prefix of that text. After
 * `{"x":1,"\\u00":0}` it reads `{"x":1,"\u0070ath":…}` as having a key `\u00`, so a control would not find `path`, but
 * the upstream would get it.
 */
import { atOnce, type Work } from '../base/turns.ts';
import type { JsonObject, JsonValue } from './value.ts';

/** The value of a text that `checkJson` accepted. Its depth is bounded, so recursion is safe. */
export function parseJson(text: string): JsonValue {
  return text.includes('\\') ? atOnce(parseInTurns(text)) : (JSON.parse(text) as JsonValue);
}

/** {@link parseJson} in turns, except for `JSON.parse` itself. */
export function* parseInTurns(text: string): Work<JsonValue> {
  return (yield* hasEscapedKey(text)) ? yield* new Reader(text).value() : (JSON.parse(text) as JsonValue);
}

/** The value of a text that was not checked. Undefined: it is no JSON, or it has keys with escapes. */
export function* parseUnchecked(text: string): Work<JsonValue | undefined> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  return (yield* hasEscapedKey(text)) ? undefined : value;
}

/** Strings after which reading may pause. */
const PART = 0x1ff;

/** Backslashes occur in strings only; a string followed by a colon is a key. */
function* hasEscapedKey(text: string): Work<boolean> {
  for (let at = text.indexOf('\\'), steps = 1; at >= 0; at = text.indexOf('\\', at), steps++) {
    if ((steps & PART) === 0) yield;
    at = endOfString(text, at);
    if (isColon(text, at)) return true;
  }
  return false;
}

/** The end of a string, behind its closing quote, from any position in it except within an escape. */
export function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (quote - backslashes > from && text.charCodeAt(quote - backslashes - 1) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function isColon(text: string, from: number): boolean {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === 0x3a;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

/** Numbers and words. */
const SCALAR = /[-+.\w]+/y;

class Reader {
  readonly #text: string;
  #at = 0;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *value(): Work<JsonValue> {
    const c = this.#next();
    if (c === 0x7b) return yield* this.#object();
    if (c === 0x5b) return yield* this.#array();
    if ((++this.#steps & PART) === 0) yield;
    if (c === 0x22) return this.#string();
    SCALAR.lastIndex = this.#at;
    const [token = ''] = SCALAR.exec(this.#text) ?? [];
    this.#at += token.length;
    return JSON.parse(token) as JsonValue;
  }

  /** Moves to the next character that isn't white space, and returns it. */
  #next(): number {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (!isSpace(c)) return c;
      this.#at++;
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start + 1);
    // Parsed alone, so V8 has no earlier keys to compare it with.
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  *#object(): Work<JsonObject> {
    const object: Record<string, JsonValue> = {};
    this.#at++;
    while (this.#next() !== 0x7d) {
      const key = this.#string();
      this.#next();
      this.#at++;
      const value = yield* this.value();
      if (key === '__proto__')
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      else object[key] = value;
      if (this.#next() === 0x2c) {
        this.#at++;
        this.#next();
      }
    }
    this.#at++;
    return object;
  }

  *#array(): Work<JsonValue[]> {
    const array: JsonValue[] = [];
    this.#at++;
    while (this.#next() !== 0x5d) {
      array.push(yield* this.value());
      if (this.#next() === 0x2c) this.#at++;
    }
    this.#at++;
    return array;
  }
}
