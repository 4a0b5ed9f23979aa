/** Reports faults in the members of a config object: unknown names and missing values. */

import { kindOf } from '../../base/kind-of.ts';

/** @param where path of the object in the config; empty for the options themselves */
export function memberFaults(given: object, known: readonly string[], where = ''): string[] {
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    if (!known.includes(key))
      return [`${where === '' ? '' : `${where}: `}expected ${known.join(', ')}, got ${JSON.stringify(key)}`];
    // Without the member the object would mean something else: a rule for everybody, a list that hides nothing.
    return value === undefined || value === null
      ? [
          `${where === '' ? '' : `${where}.`}${key}: expected a value, got ${String(value)}: is it from a variable that is not set?`,
        ]
      : [];
  });
}

/** For an error: what was given instead of a list of names. */
export function gotForNames(given: unknown): string {
  return Array.isArray(given) ? 'a list with something else in it' : kindOf(given);
}

/** The options of a control, for checking. Throws `TypeError` if they are not an object. */
export function optionsOf(given: unknown, control: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return { ...given };
  throw new TypeError(`${control}: expected options, ${expected}; got ${kindOf(given)}`);
}
