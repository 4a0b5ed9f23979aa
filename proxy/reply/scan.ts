/**
 * Finds out what a JSON-RPC message is as its bytes pass: no buffering, no parse, no value kept. The scan distinguishes
 * strings from structure (so a tool's text can't look like a failure) and skips long strings natively. Its work is
 * bounded; past the bound it reports "unknown". It never throws, whatever the bytes are.
 */
import { isErrorAtEnd } from './scan-end.ts';
import type { Scanned } from './scanned.ts';

/** Steps of the byte loop per message; a native skip over a long string counts as a few. About 10 µs at most. */
const BUDGET = 16_384;
/**
 * Steps for a message known to be longer than that: enough for its beginning and for plain text; the last bytes show
 * the rest.
 */
const BUDGET_LONG = 2_048;
const JUMP_COST = 24;
/** Bytes of a string read one by one before the native search is used. */
const WALK = 24;
/** Chunks that add to the bound: 8 MB as sockets deliver them. Of a reply in smaller ones, less is read. */
const MOST_CHUNKS = 512;
/** A native skip shorter than this wasn't worth it: then this many bytes are read before the next. */
const SHORT_JUMP = 64;
const WALK_ON = 512;
/** Longest key or value that is captured; longer ones can't matter. */
const CAPTURE = 1024;

/** Bytes of a chunk whose copy is cheap. */
const SHORT = 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const MEMBERS = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const NOTHING = 0;
const ID = 1;
const METHOD = 2;
const IS_ERROR = 3;
const ERROR = 4;
const RESULT = 5;
const CODE = 6;

export class MessageScan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #budget: number;
  /** A key is expected next: after `{` or after `,` inside an object. */
  #expectKey = false;
  /** `RESULT` or `ERROR`: the scan is inside the value of that outermost member. */
  #within = NOTHING;
  #hasCode = false;
  #want = NOTHING;
  #capturing = false;
  /** Bytes of the current key, string or scalar, as latin1. */
  #captured = '';
  #lastKey = '';
  #stringIsKey = false;
  /** Bit mask of the members seen so far. */
  #members = 0;
  /** For the two outermost levels: whether it is an object. */
  readonly #objectAt: boolean[] = [];
  readonly scanned: Scanned = {
    id: undefined,
    method: undefined,
    hasResult: false,
    hasError: false,
    isError: false,
    code: undefined,
    twice: false,
    complete: false,
  };

  /** @param budget steps allowed; `Infinity` for bytes that are bounded and in memory already */
  constructor(budget: number = BUDGET) {
    this.#budget = budget;
  }

  /**
   * @param length of the message in bytes; -1 if unknown
   * @param chunks if all are in memory: a string that goes on in the next one costs its first steps again
   */
  static of(length: number, chunks = 0): MessageScan {
    return new MessageScan(
      (length > BUDGET ? BUDGET_LONG : BUDGET) + Math.min(chunks, MOST_CHUNKS) * (WALK + JUMP_COST),
    );
  }

  /** True once further bytes can't change the result. */
  get done(): boolean {
    return this.scanned.complete || this.#budget <= 0;
  }

  push(bytes: Buffer, from = 0, to: number = bytes.length): void {
    if (this.done) return;
    // The native search only stops at the buffer's end, so cut the buffer.
    const chunk = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
    const { length } = chunk;
    // One copy of a short chunk costs less than one for each key in it.
    const text = length <= SHORT ? chunk.toString('latin1') : undefined;
    let i = 0;
    let budget = this.#budget;
    while (i < length && budget > 0) {
      if (this.#inString) {
        const start = i;
        let walk = WALK;
        let closed = false;
        // An escape's second byte may be the first of a chunk.
        if (this.#escaped) i++;
        for (;;) {
          const until = Math.min(length, i + walk);
          budget -= until - i;
          while (i < until) {
            const c = chunk[i];
            if (c === QUOTE) {
              closed = true;
              break;
            }
            i += c === BACKSLASH ? 2 : 1;
          }
          if (closed || i >= length || budget <= 0) break;
          if (this.#capturing) {
            if (i - start + this.#captured.length <= CAPTURE) continue;
            this.#capturing = false;
          }
          // Skip to the next quote; it ends the string unless an odd number of backslashes precede it.
          const quote = chunk.indexOf(QUOTE, i);
          const end = quote < 0 ? length : quote;
          let slashes = 0;
          for (let k = end - 1; k >= i && chunk[k] === BACKSLASH; k--) slashes++;
          budget -= JUMP_COST;
          // JSON inside a string has a quote every few bytes: reading them is cheaper than skipping.
          walk = end - i < SHORT_JUMP ? WALK_ON : WALK;
          // Continue after an escaped quote, or after the end if the escape's second byte is in the next chunk.
          i = slashes % 2 === 0 ? end : end + 1;
        }
        this.#escaped = i > length;
        if (this.#escaped) i = length;
        if (this.#capturing) {
          if (this.#captured.length + i - start > CAPTURE) this.#capturing = false;
          else if (this.#stringIsKey && text !== undefined) this.#captured += text.slice(start, i);
          // An id or a method may be kept, and must not keep the whole text.
          else this.#captured += chunk.toString('latin1', start, i);
        }
        if (closed) {
          i++;
          this.#inString = false;
          this.#endString();
        }
        continue;
      }
      if (this.#depth > 2) {
        // At this depth only brackets and the start of strings matter.
        const start = i;
        const until = Math.min(length, i + budget);
        let depth = this.#depth;
        while (i < until) {
          const c = chunk[i++];
          if (c === QUOTE) {
            this.#inString = true;
            break;
          }
          if (c === 0x7b || c === 0x5b) depth++;
          else if ((c === 0x7d || c === 0x5d) && --depth === 2) break;
        }
        this.#depth = depth;
        budget -= i - start;
        continue;
      }
      const c = chunk[i++];
      budget--;
      switch (c) {
        case QUOTE:
          this.#inString = true;
          this.#stringIsKey = this.#expectKey;
          this.#capturing = this.#stringIsKey
            ? this.#depth === 1 || this.#within !== NOTHING
            : this.#want === ID || this.#want === METHOD;
          this.#captured = '';
          break;
        case 0x7b: // {
        case 0x5b: // [
          this.#enter(c === 0x7b);
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.#endScalar();
          this.#depth--;
          if (this.#depth === 1) this.#within = NOTHING;
          this.#expectKey = false;
          if (this.#depth === 0) {
            this.scanned.complete = true;
            this.#budget = budget;
            return;
          }
          break;
        case 0x2c: // ,
          this.#endScalar();
          this.#expectKey = this.#objectAt[this.#depth] === true;
          if (this.#depth === 1) this.#within = NOTHING;
          break;
        case 0x3a: // :
          this.#startValue();
          break;
        default:
          if (this.#want !== NOTHING && c !== undefined && c > 0x20 && this.#captured.length < CAPTURE)
            this.#captured += String.fromCharCode(c);
      }
    }
    this.#budget = budget;
  }

  /** The message has ended; `last` are its last bytes, which may still show `isError` if the step limit was reached. */
  end(last: Buffer): void {
    if (this.scanned.complete || !this.scanned.hasResult) return;
    const isError = isErrorAtEnd(last);
    if (isError === undefined) return;
    this.scanned.isError = isError;
    this.scanned.complete = true;
  }

  #enter(isObject: boolean): void {
    this.#want = NOTHING;
    this.#depth++;
    if (this.#depth <= 2) this.#objectAt[this.#depth] = isObject;
    this.#expectKey = isObject && this.#depth <= 2;
    if (this.#depth > 2) this.#stringIsKey = this.#capturing = false;
  }

  #endString(): void {
    if (this.#stringIsKey) {
      this.#lastKey = this.#capturing ? (unescaped(this.#captured) ?? '') : '';
      this.#expectKey = false;
    } else if (this.#want === METHOD) {
      this.scanned.method = this.#capturing ? unescaped(this.#captured) : undefined;
      this.#want = NOTHING;
    } else if (this.#want === ID) {
      const id = this.#capturing && unescaped(this.#captured) !== undefined;
      this.scanned.id = id ? `"${Buffer.from(this.#captured, 'latin1').toString('utf8')}"` : undefined;
      this.#want = NOTHING;
    }
    this.#capturing = false;
    this.#captured = '';
  }

  #startValue(): void {
    this.#captured = '';
    this.#want = NOTHING;
    const key = this.#lastKey;
    if (this.#depth === 1) {
      const member = MEMBERS.indexOf(key);
      if (member < 0) return;
      if ((this.#members & (1 << member)) !== 0) this.scanned.twice = true;
      this.#members |= 1 << member;
      if (key === 'id') this.#want = ID;
      else if (key === 'method') this.#want = METHOD;
      else if (key === 'error') {
        this.scanned.hasError = true;
        this.#want = ERROR;
        this.#within = ERROR;
      } else if (key === 'result') {
        this.scanned.hasResult = true;
        this.#within = RESULT;
      }
    } else if (this.#depth === 2) {
      if (this.#within === RESULT && key === 'isError') this.#want = IS_ERROR;
      else if (this.#within === ERROR && key === 'code') {
        // Of two, readers differ in which counts.
        if (!this.#hasCode) this.#want = CODE;
        else this.scanned.code = undefined;
        this.#hasCode = true;
      }
    }
  }

  /** A number, `true`, `false` or `null` has ended. */
  #endScalar(): void {
    if (this.#want === ID && NUMBER.test(this.#captured)) this.scanned.id = this.#captured;
    else if (this.#want === IS_ERROR) this.scanned.isError = this.#captured === 'true';
    else if (this.#want === CODE && NUMBER.test(this.#captured)) this.scanned.code = this.#captured;
    // Some servers write both members, one of them null.
    else if (this.#want === ERROR && this.#captured === 'null') this.scanned.hasError = false;
    this.#want = NOTHING;
    this.#captured = '';
  }
}

const NUMBER = /^-?\d[\d.eE+-]*$/;

/** The captured string; undefined if it is not a valid JSON string. */
function unescaped(captured: string): string | undefined {
  if (PLAIN.test(captured)) return captured;
  try {
    return JSON.parse(`"${Buffer.from(captured, 'latin1').toString('utf8')}"`) as string;
  } catch {
    return undefined;
  }
}

const PLAIN = /^[ !#-[\]-~]*$/;
