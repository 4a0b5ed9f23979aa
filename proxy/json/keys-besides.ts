/** The keys that a changed object has besides those of its text. */
import type { Work } from '../base/turns.ts';
import { PART } from './parts-in-text.ts';

const NO_KEYS: readonly string[] = Object.freeze([]);

/** A member of an object, and the position of its value. */
export interface Member {
  readonly key: string;
  readonly keyText: string;
  readonly start: number;
  readonly end: number;
}

/** The keys of an object that the original doesn't have. @param kept number of keys that it has */
export function* keysBesides(
  members: readonly Member[],
  kept: number,
  next: Readonly<Record<string, unknown>>,
): Work<readonly string[]> {
  const keys = Object.keys(next);
  if (keys.length === kept) return NO_KEYS;
  const known = new Set<string>();
  const added: string[] = [];
  let steps = 0;
  for (const { key } of members) {
    if ((++steps & PART) === 0) yield;
    known.add(key);
  }
  for (const key of keys) {
    if ((++steps & PART) === 0) yield;
    if (!known.has(key) && next[key] !== undefined) added.push(key);
  }
  return added;
}
