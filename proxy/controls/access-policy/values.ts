/**
 * Converts arguments to Cedar's values. Cedar has no null, and no fractions except decimals of four digits. A value
 * that it can't represent becomes one that equals nothing a rule can name and fails any comparison of size, so a rule
 * about it fails, which denies. No argument is left out, so `has` gives the right answer. Numbers are compared by their
 * digits, because the upstream receives those: `1000.00000000000000001` is not 1000, although a double would make it
 * equal.
 */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import { type Decimal, textOf } from '../../json-schema/decimal.ts';
import type { ExactNumbers } from '../../json-schema/digits.ts';
import type { Segment } from '../../json-schema/failure.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Arguments that can't be passed to Cedar at all: denied if a rule reads them. */
export class Unrepresentable extends Error {}

/** Cedar's own parser allows 128 levels of its format. */
const MAX_DEPTH = 32;
/** Keys with a special meaning in Cedar's JSON: in a caller's arguments they would create entities. */
const ESCAPES = ['__entity', '__extn', '__expr'];
/** Maximum digits of a decimal, and of a number that is distinguished from others. */
const MAX_DIGITS = 18;
const MAX_TEXT = 1_000;
/** Maximum lists, objects and members: Cedar converts them synchronously, 700 ms for 1 MB of short members. */
const MAX_VALUES = 20_000;
/** Four digits after the point, within 64 bits. */
const DECIMAL = /^-?\d{1,14}\.\d{1,4}$/;

/**
 * @param names the members that rules read; undefined: all
 * @param digits the numbers in the text that the arguments were parsed from; undefined: only their doubles are known
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
  /** How many more values are allowed. */
  left: number;
}

function valueOf(value: JsonValue, at: At): CedarValueJson {
  if (--at.left < 0) throw new Unrepresentable(`more than ${MAX_VALUES} values`);
  if (at.path.length > MAX_DEPTH) throw new Unrepresentable(`nested more than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    // Its characters would change on the way, and it might become another name.
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
  // Defines an own property even for `__proto__`.
  Object.defineProperty(values, name, {
    value: within(name, value, at),
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function number(value: number, exact: Decimal | undefined): CedarValueJson {
  // If an outer control replaced the number, it is written as its double.
  if (exact !== undefined && Object.is(Math.abs(Number(textOf(exact))), Math.abs(value))) return byDigits(exact);
  if (Number.isSafeInteger(value)) return value + 0;
  const text = String(value);
  // Beyond 2^53, several numbers give the same double, so the intended one is unknown.
  return DECIMAL.test(text) ? { __extn: { fn: 'decimal', arg: text } } : something(`number ${text}`);
}

/**
 * A number that no double represents. It can't be one of Cedar's integers, so it becomes a decimal, or a value that
 * fails any comparison of size.
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
