/**
 * What there is to find in one string: by detectors, also in what is encoded in it, and by values that are known
 * already.
 */
import { LONG_TEXT, type Work } from '../../base/turns.ts';
import { type Detector, type Evidence, findAll, searchAll, type Span } from './detectors/index.ts';
import type { KnownSpan, KnownValues } from './known-values.ts';
import { DecodedView } from './surfaces/index.ts';

export interface Finds {
  readonly spans: readonly Span[];
  /** Undefined: nothing in the string is encoded. */
  readonly view: DecodedView | undefined;
  /** By their places in the decoded text. */
  readonly encoded: readonly Span[];
  readonly known: readonly KnownSpan[];
}

const NONE: readonly never[] = Object.freeze([]);
/** One for all the strings in which nothing is found. */
const NOTHING: Finds = Object.freeze({ spans: NONE, view: undefined, encoded: NONE, known: NONE });

export function findsIn(
  detectors: readonly Detector[],
  text: string,
  at: Evidence,
  values: KnownValues | undefined,
): Finds {
  const spans = findAll(detectors, text, at);
  const known = values === undefined ? NONE : values.in(text);
  const view = DecodedView.of(text);
  if (spans.length + known.length === 0 && view === undefined) return NOTHING;
  return { spans, view, encoded: view === undefined ? NONE : findAll(detectors, view.text, at), known };
}

/** The same of a long string: others have their turn between its parts. */
export function* searchIn(
  detectors: readonly Detector[],
  text: string,
  at: Evidence,
  values: KnownValues | undefined,
): Work<Finds> {
  const spans = yield* searchAll(detectors, text, at);
  const known = values === undefined ? NONE : yield* values.search(text);
  const view = yield* DecodedView.read(text);
  return { spans, view, encoded: view === undefined ? NONE : yield* searchAll(detectors, view.text, at), known };
}

export function isLong(text: string): boolean {
  return text.length > LONG_TEXT;
}
