/** What finds personal data and secrets in a string. */

/** A part of a text: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What it is: the detector's `type`. */
  readonly type: string;
}

/** Where a text stands: evidence of what it is. A `Place` of the surfaces is one. */
export interface Evidence {
  /** The nearest key above. */
  readonly field?: string | undefined;
  /**
   * Keys and indices from a root, the last of them nearest: asked where the field itself says nothing
   * (`passport.number`).
   */
  readonly path?: readonly (string | number)[];
}

export interface Detector {
  /** In a config's list, in facts and in errors. */
  readonly name: string;
  /** What its findings are. Tokens of one type are made with one key. */
  readonly type: string;
  /**
   * Loads what is heavy. Await it (or {@link loadDetectors}) before the first `find`, which throws otherwise.
   * @default - nothing to load
   */
  load?(): Promise<void>;
  /**
   * What there is of its type: in order, without overlaps. Takes time in proportion to the text's length, whatever the
   * text. Where nothing is found, it allocates nothing. A text of more than 32 KiB is searched in parts by those that
   * come with the proxy, so that other calls have their turn. One that you write yourself can't be stopped: all others
   * wait while it searches.
   */
  find(text: string, evidence?: Evidence): readonly Span[];
}

/** What several detectors find together. */
export type Detect = (text: string, evidence?: Evidence) => readonly Span[];

/** Nothing was found. */
export const NONE: readonly Span[] = Object.freeze([]);

/** Adds to a list that is made with its first member. */
export function added(spans: readonly Span[], start: number, end: number, type: string): readonly Span[] {
  const span = { start, end, type };
  if (spans === NONE) return [span];
  (spans as Span[]).push(span);
  return spans;
}
