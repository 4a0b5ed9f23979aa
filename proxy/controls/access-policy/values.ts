/**
 * Arguments as Cedar's values. Cedar has no null and no fractions but decimals of four digits: what it can't represent
 * becomes something that equals nothing a rule can name and fails any comparison of size, so that a rule about it
 * fails, which denies. Nothing is ever left out: a rule that asks whether an argument is there gets the truth. Numbers
 * are what their digits say, since those are what the upstream gets: `1000.00000000000000001` is no 1000, though a
 * double makes it one.
 */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import { type Decimal, textOf } from '../../json-schema/decimal.ts';
import type { ExactNumbers } from '../../json-schema/digits.ts';
import type { Segment } from '../../json-schema/failure.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Arguments that can't be put to Cedar at all: denied wherever a rule reads them. */
export class Unrepresentable extends Error {}

/** Cedar's own parser ends at 128 levels of its format. */
const MAX_DEPTH = 32;
/** Keys by which Cedar's JSON writes what JSON has no values for: as a caller's own they would make up entities. */
const ESCAPES = ['__entity', '__extn', '__expr'];
/** Digits that a decimal may have, and a number that is told from others. */
const MAX_DIGITS = 18;
const MAX_TEXT = 1_000;
/** Lists, objects and what is in them: Cedar takes them in one go, 700 ms for 1 MB of short members. */
const MAX_VALUES = 20_000;
/** Four digits after the point, within 64 bits. */
const DECIMAL = /^-?\d{1,14}\.\d{1,4}$/;

/**
 * @param names the members that rules read; undefined: all
 * @param digits of the numbers in the text that the arguments were read from; undefined: their doubles are all that is
 * known
 */
export function argumentsOf(
  given: JsonObject,
  names: ReadonlySet<string> | undefined,
  digits?: ExactNumbers,
): Record<string, CedarValueJson> {
  const values: Record<string, CedarValueJson> = {};
  const at: At = { digits, path: [], left: MAX_VALUES };
  for (const name of names ?? Object.keys(given)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) set(values, name, value, at);
  }
  return values;
}

interface At {
  readonly digits: ExactNumbers | undefined;
  readonly path: Segment[];
  /** How many more values there may be. */
  left: number;
}

function valueOf(value: JsonValue, at: At): CedarValueJson {
  if (--at.left < 0) throw new Unrepresentable(`more than ${MAX_VALUES} values`);
  if (at.path.length > MAX_DEPTH) throw new Unrepresentable(`nested more than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    // What arrives there in other characters might be another name.
    if (!value.isWellFormed()) throw new Unrepresentable('a text with half a character');
    return value;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return number(value, at.digits?.at(at.path));
  if (value === null) return something('null');
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item, i) => within(i, item, at));
  const values: Record<string, CedarValueJson> = {};
  if (isObject(value))
    for (const [name, inner] of Object.entries(value)) if (inner !== undefined) set(values, name, inner, at);
  return values;
}

function within(segment: Segment, value: JsonValue, at: At): CedarValueJson {
  at.path.push(segment);
  const made = valueOf(value, at);
  at.path.pop();
  return made;
}

function set(values: Record<string, CedarValueJson>, name: string, value: JsonValue, at: At): void {
  if (ESCAPES.includes(name) || !name.isWellFormed())
    throw new Unrepresentable('a key that has another meaning in Cedar');
  // As a member of its own, whatever its name.
  Object.defineProperty(values, name, {
    value: within(name, value, at),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function number(value: number, exact: Decimal | undefined): CedarValueJson {
  // A control further out may have put another number there: then that is written as its double.
  if (exact !== undefined && Object.is(Math.abs(Number(textOf(exact))), Math.abs(value))) return byDigits(exact);
  if (Number.isSafeInteger(value)) return value + 0;
  const text = String(value);
  // Beyond 2^53 several numbers are read as one: which was meant isn't known.
  return DECIMAL.test(text) ? { __extn: { fn: 'decimal', arg: text } } : something(`number ${text}`);
}

/**
 * A number that no double says: none of Cedar's whole ones as they get there, so a decimal, or what fails any
 * comparison of size.
 */
function byDigits(exact: Decimal): CedarValueJson {
  const { negative, digits, exponent } = exact;
  if (exponent < 0 && digits.length <= MAX_DIGITS) {
    const all = digits.padStart(1 - exponent, '0');
    const text = `${negative ? '-' : ''}${all.slice(0, exponent)}.${all.slice(exponent)}`;
    if (DECIMAL.test(text)) return { __extn: { fn: 'decimal', arg: text } };
  }
  const text = textOf(exact);
  if (text.length > MAX_TEXT) throw new Unrepresentable('a number of too many digits');
  return something(`number ${text}`);
}

function something(what: string): CedarValueJson {
  return { __entity: { type: 'Json', id: what } };
}
