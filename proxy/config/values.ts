/** Values of a config, which may come from a file without types. */
import { kindOf } from '../base/kind-of.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, or a fault and an empty one. */
export function record<T extends object>(value: T, where: string, errors: string[]): Partial<T> {
  if (isRecord(value)) return value;
  errors.push(`${where}: expected an object, got ${kindOf(value)}`);
  return {};
}

/** Whole numbers within their bounds, by name. @param others members that are read elsewhere */
export function numbers<K extends string>(
  given: Readonly<Partial<Record<K, number>>>,
  known: Readonly<Record<K, readonly [number, number]>>,
  where: string,
  errors: string[],
  others: readonly string[] = [],
): Record<K, number> {
  const values: Readonly<Partial<Record<string, number>>> = record(given, where, errors);
  for (const key of Object.keys(values))
    if (!Object.hasOwn(known, key))
      errors.push(
        `${where}: expected one of ${[...Object.keys(known), ...others].join(', ')}, got ${JSON.stringify(key)}`,
      );
  const result = {} as Record<K, number>;
  for (const key of Object.keys(known) as K[]) {
    const [standard, highest] = known[key];
    const value = values[key] ?? standard;
    if (!Number.isInteger(value) || value < 1 || value > highest)
      errors.push(
        `${where}.${key}: expected a whole number from 1 to ${highest}, got ${typeof value === 'number' ? value : kindOf(value)}`,
      );
    result[key] = value;
  }
  return result;
}
