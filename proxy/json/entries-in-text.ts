/**
 * Reads the list in a response without making its entries: of each, only the value of one key. The pass is as strict as
 * `checkJson` and gives up where it is not sure, so a text that it reads is valid, and no object in it has a key twice.
 */
import type { Work } from '../base/turns.ts';
import { freezeInTurns } from './freeze.ts';
import { MAX_DEPTH } from './json-error.ts';
import { NEAR, PART } from './layout.ts';
import { JsonText } from './lossless.ts';
import type { JsonObject, JsonValue } from './value.ts';

export interface Wanted {
  /** The member of the result that holds the list. */
  readonly member: string;
  /** The key of an entry. */
  readonly key: string;
}

/** A response, whose entries have only the wanted key, each if it had it. */
export interface Outlined {
  readonly message: JsonObject;
  readonly result: JsonObject;
  /** Writes the text, or that with another result. Entries can be left out and moved, but not be changed. */
  readonly text: JsonText;
}

/** Undefined: it is something else, or may be wrong, or has too many keys in one object: it must be parsed. */
export function* outlined(text: string, wanted: Wanted): Work<Outlined | undefined> {
  const pass = new Pass(text, wanted);
  for (let at = 0; at < text.length;) {
    if (at > 0) yield;
    const next = pass.read(at, bytes.write(text.slice(at, at + PART), 'utf16le') >> 1);
    // Wrong, or one string or number is as long as a part.
    if (next === undefined || next === at) return undefined;
    at = next;
  }
  const { list } = pass;
  if (!pass.isWhole || list === undefined) return undefined;
  yield;
  const message = JSON.parse(`${text.slice(0, list[0])}[]${text.slice(list[1])}`) as JsonObject;
  const result = message['result'] as Record<string, JsonValue>;
  result[wanted.member] = pass.values.map((value) => (value === undefined ? {} : { [wanted.key]: value }));
  yield* freezeInTurns(message);
  return { message, result, text: new JsonText(text, message, pass.ends) };
}

/** The part that is read. Filled and read in one go. */
const units = new Uint16Array(PART);
const bytes = Buffer.from(units.buffer);

/** Keys of one object that are compared with each other. */
const MOST_KEYS = 64;

/** What is expected next. */
const VALUE = 0;
const FIRST_ITEM = 1;
const KEY = 2;
const FIRST_KEY = 3;
const COLON = 4;
const COMMA = 5;
const NOTHING = 6;

const ROOT: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'result']);
/** The levels inside the message, its result, the list, and an entry. */
const IN_MESSAGE = 1;
const IN_RESULT = 2;
const IN_LIST = 3;
const IN_ENTRY = 4;

class Pass {
  readonly ends = new Map<number, number>();
  /** Of each entry, the wanted value; undefined if it has none. */
  readonly values: (JsonValue | undefined)[] = [];
  list: readonly [start: number, end: number] | undefined;
  readonly #text: string;
  readonly #wanted: Wanted;
  readonly #wantedHash: number;
  readonly #starts: number[] = [];
  readonly #isObject: boolean[] = [];
  /** A number for each key of all open objects. */
  readonly #keys: number[] = [];
  #keyCount = 0;
  /** Where the keys of each open container start among them. */
  readonly #firstKeys: number[] = [];
  #state = VALUE;
  #level = 0;
  /** The wanted member, or the wanted key, is what the next value belongs to. */
  #isWanted = false;
  #isInList = false;

  constructor(text: string, wanted: Wanted) {
    this.#text = text;
    this.#wanted = wanted;
    this.#wantedHash = hashOf(wanted.key);
  }

  get isWhole(): boolean {
    return this.#state === NOTHING;
  }

  get #isInObject(): boolean {
    return this.#isObject[this.#level - 1] === true;
  }

  /** Returns where the next part starts: at what does not end in this one. Undefined: it may be wrong. */
  read(from: number, length: number): number | undefined {
    let state = this.#state;
    let i = 0;
    let hash = 0;
    let last = 0;
    while (i < length) {
      const at = i;
      const c = units[i++] ?? 0;
      if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) continue;
      switch (state) {
        case FIRST_KEY:
        case KEY:
          if (c === 0x7d && state === FIRST_KEY) {
            state = this.#close(from + i);
            continue;
          }
          if (c !== 0x22) return undefined;
          hash = 0;
          for (last = 0; i < length && (last = units[i++] ?? 0) !== 0x22;) {
            // A key with an escape may be another one.
            if (last === 0x5c || last < 0x20) return undefined;
            hash = (Math.imul(hash, 31) + last) | 0;
          }
          if (last !== 0x22) return this.#pause(state, from + at);
          if (!this.#isNew(hash, from + at + 1, from + i - 1)) return undefined;
          if (units[i] === 0x3a && i < length) {
            i++;
            state = VALUE;
          } else state = COLON;
          continue;
        case COLON:
          if (c !== 0x3a) return undefined;
          state = VALUE;
          continue;
        case COMMA:
          if (c === 0x2c) state = this.#isInObject ? KEY : VALUE;
          else if (c === (this.#isInObject ? 0x7d : 0x5d)) state = this.#close(from + i);
          else return undefined;
          continue;
        case NOTHING:
          return undefined;
      }
      // A value.
      if (c === 0x22) {
        for (last = 0; i < length && (last = units[i++] ?? 0) !== 0x22;) {
          if (last < 0x20) return undefined;
          if (last !== 0x5c) continue;
          if (i + 5 > length) return this.#pause(state, from + at);
          i = endOfEscape(i);
          if (i < 0) return undefined;
        }
        if (last !== 0x22) return this.#pause(state, from + at);
        if (this.#isWanted) this.#take(from + at, from + i);
        state = COMMA;
      } else if (c === 0x7b || c === 0x5b) {
        if (!this.#open(c === 0x7b, from + at)) return undefined;
        state = c === 0x7b ? FIRST_KEY : FIRST_ITEM;
        continue;
      } else if (c === 0x5d && state === FIRST_ITEM) {
        state = this.#close(from + i);
        continue;
      } else {
        while (i < length && isInScalar(units[i] ?? 0)) i++;
        if (i === length) return this.#pause(state, from + at);
        const scalar = this.#text.slice(from + at, from + i);
        if (!SCALAR.test(scalar)) return undefined;
        if (this.#isWanted) this.#take(from + at, from + i);
        state = COMMA;
      }
      // Neither a message nor an entry.
      if (this.#level === 0 || (this.#isInList && this.#level === IN_LIST)) return undefined;
    }
    return this.#pause(state, from + i);
  }

  #pause(state: number, next: number): number {
    this.#state = state;
    return next;
  }

  /** Whether a key is new in its object, and allowed in it. */
  #isNew(hash: number, start: number, end: number): boolean {
    const level = this.#level;
    const first = this.#firstKeys[level] ?? 0;
    const count = this.#keyCount;
    if (count - first === MOST_KEYS) return false;
    for (let i = first; i < count; i++) if (this.#keys[i] === hash) return false;
    this.#keys[count] = hash;
    this.#keyCount = count + 1;
    if (this.#isInList) {
      this.#isWanted =
        level === IN_ENTRY && hash === this.#wantedHash && this.#text.slice(start, end) === this.#wanted.key;
      return true;
    }
    const key = level > IN_RESULT ? '' : this.#text.slice(start, end);
    this.#isWanted = key === (level === IN_MESSAGE ? 'result' : this.#wanted.member) && level <= IN_RESULT;
    return level > IN_MESSAGE || ROOT.has(key);
  }

  /** Whether a container may start there. */
  #open(isObject: boolean, at: number): boolean {
    const level = this.#level++;
    if (level === MAX_DEPTH) return false;
    if (level < NEAR) this.#starts[level] = at;
    this.#isObject[level] = isObject;
    this.#firstKeys[level + 1] = this.#keyCount;
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    if (this.#isInList) {
      // A container in place of the wanted value is none, and so is one in place of an entry.
      if (isWanted) this.values[this.values.length - 1] = null;
      if (level === IN_LIST) this.values.push(undefined);
      return level > IN_LIST || isObject;
    }
    if (level === 0) return isObject;
    if (level === IN_MESSAGE) return isWanted && isObject;
    this.#isInList = isWanted && level === IN_RESULT && !isObject;
    return true;
  }

  #close(end: number): number {
    this.#keyCount = this.#firstKeys[this.#level] ?? 0;
    const level = --this.#level;
    if (level < NEAR) this.ends.set(this.#starts[level] ?? 0, end);
    if (this.#isInList && level === IN_RESULT) {
      this.#isInList = false;
      this.list = [this.#starts[level] ?? 0, end];
    }
    return level === 0 ? NOTHING : COMMA;
  }

  /** Takes a string or another scalar for the wanted value. */
  #take(start: number, end: number): void {
    this.#isWanted = false;
    if (!this.#isInList) return;
    this.values[this.values.length - 1] = JSON.parse(this.#text.slice(start, end)) as JsonValue;
  }
}

function hashOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return hash;
}

/** Where an escape ends, of which `i` is behind the backslash; -1 if it is none. */
function endOfEscape(i: number): number {
  const c = units[i];
  if (c !== 0x75) return c !== undefined && ESCAPED.includes(c) ? i + 1 : -1;
  for (let k = i + 1; k < i + 5; k++) {
    const digit = units[k] ?? 0;
    const letter = digit | 0x20;
    if (!((digit >= 0x30 && digit <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return -1;
  }
  return i + 5;
}

const ESCAPED: readonly number[] = Buffer.from('"\\/bfnrt').toJSON().data;

function isInScalar(c: number): boolean {
  return c > 0x20 && c !== 0x2c && c !== 0x5d && c !== 0x7d;
}

const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
