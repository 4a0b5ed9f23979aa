/** The digits that numbers were written with: a double keeps only 15 to 17 of them. */
import { Denied } from '../base/errors.ts';
import { atOnce, type Work } from '../base/turns.ts';
import { isObject } from './lossless.ts';
import { eachNumber, type Step } from './numbers.ts';
import type { JsonObject, JsonValue } from './value.ts';

/** The JSON text that a message was read from. */
export interface Source {
  readonly json: string;
  /** The value parsed from that text. Parts that controls did not change are still the same objects. */
  readonly value: JsonValue;
  /** The message as received, and as controls changed it. */
  readonly changed?: { readonly from: JsonObject; readonly to: JsonObject };
}

/** Members of a message that are searched. */
const BODIES = ['result', 'error', 'params'] as const;

/** Shorter numbers are exact as doubles. */
const LONG = 16;
const MAY_BE_LONG = /\d[\d.eE+-]{14}/;

/** How the numbers of a text were written. */
export class Written {
  /** By the containing object or list, then by key. */
  readonly #places = new Map<object, Map<Step, { readonly double: number; readonly digits: string }>>();
  /** By double, anywhere in the text; undefined if it was written with different digits. */
  readonly #digits = new Map<number, string | undefined>();

  static of(source: Source | undefined): Written {
    return atOnce(Written.read(source));
  }

  /** {@link of} in turns. */
  static *read(source: Source | undefined): Work<Written> {
    const written = new Written();
    if (source === undefined || !MAY_BE_LONG.test(source.json)) return written;
    yield* eachNumber(source.json, (token, path) => {
      if (token.length >= LONG) written.#note(token, path, source);
    });
    return written;
  }

  #note(token: string, path: readonly Step[], { value, changed }: Source): void {
    const double = Number(token);
    const digits = wholeDigits(token);
    this.#digits.set(double, this.#digits.has(double) && this.#digits.get(double) !== digits ? undefined : digits);
    const key = path.at(-1);
    if (key === undefined) return;
    let before: JsonValue | undefined = value;
    // If a control made a new container, the same path leads to the old one.
    let after: JsonValue | undefined;
    for (let i = 0; ; i++) {
      if (changed !== undefined && typeof before === 'object') {
        for (const body of BODIES) if (before === changed.from[body]) after = changed.to[body];
      }
      const step = path[i];
      if (i === path.length - 1 || step === undefined) break;
      before = within(before, step);
      after = within(after, step);
    }
    for (const holder of new Set([before, after])) {
      if (typeof holder !== 'object' || holder === null) continue;
      const here = this.#places.get(holder);
      if (here === undefined) this.#places.set(holder, new Map([[key, { double, digits }]]));
      else if (holder === before || !here.has(key)) here.set(key, { double, digits });
    }
  }

  /**
   * The digits of a number's integer part, at this place, or where the number was before a control moved it. Throws
   * `Denied` if several texts in the message share its double.
   */
  digits(value: number, holder: object, key: Step): string {
    const here = this.#places.get(holder)?.get(key);
    if (here?.double === value) return here.digits;
    if (!this.#digits.has(value)) return wholeDigits(String(value));
    const digits = this.#digits.get(value);
    if (digits === undefined)
      throw new Denied('a number beyond 2^53 was moved, and another number has the same double');
    return digits;
  }
}

function within(value: JsonValue | undefined, key: Step): JsonValue | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? (value as readonly JsonValue[])[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Digits that an exponent may add: no card or account number has more. */
const MOST = 64;

/** The digits of a number's integer part, without its sign: `125` for `-12.5e1`. Empty if it has none or too many. */
function wholeDigits(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(number) ?? [];
  const shift = Number(exponent);
  if (shift === 0) return whole;
  const digits = whole + fraction;
  const length = whole.length + shift;
  return length <= 0 || length > digits.length + MOST
    ? ''
    : digits
        .slice(0, length)
        .padEnd(length, '0')
        .replace(/^0+(?=\d)/, '');
}
