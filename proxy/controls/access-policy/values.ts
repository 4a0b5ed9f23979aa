/**
 * Arguments as Cedar's values. Cedar has no null and no fractions but decimals of four digits: what it can't represent becomes
 * something that equals nothing a rule can name and fails any comparison of size, so that a rule about it fails, which denies.
 * Nothing is ever left out: a rule that asks whether an argument is there gets the truth.
 */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';

/** Arguments that can't be put to Cedar at all: denied wherever a rule reads them. */
export class Unrepresentable extends Error {}

/** Cedar's own parser ends at 128 levels of its format. */
const MAX_DEPTH = 32;
/** Keys by which Cedar's JSON writes what JSON has no values for: as a caller's own they would make up entities. */
const ESCAPES = ['__entity', '__extn', '__expr'];
/** Four digits after the point, within 64 bits. */
const DECIMAL = /^-?\d{1,14}\.\d{1,4}$/;

/** @param names the members that rules read; undefined: all */
export function argumentsOf(given: JsonObject, names: ReadonlySet<string> | undefined): Record<string, CedarValueJson> {
  const values: Record<string, CedarValueJson> = {};
  for (const name of names ?? Object.keys(given)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) set(values, name, value, 1);
  }
  return values;
}

function valueOf(value: JsonValue, depth: number): CedarValueJson {
  if (depth > MAX_DEPTH) throw new Unrepresentable(`nested more than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    // What arrives there in other characters might be another name.
    if (!value.isWellFormed()) throw new Unrepresentable('a text with half a character');
    return value;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return number(value);
  if (value === null) return something('null');
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => valueOf(item, depth + 1));
  const values: Record<string, CedarValueJson> = {};
  if (isObject(value)) for (const [name, inner] of Object.entries(value)) if (inner !== undefined) set(values, name, inner, depth + 1);
  return values;
}

function set(values: Record<string, CedarValueJson>, name: string, value: JsonValue, depth: number): void {
  if (ESCAPES.includes(name) || !name.isWellFormed()) throw new Unrepresentable('a key that has another meaning in Cedar');
  // As a member of its own, whatever its name.
  Object.defineProperty(values, name, { value: valueOf(value, depth), enumerable: true, configurable: true, writable: true });
}

function number(value: number): CedarValueJson {
  if (Number.isSafeInteger(value)) return value + 0;
  const text = String(value);
  // Beyond 2^53 several numbers are read as one: which was meant isn't known.
  return DECIMAL.test(text) ? { __extn: { fn: 'decimal', arg: text } } : something('number');
}

function something(what: string): CedarValueJson {
  return { __entity: { type: 'Json', id: what } };
}
