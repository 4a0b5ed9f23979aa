/**
 * What is wrong with the members of an object of a config, in words: names that mean nothing, and values that are
 * missing.
 */

import { kindOf } from '../../base/kind-of.ts';

/** @param where its place in the config; of the options themselves, none */
export function memberFaults(given: object, known: readonly string[], where = ''): string[] {
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    if (!known.includes(key))
      return [`${where === '' ? '' : `${where}: `}expected ${known.join(', ')}, got ${JSON.stringify(key)}`];
    // Without the member it would mean something else: a rule about everybody, a list that hides nothing.
    return value === undefined || value === null
      ? [
          `${where === '' ? '' : `${where}.`}${key}: expected a value, got ${String(value)}: is it from a variable that is not set?`,
        ]
      : [];
  });
}

/** Options of a control as its faults are looked for. Throws `TypeError` for what is no object. */
export function optionsOf(given: unknown, control: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given };
  throw new TypeError(`${control}: expected options, ${expected}; got ${kindOf(given)}`);
}
