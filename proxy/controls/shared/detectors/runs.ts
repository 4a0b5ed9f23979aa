/** Finds the digits of a text. Several detectors use them, so a text is scanned once for all. */
import type { Work } from '../../../base/turns.ts';
import { digitOf, isInvisible, plain } from './characters.ts';

/** Runs of digits, in order. */
class Runs {
  count = 0;
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(64);

  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
  }

  /** Adds a run, or extends the last one if it continues there. */
  join(start: number, end: number): void {
    if (this.count > 0 && this.end(this.count - 1) === start) this.ends[this.count - 1] = end;
    else this.add(start, end);
  }

  start(i: number): number {
    return this.starts[i] ?? 0;
  }

  end(i: number): number {
    return this.ends[i] ?? 0;
  }

  length(i: number): number {
    return this.end(i) - this.start(i);
  }

  clear(): void {
    this.count = 0;
    // Release the memory after a huge text.
    if (this.starts.length > KEPT) {
      this.starts = new Int32Array(64);
      this.ends = new Int32Array(64);
    }
  }
}
export type { Runs };

const KEPT = 1 << 16;

function grown(array: Int32Array): Int32Array {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}

/** Shared by all texts that are searched in one go: the runs of the last two, a text and its plain spelling. */
let runs = new Runs();
let others = new Runs();
let last: string | undefined;
let other: string | undefined;

/** Valid until called with two other texts. */
export function runsOf(text: string): Runs {
  if (text === last) return runs;
  [runs, others, last, other] = [others, runs, other, last];
  if (text === last) return runs;
  runs.clear();
  read(text, 0, runs);
  last = text;
  return runs;
}

/** Digits of all scripts. A regular expression finds the next one ten times as fast as a loop. */
const DIGIT = /[\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19]/g;
/** Within this many characters after a run, a loop finds the next one sooner. */
const BESIDE = 24;

/** Adds the runs of a text, or of a part of one that begins at `base`. */
function read(text: string, base: number, into: Runs): void {
  const { length } = text;
  DIGIT.lastIndex = 0;
  while (DIGIT.test(text)) {
    let i = DIGIT.lastIndex;
    for (let start = i - 1; start >= 0;) {
      while (i < length && digitOf(text.charCodeAt(i)) >= 0) i++;
      into.join(base + start, base + i);
      start = -1;
      for (const most = Math.min(length, i + BESIDE); i < most;) {
        const code = text.charCodeAt(i++);
        if ((code > 0x39 ? code < 0x660 : code < 0x30) || digitOf(code) < 0) continue;
        start = i - 1;
        break;
      }
    }
    DIGIT.lastIndex = i;
  }
}

/** Reading a text may yield after this many characters. */
const PART = 16 * 1024;

/**
 * The runs of a text that is searched in parts, read on first use. Not shared, because other texts may be searched
 * meanwhile.
 */
export class RunsInParts {
  #runs: Runs | undefined;

  *of(text: string): Work<Runs> {
    if (this.#runs !== undefined) return this.#runs;
    const all = new Runs();
    for (let from = 0; from < text.length; from += PART) {
      read(text.slice(from, from + PART), from, all);
      yield;
    }
    return (this.#runs = all);
  }
}

/** Releases the last texts and their runs. */
export function forgetRuns(): void {
  last = undefined;
  other = undefined;
  runs.clear();
  others.clear();
}

/** No visible character between two runs. */
export const JOINED = 0;
/** Anything but a single separator. */
export const APART = -1;

/** The one character between two runs, mapped by `plain`; invisible ones beside it are ignored. */
export function gapBetween(text: string, end: number, start: number): number {
  if (start - end > 4) return APART;
  let gap = JOINED;
  for (let i = end; i < start; i++) {
    const code = text.charCodeAt(i);
    if (isInvisible(code)) continue;
    if (gap !== JOINED) return APART;
    gap = plain(code);
  }
  return gap;
}
