/**
 * What a JSON text shows besides its value, in one pass from string to string: how many members its objects have, how deep
 * it is nested, and where the containers near its root end.
 */
import type { Work } from '../base/turns.ts';

export interface Layout {
  /** Members of all objects. A value with fewer lacks one that has the same key as another. */
  readonly members: number;
  readonly depth: number;
  /** By the position where a container starts, behind its end; down to {@link NEAR} levels. */
  readonly ends: ReadonlyMap<number, number>;
}

/** Levels of containers whose places are kept, with the root: down to the entries of a list in a result. */
export const NEAR = 4;

/** Strings after which the pass may pause. */
const PART = 0x3ff;

/** @param text that `JSON.parse` accepts */
export function* layoutOf(text: string): Work<Layout> {
  const ends = new Map<number, number>();
  const starts: number[] = [];
  let members = 0;
  let depth = 0;
  let deepest = 0;
  for (let at = 0, steps = 1; ; steps++) {
    if ((steps & PART) === 0) yield;
    const quote = text.indexOf('"', at);
    const until = quote < 0 ? text.length : quote;
    for (; at < until; at++) {
      const c = text.charCodeAt(at);
      if (c === 0x3a) members++;
      else if (c === 0x7b || c === 0x5b) {
        if (depth < NEAR) starts[depth] = at;
        if (++depth > deepest) deepest = depth;
      } else if (c === 0x7d || c === 0x5d) {
        depth--;
        if (depth < NEAR) ends.set(starts[depth] ?? 0, at + 1);
      }
    }
    if (quote < 0) return { members, depth: deepest, ends };
    at = text.indexOf('"', quote + 1);
    while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
    at++;
  }
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}
