/**
 * What a JSON text shows besides its value, in one pass from string to string: how many members its objects have, how deep
 * it is nested, and where the containers near its root end.
 */
import type { Work } from '../base/turns.ts';
import { endOfString } from './parse.ts';

export interface Layout {
  /** Members of all objects. A value with fewer lacks one that has the same key as another. */
  readonly members: number;
  readonly depth: number;
  /** By the position where a container starts, behind its end; down to {@link NEAR} levels. */
  readonly ends: ReadonlyMap<number, number>;
}

/** Levels of containers whose places are kept, with the root: down to the entries of a list in a result. */
export const NEAR = 4;

/** Characters that are copied and read before the pass may pause. */
export const PART = 16 * 1024;
/** The part that is read: numbers are read twice as fast as the characters of a string. Filled and read in one go. */
const units = new Uint16Array(PART);
const bytes = Buffer.from(units.buffer);
/** Characters of a string that are read before the engine searches for its end. */
const WALK = 64;

/** @param text that `JSON.parse` accepts */
export function* layoutOf(text: string): Work<Layout> {
  const pass = new Pass();
  for (let at = 0; at < text.length;) {
    if (at > 0) yield;
    at = pass.read(text, at, bytes.write(text.slice(at, at + PART), 'utf16le') >> 1);
  }
  return pass;
}

class Pass implements Layout {
  readonly ends = new Map<number, number>();
  members = 0;
  depth = 0;
  readonly #starts: number[] = [];
  /** The current depth. */
  #level = 0;
  #inString = false;

  /**
   * Reads the copied part, which starts at `from`. Returns where the next one starts. Works on local variables, since fields
   * would be written with each character.
   */
  read(text: string, from: number, length: number): number {
    let { members } = this;
    let level = this.#level;
    let inString = this.#inString;
    let i = 0;
    while (i < length) {
      if (inString) {
        const until = Math.min(length, i + WALK);
        let c;
        do c = units[i++];
        while (c !== 0x22 && c !== 0x5c && i < until);
        // What a backslash escapes may be in the next part.
        if (c === 0x5c) i++;
        else if (c === 0x22) inString = false;
        else if (i < length) {
          i = endOfString(text, from + i) - from;
          inString = false;
        }
        continue;
      }
      const c = units[i++];
      if (c === 0x22) inString = true;
      else if (c === 0x3a) members++;
      else if (c === 0x7b || c === 0x5b) {
        if (level < NEAR) this.#starts[level] = from + i - 1;
        if (++level > this.depth) this.depth = level;
      } else if (c === 0x7d || c === 0x5d) {
        if (--level < NEAR) this.ends.set(this.#starts[level] ?? 0, from + i);
      }
    }
    this.members = members;
    this.#level = level;
    this.#inString = inString;
    return from + i;
  }
}
