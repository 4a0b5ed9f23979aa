/** Runs several detectors on one text. */
import { LONG_TEXT, type Work } from '../../../base/turns.ts';
import { inCells, searchCells } from './cells/cells.ts';
import { type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { forgetLabels } from './label.ts';
import { searchOf } from './parts.ts';
import { findPlainly, plainFindsOf } from './plain-find.ts';
import { forgetRuns, RunsInParts } from './runs.ts';
import { ahead } from './secret/ahead.ts';
import { forgetSpelling } from './spelling.ts';
import { whole, wholeInTurns } from './whole.ts';

const LONG = 4_096;

/** Loads what the detectors need. Await it once before the first `find`; later calls cost nothing. */
export async function loadDetectors(detectors: readonly Detector[]): Promise<void> {
  await Promise.all(detectors.map(async (detector) => detector.load?.()));
}

/** A bit of everything: names, numbers, an address; labels in Latin letters and in others. */
const SAMPLE =
  'Ms Ada Example, ada@example.com, +44 20 7946 0958, born 1990-01-31: {"card": "4111 1111 1111 1111", "password": "x1-Y2"} رقم الهاتف: ٠٥٠١٢٣٤٥٦٧ 전화번호 02-312-3456 生年月日 1990-01-31 пароль: x1-Y2z';

/** Makes loaded detectors build their tables and patterns, which they do with the first text. */
export function useOnce(detectors: readonly Detector[]): void {
  findAll(detectors, SAMPLE);
}

/**
 * Findings in the text, and in its cells by their names: in order, without overlaps. Overlapping findings are merged
 * into one that covers them all, so that none is lost. It has the type of the longest; among equals, of the first in
 * the text; then, of the first detector in the list.
 */
export function findAll(detectors: readonly Detector[], text: string, evidence?: Evidence): readonly Span[] {
  let found = NONE;
  for (const find of plainFindsOf(detectors)) found = together(found, find(text, evidence));
  found = together(found, inCells(detectors, text));
  // After a short text, others usually follow soon.
  if (text.length > LONG) forget();
  return inOrder(found);
}

/** The same for a long text, in turns, also within a detector; a detector written elsewhere runs in one go. */
export function* searchAll(detectors: readonly Detector[], text: string, evidence?: Evidence): Work<readonly Span[]> {
  // A decoded text may be much shorter than its original.
  if (text.length <= LONG_TEXT) return findAll(detectors, text, evidence);
  const runs = new RunsInParts();
  const lists: (readonly Span[])[] = [];
  for (const detector of detectors) {
    const search = searchOf(detector);
    lists.push(search === undefined ? findPlainly(detector, text, evidence) : yield* search(text, evidence, runs));
    yield;
  }
  lists.push(yield* searchCells(detectors, text));
  forget();
  return yield* wholeInTurns(lists);
}

function forget(): void {
  forgetRuns();
  forgetSpelling();
  forgetLabels();
  ahead.forget();
}

function together(found: readonly Span[], spans: readonly Span[]): readonly Span[] {
  if (spans === NONE) return found;
  return found === NONE ? spans : found.concat(spans);
}

function inOrder(found: readonly Span[]): readonly Span[] {
  return found === NONE ? found : whole(found);
}
