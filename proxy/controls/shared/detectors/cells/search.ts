/** Searches the cells of one text, each with its name as evidence. */
import { added, type Detector, type Evidence, NONE, type Span } from '../detector.ts';
import { ADDRESS, BIRTH, CARD, hintsOf, KEY, PASSPORT, PASSWORD, PHONE, SECRET, SSN } from '../field.ts';
import { fieldsOf } from '../only-in.ts';
import { findPlainly } from '../plain-find.ts';

/** Longer cells are texts, which are searched as such. */
export const LONGEST_CELL = 4_096;
/** Longer texts are no names. */
export const LONGEST_NAME = 64;
/** A search may yield after this many characters; one in a cell counts for several. */
const PART = 16 * 1024;
const PER_CHARACTER = 16;
const PER_CELL = 256;

const SECRETS = PASSWORD | SECRET | KEY;
/** What a name must say so that a detector gains by it. Others gain by any. */
const GAINS: ReadonlyMap<string, number> = new Map([
  ['phone', PHONE],
  ['payment-card', CARD],
  ['us-ssn', SSN],
  ['date-of-birth', BIRTH],
  ['passport', PASSPORT],
  ['secret', SECRETS],
  ['email', 0],
  ['iban', 0],
  ['ip', ADDRESS],
]);
const ANY = PHONE | CARD | SSN | BIRTH | PASSPORT | SECRETS;

/**
 * How a cell is named. `field`: as a key names its value. `label`: by a text beside it, which may be a heading of
 * something else.
 */
export type Naming = 'field' | 'label';

export class CellSearch {
  readonly text: string;
  /** The findings, in the order in which they were made. */
  spans: readonly Span[] = NONE;
  readonly #detectors: readonly Detector[];
  /** What a name must say so that any detector gains by it. */
  readonly #gains: number;
  /** Detectors for some fields only. */
  readonly #named: boolean;
  #left = PART;

  constructor(text: string, detectors: readonly Detector[], gains: number) {
    this.text = text;
    this.#detectors = detectors;
    this.#gains = gains;
    this.#named = (gains & NAMED) !== 0;
  }

  /** Whether a name says what its values are, to any of the detectors. */
  says(evidence: Evidence): boolean {
    return (hintsOf(evidence) & this.#gains) !== 0 || this.#isNamed(evidence);
  }

  /**
   * Searches a cell. Returns false if its name says nothing.
   * @param written the cell as it is read, of the same length
   */
  search(from: number, until: number, evidence: Evidence, naming: Naming, written?: string): boolean {
    const hints = hintsOf(evidence) & this.#gains;
    if (hints === 0 && !this.#isNamed(evidence)) return false;
    const { text } = this;
    let [start, end] = [from, until];
    while (start < end && isEdge(text.charCodeAt(start))) start++;
    while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
    if (start === end || end - start > LONGEST_CELL) return true;
    this.#left -= PER_CELL + PER_CHARACTER * (end - start);
    const cell = written?.slice(start - from, end - from) ?? text.slice(start, end);
    const given = (hints & ~SECRETS) === 0 && !isValue(cell, naming) ? 0 : hints;
    for (const detector of this.#detectors) {
      const fields = this.#named ? fieldsOf(detector) : undefined;
      if (fields === undefined ? (given & (GAINS.get(detector.type) ?? ANY)) === 0 : !fields.has(evidence.field ?? ''))
        continue;
      for (const span of findPlainly(detector, cell, evidence))
        this.spans = added(this.spans, start + span.start, start + span.end, span.type);
    }
    return true;
  }

  #isNamed({ field = '' }: Evidence): boolean {
    return this.#named && this.#detectors.some((detector) => fieldsOf(detector)?.has(field) === true);
  }

  /** Counts characters that were read. Returns true if others should get their turn. */
  hasRead(characters: number): boolean {
    this.#left -= characters;
    if (this.#left > 0) return false;
    this.#left = PART;
    return true;
  }
}

/** Of {@link gainsOf}: a detector is for some fields only. */
const NAMED = 1 << 30;

const known = new WeakMap<readonly Detector[], number>();

/** What a name must say so that any of the detectors gains by it; 0 if none can. */
export function gainsOf(detectors: readonly Detector[]): number {
  let gains = known.get(detectors);
  if (gains === undefined) {
    gains = 0;
    for (const detector of detectors)
      gains |= fieldsOf(detector) === undefined ? (GAINS.get(detector.type) ?? ANY) : NAMED;
    known.set(detectors, gains);
  }
  return gains;
}

/** A description, a call of a function, or the key of a block beside a secret's name is no secret. */
function isValue(cell: string, naming: Naming): boolean {
  return !NO_SECRET.test(cell) && (naming === 'field' || /[^A-Za-z]/.test(cell));
}
/** `needs:`, `None)`, `L{bytes}`. */
const NO_SECRET = /\s|\w\(|^[A-Za-z_]*[)\]},;:]+$|^[A-Z]\{/;

/** White space, quotes and emphasis around a cell. */
function isEdge(code: number): boolean {
  return code <= 0x20 || code === 0x22 || code === 0x60 || code === 0xa0 || code === 0x27;
}
