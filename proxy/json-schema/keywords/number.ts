/** Keywords for numbers. */
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check } from '../compiler.ts';
import { compare, decimalOf, isMultipleOf } from '../decimal.ts';
import { type Dialect, isIn } from '../dialects.ts';
import { SchemaFault } from '../faults.ts';

export function forNumber(schema: JsonObject, dialect: Dialect): readonly Check[] {
  const checks: Check[] = [];
  /** @param holds gets a number that is negative below the bound, 0 at it, and positive above it */
  const add = (keyword: string, words: string, holds: (order: number) => boolean): void => {
    const bound = numberAt(schema, keyword);
    if (bound === undefined) return;
    const expected = `${words} ${bound}`;
    const exactBound = decimalOf(String(bound));
    checks.push((value, run) => {
      const exact = run.exact();
      return (
        holds(exact === undefined ? (value as number) - bound : compare(exact, exactBound)) || run.fail(expected, value)
      );
    });
  };
  // In draft 4 the exclusive keywords are booleans that change the meaning of the others.
  const above = says(schema, 'exclusiveMinimum', dialect);
  const below = says(schema, 'exclusiveMaximum', dialect);
  add(
    'minimum',
    above === true ? 'more than' : 'at least',
    above === true ? (order) => order > 0 : (order) => order >= 0,
  );
  add(
    'maximum',
    below === true ? 'less than' : 'at most',
    below === true ? (order) => order < 0 : (order) => order <= 0,
  );
  if (above === undefined) add('exclusiveMinimum', 'more than', (order) => order > 0);
  if (below === undefined) add('exclusiveMaximum', 'less than', (order) => order < 0);
  checks.push(...multiple(schema));
  return checks;
}

/** Undefined if the keyword is a bound itself, or is missing. */
function says(schema: JsonObject, keyword: string, dialect: Dialect): boolean | undefined {
  const value = schema[keyword];
  if (typeof value === 'boolean' && isIn(dialect, [4, 4])) return value;
  if (value !== undefined && !isIn(dialect, [6, 9])) throw new SchemaFault(`${keyword}: expected true or false`);
  return undefined;
}

/** Uses decimal digits: 0.3 is a multiple of 0.1, though the quotient of their doubles is not an integer. */
function multiple(schema: JsonObject): readonly Check[] {
  const factor = numberAt(schema, 'multipleOf');
  if (factor === undefined) return [];
  if (factor <= 0) throw new SchemaFault('multipleOf: expected a number above 0');
  const exactFactor = decimalOf(String(factor));
  const expected = `a multiple of ${factor}`;
  return [
    (value, run) => {
      const number = value as number;
      const exact = run.exact();
      if (exact === undefined && Number.isSafeInteger(number) && Number.isSafeInteger(factor))
        return number % factor === 0 || run.fail(expected, value);
      const decimal = exact ?? (Number.isFinite(number) ? decimalOf(String(number)) : undefined);
      run.spend(64 + (decimal?.digits.length ?? 0));
      return (decimal !== undefined && isMultipleOf(decimal, exactFactor)) || run.fail(expected, value);
    },
  ];
}

function numberAt(schema: JsonObject, keyword: string): number | undefined {
  const value: JsonValue | undefined = schema[keyword];
  if (value !== undefined && typeof value !== 'number') throw new SchemaFault(`${keyword}: expected a number`);
  return value;
}

/** A bound on a count: lengths, items, properties. */
export function countAt(schema: JsonObject, keyword: string): number | undefined {
  const value = numberAt(schema, keyword);
  if (value !== undefined && (!Number.isInteger(value) || value < 0))
    throw new SchemaFault(`${keyword}: expected a whole number, 0 or more`);
  return value;
}
