/**
 * What a JSON-RPC message is, from its bytes as they go by: no buffering, no parse, no value kept. A structural scan
 * that knows strings from structure (so a tool's text can't pretend to be a failure) and jumps over long strings
 * natively. Its work is bounded: past its budget it says that it doesn't know. It never throws, whatever the bytes are.
 */

/** Steps of the byte loop per message; a native jump over a long string counts as a few. About 10 µs at most. */
const BUDGET = 16_384;
/**
 * For a message that is known to be longer than that: enough for its beginning and for plain text; its end tells the
 * rest.
 */
const BUDGET_LONG = 2_048;
const JUMP_COST = 24;
/** How many bytes of a string are walked before the native search takes over. */
const WALK = 24;
/** A jump shorter than this wasn't worth it: then so many bytes are walked before the next. */
const SHORT_JUMP = 64;
const WALK_ON = 512;
/** Keys and values worth capturing are short: a longer one is as good as none. */
const CAPTURE = 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface Scanned {
  /** The id as JSON text, where the message has one. */
  id: string | undefined;
  method: string | undefined;
  hasResult: boolean;
  hasError: boolean;
  /** `result.isError` is true. */
  isError: boolean;
  /** It has one of its members twice: readers differ in which of them counts. */
  twice: boolean;
  /** False while the message isn't over, or where the bound was met before its end. */
  complete: boolean;
}

const MEMBERS = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const NOTHING = 0;
const ID = 1;
const METHOD = 2;
const IS_ERROR = 3;
const ERROR = 4;

export class MessageScan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #budget: number;
  /** A key is expected next: after `{` or after `,` inside an object. */
  #expectKey = false;
  /** Where we are: inside the value of the outermost `result`. */
  #inResult = false;
  #want = NOTHING;
  #capturing = false;
  /** Bytes of the key, string or scalar under way, as latin1. */
  #captured = '';
  #lastKey = '';
  #stringIsKey = false;
  /** Which of the message's members there were, by bits. */
  #members = 0;
  /** For the two outermost levels: is it an object? Deeper ones don't matter. */
  readonly #objectAt: boolean[] = [];
  readonly scanned: Scanned = {
    id: undefined,
    method: undefined,
    hasResult: false,
    hasError: false,
    isError: false,
    twice: false,
    complete: false,
  };

  /** @param budget steps allowed; `Infinity` for bytes that are bounded already, and held anyway */
  constructor(budget: number = BUDGET) {
    this.#budget = budget;
  }

  /** @param length of the message in bytes, as far as it is known; else -1 */
  static of(length: number): MessageScan {
    return new MessageScan(length > BUDGET ? BUDGET_LONG : BUDGET);
  }

  /** True once nothing more will be learned from further bytes. */
  get done(): boolean {
    return this.scanned.complete || this.#budget <= 0;
  }

  push(bytes: Buffer, from = 0, to: number = bytes.length): void {
    if (this.done) return;
    // The native search has no end to stop at but the buffer's.
    const chunk = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
    const { length } = chunk;
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
          // Jump to the next quote; whether it ends the string depends on the backslashes right before it.
          const quote = chunk.indexOf(QUOTE, i);
          const end = quote < 0 ? length : quote;
          let slashes = 0;
          for (let k = end - 1; k >= i && chunk[k] === BACKSLASH; k--) slashes++;
          budget -= JUMP_COST;
          // JSON in a string has a quote every few bytes: walking is cheaper there than jumping.
          walk = end - i < SHORT_JUMP ? WALK_ON : WALK;
          // Past an escaped quote, or past the end where the escape's second byte is in the next chunk.
          i = slashes % 2 === 0 ? end : end + 1;
        }
        this.#escaped = i > length;
        if (this.#escaped) i = length;
        if (this.#capturing) {
          if (this.#captured.length + i - start > CAPTURE) this.#capturing = false;
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
        // Deeper than anything worth knowing: only what leads back out of here counts, and where strings begin.
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
            ? this.#depth === 1 || this.#inResult
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
          if (this.#depth === 1) this.#inResult = false;
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
          if (this.#depth === 1) this.#inResult = false;
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

  /**
   * The message is over, and `last` are its last bytes. Where the bound was met before, its end may still tell: most
   * servers write `isError` last in the result, and those bytes can't be anything else. A quote right after `{` or `,`
   * begins a key.
   */
  end(last: Buffer): void {
    if (this.scanned.complete || !this.scanned.hasResult) return;
    const isError = LAST.exec(last.toString('latin1', Math.max(0, last.length - TAIL)))?.[1];
    if (isError === undefined) return;
    this.scanned.isError = isError === 'true';
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
      } else if (key === 'result') {
        this.scanned.hasResult = true;
        this.#inResult = true;
      }
    } else if (this.#depth === 2 && this.#inResult && key === 'isError') {
      this.#want = IS_ERROR;
    }
  }

  /** A number, `true`, `false` or `null` just ended. */
  #endScalar(): void {
    if (this.#want === ID && NUMBER.test(this.#captured)) this.scanned.id = this.#captured;
    else if (this.#want === IS_ERROR) this.scanned.isError = this.#captured === 'true';
    // Some servers write both members, one of them null.
    else if (this.#want === ERROR && this.#captured === 'null') this.scanned.hasError = false;
    this.#want = NOTHING;
    this.#captured = '';
  }
}

/** Bytes at the end of a message in which `isError` is looked for. */
const TAIL = 256;
/** `isError` as the last member of the object that ends with the message, or before its `jsonrpc` and `id`. */
const LAST =
  /[{,]\s*"isError"\s*:\s*(true|false)\s*\}\s*(?:,\s*"(?:jsonrpc|id)"\s*:\s*(?:"[^"\\]*"|-?[\d.eE+-]+)\s*)*\}\s*$/;

const NUMBER = /^-?\d[\d.eE+-]*$/;

/** The string that was captured; undefined where it is no JSON string. */
function unescaped(captured: string): string | undefined {
  if (PLAIN.test(captured)) return captured;
  try {
    return JSON.parse(`"${Buffer.from(captured, 'latin1').toString('utf8')}"`) as string;
  } catch {
    return undefined;
  }
}

const PLAIN = /^[ !#-[\]-~]*$/;
