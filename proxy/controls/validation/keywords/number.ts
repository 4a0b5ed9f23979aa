/** What a schema says of a number. */
import type { JsonObject, JsonValue } from '../../../json/lossless.ts';
import { SchemaFault } from '../faults.ts';
import type { Run } from '../run.ts';
import type { Check } from '../schema.ts';

export function forNumber(schema: JsonObject): readonly Check[] {
  const checks: Check[] = [];
  const add = (keyword: string, words: (bound: number) => string, holds: (value: number, bound: number, run: Run) => boolean): void => {
    const bound = numberAt(schema, keyword);
    if (bound === undefined) return;
    const expected = words(bound);
    checks.push((value, run) => holds(value as number, bound, run) || run.fail(expected, value));
  };
  // In draft 4 the exclusive ones say what the others mean.
  const above = schema['exclusiveMinimum'] === true;
  const below = schema['exclusiveMaximum'] === true;
  add('minimum', (bound) => (above ? `more than ${bound}` : `at least ${bound}`), (value, bound) => (above ? value > bound : value >= bound));
  add('maximum', (bound) => (below ? `less than ${bound}` : `at most ${bound}`), (value, bound) => (below ? value < bound : value <= bound));
  if (typeof schema['exclusiveMinimum'] !== 'boolean') add('exclusiveMinimum', (bound) => `more than ${bound}`, (value, bound) => value > bound);
  if (typeof schema['exclusiveMaximum'] !== 'boolean') add('exclusiveMaximum', (bound) => `less than ${bound}`, (value, bound) => value < bound);
  const factor = numberAt(schema, 'multipleOf');
  if (factor !== undefined && factor <= 0) throw new SchemaFault('multipleOf: expected a number above 0');
  add('multipleOf', (bound) => `a multiple of ${bound}`, isMultiple);
  return checks;
}

export function numberAt(schema: JsonObject, keyword: string): number | undefined {
  const value: JsonValue | undefined = schema[keyword];
  if (value !== undefined && typeof value !== 'number') throw new SchemaFault(`${keyword}: expected a number`);
  return value;
}

/** A bound on a count: lengths, items, properties. */
export function countAt(schema: JsonObject, keyword: string): number | undefined {
  const value = numberAt(schema, keyword);
  if (value !== undefined && (!Number.isInteger(value) || value < 0)) throw new SchemaFault(`${keyword}: expected a whole number, 0 or more`);
  return value;
}

/** By their decimal digits: 0.3 is a multiple of 0.1, though their doubles' quotient is none. */
function isMultiple(value: number, factor: number, run: Run): boolean {
  if (Number.isInteger(value / factor) && Number.isInteger(value) && Number.isInteger(factor)) return true;
  const [digits, exponent] = decimal(value);
  const [by, byExponent] = decimal(factor);
  const shift = exponent - byExponent;
  run.spend(8 + Math.abs(shift));
  return shift >= 0 ? (digits * 10n ** BigInt(shift)) % by === 0n : digits % (by * 10n ** BigInt(-shift)) === 0n;
}

function decimal(value: number): readonly [digits: bigint, exponent: number] {
  const [mantissa = '0', exponent = '0'] = String(Math.abs(value)).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}
