/** Detectors that search a long text in parts. The findings are the same as in one go. */
import { LONG_TEXT, type Work } from '../../../base/turns.ts';
import { inCells } from './cells/cells.ts';
import { type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { findOf, hasPlainFind } from './plain-find.ts';
import type { Runs, RunsInParts } from './runs.ts';
import { whole } from './whole.ts';

/** Characters of a part. A part may be longer, because a find may cross its end. */
export const PART = 16 * 1024;
/** Runs of digits in a part. Each may take a few microseconds. */
const RUNS = 512;

/**
 * Does the same as `find`, with a `yield` after each part.
 * @param runs the digits of this text, read once for all detectors
 */
export type Search = (text: string, evidence: Evidence | undefined, runs: RunsInParts) => Work<readonly Span[]>;

/** Keyed by function, not by object: a copied detector with another `find` must be searched with that one. */
const searches = new WeakMap<Detector['find'], Search>();

/** Makes a detector whose `find` reads the structure of a text, too. @param search the same as `detector.find`, in parts */
export function inParts(detector: Detector, search: Search): Detector {
  const plain = findOf(detector);
  const made: Detector = {
    ...detector,
    find(text, evidence) {
      const spans = plain(text, evidence);
      const more = inCells(alone, text);
      return more === NONE ? spans : whole(spans.concat(more));
    },
  };
  const alone: readonly Detector[] = [made];
  searches.set(findOf(made), search);
  hasPlainFind(made, plain);
  return made;
}

/** Undefined: the detector can only search in one go. */
export function searchOf(detector: Detector): Search | undefined {
  return searches.get(findOf(detector));
}

/** Whether it always finds the same in the same text. Only of the detectors that come with the proxy is this known. */
export function findsTheSame(detector: Detector): boolean {
  return searchOf(detector) !== undefined;
}

/**
 * Where the last scan stopped: the run or character that the next scan begins with. Read it immediately: other searches
 * write here, too.
 */
export const reached = { next: 0 };

/**
 * Adds the finds that begin with the runs from `first` to `until` to the earlier ones; {@link reached} says where to
 * continue.
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
 * @param longest the length of its longest match in characters; the pattern must not look around
 */
export function* matches(pattern: RegExp, text: string, longest: number): Work<boolean> {
  for (let from = 0; from < text.length; from += LONG_TEXT) {
    if (pattern.test(text.slice(from, from + LONG_TEXT + longest - 1))) return true;
    yield;
  }
  return false;
}
