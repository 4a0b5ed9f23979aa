/** The form of the tables in `formats.ts` and `more-formats.ts`. */

/**
 * Prefixes, and the pattern of everything after them: literals, classes, groups and bounded repetitions.
 * Where the prefix alone says little: `mixed`, only with lower case, upper case and a digit; `digits`, only with two digits.
 */
export type Format = readonly [issuer: string, prefixes: string, rest: string, only?: 'mixed' | 'digits'];

/** With something before a mark: what, at most how long, the mark, and the rest. */
export type Led = readonly [issuer: string, lead: string, reach: number, mark: string, rest: string];
