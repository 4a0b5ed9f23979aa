/** Several detectors on one text. */
import { LONG_TEXT, type Work } from '../../../base/turns.ts';
import { type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { searchOf } from './parts.ts';
import { forgetRuns, RunsInParts } from './runs.ts';
import { whole, wholeInTurns } from './whole.ts';

const LONG = 4_096;

/** Loads what any of them needs. To be awaited once, before the first `find`; costs nothing after that. */
export async function loadDetectors(detectors: readonly Detector[]): Promise<void> {
  await Promise.all(detectors.map(async (detector) => detector.load?.()));
}

/**
 * What they find, in order, without overlaps. Findings that overlap become one that covers them all, so that nothing of
 * what any of them found is left out: it has the type of the longest, and among equals of the one that begins first, or
 * else of the detector that comes first in the list.
 */
export function findAll(detectors: readonly Detector[], text: string, evidence?: Evidence): readonly Span[] {
  let found = NONE;
  for (const detector of detectors) found = together(found, detector.find(text, evidence));
  // Short ones are soon followed by others.
  if (text.length > LONG) forgetRuns();
  return inOrder(found);
}

/** The same of a long text, in turns: also within a detector, but for one that isn't made here. */
export function* searchAll(detectors: readonly Detector[], text: string, evidence?: Evidence): Work<readonly Span[]> {
  // What is decoded may be much shorter than what it was.
  if (text.length <= LONG_TEXT) return findAll(detectors, text, evidence);
  const runs = new RunsInParts();
  const lists: (readonly Span[])[] = [];
  for (const detector of detectors) {
    const search = searchOf(detector);
    lists.push(search === undefined ? detector.find(text, evidence) : yield* search(text, evidence, runs));
    yield;
  }
  forgetRuns();
  return yield* wholeInTurns(lists);
}

function together(found: readonly Span[], spans: readonly Span[]): readonly Span[] {
  if (spans === NONE) return found;
  return found === NONE ? spans : found.concat(spans);
}

function inOrder(found: readonly Span[]): readonly Span[] {
  return found === NONE ? found : whole(found);
}
