/** The types of detectors, which find personal data and secrets in a string. */
import type { Holders } from './holders.ts';

/** A part of a text: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The `type` of the detector. */
  readonly type: string;
}

/** Where a text is, as evidence of what it is. A `Place` of the surfaces is one. */
export interface Evidence {
  /** The nearest key above. */
  readonly field?: string | undefined;
  /** Keys and indices from a root, the nearest last. Used if the field itself says nothing (`passport.number`). */
  readonly path?: readonly (string | number)[];
  /**
   * The object or list that contains each segment of the path: a name beside a value (`{"name":"dob","value":…}`) or a
   * table's headings say what the value is.
   */
  readonly holders?: Holders;
}

export interface Detector {
  /** Used in a config's list, in facts and in errors. */
  readonly name: string;
  /** The type of its findings. Tokens of one type use one key. */
  readonly type: string;
  /**
   * Loads heavy dependencies. Await it (or {@link loadDetectors}) before the first `find`, which throws otherwise.
   * @default - nothing to load
   */
  load?(): Promise<void>;
  /**
   * Finds everything of its type: in order, without overlaps. The time must be proportional to the text's length, for
   * any text. Without findings it should allocate nothing. The proxy's own detectors search texts of more than 8 KiB
   * in parts, so that other calls can run. Your own detector can't be interrupted: all other calls wait while it
   * searches.
   */
  find(text: string, evidence?: Evidence): readonly Span[];
}

/** Searches with several detectors at once. */
export type Detect = (text: string, evidence?: Evidence) => readonly Span[];

export const NONE: readonly Span[] = Object.freeze([]);

/** Appends a span; creates the list with the first one. */
export function added(spans: readonly Span[], start: number, end: number, type: string): readonly Span[] {
  const span = { start, end, type };
  if (spans === NONE) return [span];
  (spans as Span[]).push(span);
  return spans;
}
