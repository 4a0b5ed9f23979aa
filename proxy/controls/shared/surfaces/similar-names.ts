/** Finds the name in JSON Schemas that a misspelt one was probably meant to be. */
import { isObject } from '../../../json/lossless.ts';

/** Maximum number of values of a schema that are read. */
const MOST = 10_000;
/** Shorter names differ in one letter without being misspelt. */
const SHORT = 4;
/** Longer names may differ in two. */
const LONG = 8;

/** The names of properties at any depth of the schemas. */
export function propertyNames(schemas: readonly unknown[]): ReadonlySet<string> {
  const names = new Set<string>();
  const open: unknown[] = [...schemas];
  for (let read = 0; open.length > 0 && read < MOST; read++) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...(value as readonly unknown[]).slice(0, MOST));
    if (!isObject(value)) continue;
    const { properties } = value;
    if (isObject(properties)) for (const name of Object.keys(properties)) names.add(name);
    open.push(...Object.values(value).filter((inner) => typeof inner === 'object'));
  }
  return names;
}

/** A name that differs in one letter or two, or in case; undefined if there is none or the name itself exists. */
export function similarName(name: string, names: ReadonlySet<string>): string | undefined {
  if (names.has(name)) return undefined;
  const [own, most] = [name.toLowerCase(), name.length >= LONG ? 2 : name.length >= SHORT ? 1 : 0];
  for (const other of names) {
    const lower = other.toLowerCase();
    // A list may have the name of its items.
    if (lower === `${own}s` || own === `${lower}s`) continue;
    if (Math.abs(lower.length - own.length) <= most && distance(own, lower) <= most) return other;
  }
  return undefined;
}

/** Letters to insert, delete, replace or swap (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let k = 1; k <= b.length; k++) {
      const same = a[i - 1] === b[k - 1] ? 0 : 1;
      let least = Math.min((last[k] ?? 0) + 1, (row[k - 1] ?? 0) + 1, (last[k - 1] ?? 0) + same);
      if (i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1])
        least = Math.min(least, (before[k - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
