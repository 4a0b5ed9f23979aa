/** Searches one string: with detectors, in its plain and its decoded text, and for values that are already known. */
import { LONG_TEXT, type Work } from '../../base/turns.ts';
import { type Detector, type Evidence, findAll, searchAll, type Span } from './detectors/index.ts';
import { mayBeFound } from './detectors/traces.ts';
import type { KnownSpan } from './known-span.ts';
import type { KnownValues } from './known-values.ts';
import { DecodedView } from './surfaces/index.ts';

export interface Finds {
  readonly spans: readonly Span[];
  /** Undefined: nothing in the string is encoded. */
  readonly view: DecodedView | undefined;
  /** Positions in the decoded text. */
  readonly encoded: readonly Span[];
  readonly known: readonly KnownSpan[];
}

const NONE: readonly never[] = Object.freeze([]);
/** Shared by all strings without findings. */
const NOTHING: Finds = Object.freeze({ spans: NONE, view: undefined, encoded: NONE, known: NONE });

export function findsIn(
  detectors: readonly Detector[],
  text: string,
  at: Evidence,
  values: KnownValues | undefined,
): Finds {
  const known = values === undefined ? NONE : values.in(text);
  if (known.length === 0 && !mayBeFound(detectors, text)) return NOTHING;
  const spans = findAll(detectors, text, at);
  const view = DecodedView.of(text);
  if (spans.length + known.length === 0 && view === undefined) return NOTHING;
  return { spans, view, encoded: view === undefined ? NONE : findAll(detectors, view.text, at), known };
}

/** The same for a long string; yields between its parts so that other calls can run. */
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
