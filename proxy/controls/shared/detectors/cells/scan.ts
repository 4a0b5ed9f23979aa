/**
 * Finds the few lines of a text that may begin a table or be a label. Almost all texts have lines and commas, so this
 * uses the engine's own search, and looks at single characters only where a line may be one.
 */

/** In the order in which they are tried: a comma may also be part of a cell. */
export const SEPARATORS: readonly string[] = ['\t', '|', '│', ';', ','];
/** Longer lines are no headings. */
export const LONGEST_HEADING = 4_096;
const MOST_COLUMNS = 256;
/** A heading's columns are shorter, on average; its first is not much longer. */
const COLUMN = 40;
const FIRST_COLUMN = 80;
/** A label with a colon, with the white space before it. */
const LONGEST_LABEL = 96;
/** A label without a colon, and its value. */
const SHORT_LINE = 40;

export type Found = 'table' | 'label' | 'words' | undefined;

export class LineScan {
  readonly #text: string;
  /** The next position of each separator. */
  readonly #next: number[];
  /** How often each is in the line before the last one, in the last one, and in this one. */
  #before: number[] = [0, 0, 0, 0, 0];
  #last: number[] = [0, 0, 0, 0, 0];
  #counts: number[] = [0, 0, 0, 0, 0];
  #mayBeHeading = false;
  /** The start of the next line. */
  start = 0;
  /** The last two lines: a heading or label, and what follows it. A label with a colon is the last one. */
  firstStart = 0;
  firstEnd = 0;
  lastStart = 0;
  lastEnd = 0;
  /** For a table: the separators that both lines have. */
  separators: readonly string[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#next = SEPARATORS.map((sign) => positionOf(text, sign, 0));
  }

  /** Reads lines up to one that is found, or to the first that begins at `until` or later. */
  find(until: number): Found {
    const text = this.#text;
    const { length } = text;
    while (this.start < until && this.start < length) {
      const { start } = this;
      const found = text.indexOf('\n', start);
      const end = found < 0 ? length : found;
      this.start = end + 1;
      this.firstStart = this.lastStart;
      this.firstEnd = this.lastEnd;
      this.lastStart = start;
      this.lastEnd = end;
      const hadHeading = this.#mayBeHeading;
      this.#count(start, end, hadHeading);
      if (hadHeading && this.#isTable(start, end)) return 'table';
      const label = this.#labelIn(start, end);
      if (label !== undefined) return label;
    }
    return undefined;
  }

  /** Continues at another line, after a table. */
  skipTo(start: number): void {
    this.start = start;
    this.firstEnd = this.firstStart = this.lastStart = this.lastEnd = start;
    this.#mayBeHeading = false;
    this.#last.fill(0);
    this.#counts.fill(0);
  }

  #count(start: number, end: number, always: boolean): void {
    const counts = this.#before;
    this.#before = this.#last;
    this.#last = this.#counts;
    this.#counts = counts;
    let mayBe = end - start <= LONGEST_HEADING && isNameStart(this.#text, start, end);
    const counted = always || mayBe;
    let any = false;
    for (let i = 0; i < SEPARATORS.length; i++) {
      if ((this.#next[i] ?? 0) < start) this.#next[i] = positionOf(this.#text, SEPARATORS[i] ?? '', start);
      const first = this.#next[i] ?? 0;
      const count = counted && first < end ? this.#countOf(i, first, end) : 0;
      counts[i] = count;
      if (count > 0 && first - start <= FIRST_COLUMN && end - start <= (count + 1) * COLUMN) any = true;
    }
    if (!any) mayBe = false;
    this.#mayBeHeading = mayBe;
  }

  #countOf(i: number, first: number, end: number): number {
    const sign = SEPARATORS[i] ?? '';
    let at = first;
    let count = 0;
    for (; at < end; count++) at = positionOf(this.#text, sign, at + 1);
    this.#next[i] = at;
    return count;
  }

  /** Within a block of lines with as many separators, only the first may be a heading. */
  #isTable(start: number, end: number): boolean {
    let separators: string[] | undefined;
    let any: boolean | undefined;
    for (let i = 0; i < SEPARATORS.length; i++) {
      const count = this.#last[i] ?? 0;
      if (count === 0 || count >= MOST_COLUMNS || count === this.#before[i]) continue;
      // A quoted cell may contain separators, and a line that separates has others.
      if (count !== this.#counts[i]) any ??= isRule(this.#text, start) || this.#isQuoted(start, end);
      if (count === this.#counts[i] || any === true) (separators ??= []).push(SEPARATORS[i] ?? '');
    }
    this.separators = separators ?? [];
    return separators !== undefined;
  }

  #isQuoted(start: number, end: number): boolean {
    const quote = this.#text.indexOf('"', start);
    return quote >= 0 && quote < end;
  }

  #labelIn(start: number, end: number): Found {
    const length = end - start;
    if (length === 0 || length > LONGEST_LABEL) return undefined;
    const text = this.#text;
    let last = text.charCodeAt(end - 1);
    if (last === 0x0d || last === 0x20) last = text.charCodeAt(end - 2);
    if (last === 0x3a || last === 0xff1a) return 'label';
    const before = this.firstEnd - this.firstStart;
    return length <= SHORT_LINE &&
      before > 2 &&
      before <= SHORT_LINE &&
      hasDigit(text, start, end) &&
      isWords(text, this.firstStart, this.firstEnd)
      ? 'words'
      : undefined;
  }
}

function positionOf(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at < 0 ? text.length : at;
}

/** Whether a line may begin with a name: with a letter, a quote, emphasis, or a separator. */
function isNameStart(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  const code = text.charCodeAt(at);
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7c && lower !== 0x7b) || code >= 0x80 || NAME_STARTS.includes(code);
}
const NAME_STARTS = codesOf('\t"\'`*_#,;');

/** Whether a line only separates (`|---|---|`, `+----+`). */
function isRule(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return (
    (code === 0x2d || code === 0x2b || code === 0x7c || code === 0x20 || code >= 0x2500 || code === 0x3a) &&
    ruleEnd(text, start) >= 0
  );
}

/** The end of a line that only separates; -1 if the line is another. */
export function ruleEnd(text: string, start: number): number {
  let at = start;
  let dashes = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) break;
    if (code === 0x2d || code === 0x3d || (code >= 0x2500 && code <= 0x257f && code !== 0x2502)) dashes++;
    else if (!RULE.includes(code)) return -1;
  }
  return dashes >= 3 ? at + 1 : -1;
}
const RULE = codesOf(' \t\r+|:│');

/** Whether a line has only letters and spaces, as a label without a colon has. */
function isWords(text: string, first: number, last: number): boolean {
  for (let at = first; at < last; at++) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    const fits =
      (lower >= 0x61 && lower <= 0x7a) ||
      code >= 0xc0 ||
      code === 0x20 ||
      code === 0x5f ||
      code === 0x2d ||
      code === 0x0d;
    if (!fits) return false;
  }
  return true;
}

function hasDigit(text: string, first: number, last: number): boolean {
  for (let at = first; at < last; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) return true;
  }
  return false;
}

function codesOf(signs: string): readonly number[] {
  return Array.from({ length: signs.length }, (_, i) => signs.charCodeAt(i));
}
