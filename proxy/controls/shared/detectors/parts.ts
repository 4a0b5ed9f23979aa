/** Detectors that search a long text part by part. In parts as in one go, they find the same. */
import { LONG_TEXT, type Work } from '../../../base/turns.ts';
import { type Detector, type Evidence, NONE, type Span } from './detector.ts';
import type { Runs, RunsInParts } from './runs.ts';

/** Characters of a part, or somewhat more: what is found may lie across its end. */
export const PART = 16 * 1024;
/** Runs of digits in a part. Each may take some microseconds. */
const RUNS = 512;

/**
 * What `find` does, with a `yield` after each part.
 * @param runs the digits of this text, read once for all detectors
 */
export type Search = (text: string, evidence: Evidence | undefined, runs: RunsInParts) => Work<readonly Span[]>;

/**
 * By the function and not by the object: a detector that was copied and given another `find` must be asked by that one.
 */
const searches = new WeakMap<Detector['find'], Search>();

export function inParts(detector: Detector, search: Search): Detector {
  searches.set(findOf(detector), search);
  return detector;
}

/** Undefined: it can be searched with in one go only. */
export function searchOf(detector: Detector): Search | undefined {
  return searches.get(findOf(detector));
}

function findOf({ find }: { readonly find: Detector['find'] }): Detector['find'] {
  return find;
}

/**
 * Where a scan stopped: the run, or the character, that the next one begins with. To be read right after it: other
 * searches write here, too.
 */
export const reached = { next: 0 };

/**
 * Finds what begins with the runs from `first` to `until`, adds it to what was found before, and says in {@link
 * reached} where to go on.
 */
export type RunScan = (
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
) => readonly Span[];

export function byRuns(scan: RunScan): Search {
  return function* (text, evidence, digits) {
    const runs = yield* digits.of(text);
    let spans = NONE;
    for (let next = 0; next < runs.count;) {
      spans = scan(text, evidence, runs, next, Math.min(runs.count, next + RUNS), spans);
      next = reached.next;
      yield;
    }
    return spans;
  };
}

/** The same by characters. */
export type TextScan = (text: string, first: number, until: number, before: readonly Span[]) => readonly Span[];

export function* byCharacters(scan: TextScan, text: string): Work<readonly Span[]> {
  let spans = NONE;
  for (let next = 0; next < text.length;) {
    spans = scan(text, next, Math.min(text.length, next + PART), spans);
    next = reached.next;
    yield;
  }
  return spans;
}

/**
 * Whether a pattern matches anywhere.
 * @param longest characters of its longest match; it looks at nothing around that
 */
export function* matches(pattern: RegExp, text: string, longest: number): Work<boolean> {
  for (let from = 0; from < text.length; from += LONG_TEXT) {
    if (pattern.test(text.slice(from, from + LONG_TEXT + longest - 1))) return true;
    yield;
  }
  return false;
}
