/**
 * Finds the few lines of a text that may begin a table or be a label. Almost all texts have lines and commas, so this
 * uses the engine's own search, and looks at single characters only where a line may be one.
 */

/** In the order in which they are tried: a comma may also be part of a cell. */
export const SEPARATORS: readonly string[] = ['\t', '|', '│', '║', ';', ','];
/** Longer lines are no headings. */
export const LONGEST_HEADING = 4_096;
/** A longer row ends a table. */
export const LONGEST_ROW = 32 * 1024;
const MOST_COLUMNS = 256;
/** A heading's columns are shorter, on average; its first is not much longer. */
const COLUMN = 40;
const FIRST_COLUMN = 80;
/** A label with a colon, with the white space before it. */
const LONGEST_LABEL = 96;
/** A label without a colon, and its value. */
const SHORT_LINE = 40;

export type Found = 'table' | 'padded' | 'column' | 'label' | 'words' | undefined;

/** One separator of a text. */
class Separator {
  readonly sign: string;
  /** Its next position. */
  next = 0;
  /** How often it is in the line before the last one, in the last one, and in this one. */
  before = 0;
  last = 0;
  count = 0;

  constructor(sign: string) {
    this.sign = sign;
  }

  reset(first: number): void {
    this.next = first;
    this.before = this.last = this.count = 0;
  }
}

export class LineScan {
  #text = '';
  readonly #all: readonly Separator[] = SEPARATORS.map((sign) => new Separator(sign));
  /** Those that the text has. */
  readonly #separators: Separator[] = [];
  #mayBeHeading = false;
  #quote = -1;
  /** The next two spaces, and whether the last line has some between its words. */
  #gap = 0;
  #isPadded = false;
  /** The start of the next line. */
  start = 0;
  /** The last two lines: a heading or label, and what follows it. A label with a colon is the last one. */
  firstStart = 0;
  firstEnd = 0;
  lastStart = 0;
  lastEnd = 0;

  /** Begins to read a text. */
  read(text: string): this {
    this.#text = text;
    this.#mayBeHeading = false;
    this.#quote = -1;
    this.#gap = 0;
    this.#isPadded = false;
    this.start = this.firstStart = this.firstEnd = this.lastStart = this.lastEnd = 0;
    this.#separators.length = 0;
    for (const separator of this.#all) {
      const first = text.indexOf(separator.sign);
      if (first < 0) continue;
      separator.reset(first);
      this.#separators.push(separator);
    }
    return this;
  }

  /** For a table: the separators that may divide both lines. */
  get separators(): readonly string[] {
    const any = this.#isIrregular();
    return this.#separators.filter((each) => isDivided(each, any)).map(({ sign }) => sign);
  }

  /** Reads lines up to one that is found, or to the first that begins at `until` or later. */
  find(until: number): Found {
    const text = this.#text;
    const { length } = text;
    const isDivisible = this.#separators.length > 0;
    while (this.start < until && this.start < length) {
      const { start } = this;
      const found = text.indexOf('\n', start);
      const end = found < 0 ? length : found;
      this.start = end + 1;
      // Empty lines may be between a label and its value.
      if (this.lastEnd > this.lastStart) {
        this.firstStart = this.lastStart;
        this.firstEnd = this.lastEnd;
      }
      this.lastStart = start;
      this.lastEnd = end;
      if (isDivisible) {
        const hadHeading = this.#mayBeHeading;
        this.#count(start, end, hadHeading);
        if (hadHeading && this.#isTable()) return 'table';
      }
      const wasPadded = this.#isPadded;
      this.#isPadded = end > start && this.#hasGap(start, end);
      if (wasPadded && (this.#isPadded || RULES.includes(text.charCodeAt(start)))) return 'padded';
      if (this.#isUnderlined(start, end)) return 'column';
      const label = this.#labelIn(start, end);
      if (label !== undefined) return label;
    }
    return undefined;
  }

  /** Continues at another line, after a table. */
  skipTo(start: number): void {
    this.start = start;
    this.firstEnd = this.firstStart = this.lastStart = this.lastEnd = start;
    this.#mayBeHeading = this.#isPadded = false;
    for (const separator of this.#separators) separator.last = separator.count = 0;
  }

  #count(start: number, end: number, always: boolean): void {
    const text = this.#text;
    // What Excel reads before the headings: `sep=;`.
    if (start === 0 && end < 8 && SEPARATED.test(text.slice(0, end))) return;
    const mayBe = end - start <= LONGEST_HEADING && isNameStart(text, start, end);
    let any = false;
    for (const separator of this.#separators) {
      separator.before = separator.last;
      separator.last = separator.count;
      separator.count = 0;
      let next = separator.next;
      if (next < start) next = positionOf(text, separator.sign, start);
      if (next < end && (mayBe || (always && end - start <= LONGEST_ROW))) {
        const first = next;
        let count = 0;
        for (; next < end; count++) next = positionOf(text, separator.sign, next + 1);
        separator.next = next;
        separator.count = count;
        // One at the end of a line ends a statement or an item.
        if (count === 1 && first >= end - 2) continue;
        if (first - start <= FIRST_COLUMN && end - start <= (count + 1) * COLUMN) any = true;
      } else separator.next = next;
    }
    this.#mayBeHeading = mayBe && any;
  }

  #isTable(): boolean {
    let any: boolean | undefined;
    for (const separator of this.#separators) {
      if (isDivided(separator, false)) return true;
      if (isDivided(separator, true)) {
        any ??= this.#isIrregular();
        if (any) return true;
      }
    }
    return false;
  }

  /** Whether the last line may have other separators: a quoted cell may contain them. */
  #isIrregular(): boolean {
    if (this.#quote < this.lastStart) this.#quote = positionOf(this.#text, '"', this.lastStart);
    return this.#quote < this.lastEnd || isRule(this.#text, this.lastStart);
  }

  /** Whether a line without an indent has two spaces between its words. */
  #hasGap(start: number, end: number): boolean {
    if (this.#text.charCodeAt(start) <= 0x20 || end - start > LONGEST_HEADING) return false;
    if (this.#gap < start) this.#gap = positionOf(this.#text, '  ', start);
    return this.#gap < end - 2 && this.#text.slice(this.#gap, end).trim() !== '';
  }

  /** Whether a line of hyphens follows one of words: the heading of a table with one column. */
  #isUnderlined(start: number, end: number): boolean {
    const text = this.#text;
    return (
      text.charCodeAt(start) === 0x2d &&
      end - start >= 3 &&
      this.firstEnd - this.firstStart <= LONGEST_LABEL &&
      this.firstEnd > this.firstStart &&
      isUnderline(text, start, end)
    );
  }

  #labelIn(start: number, end: number): Found {
    const length = end - start;
    if (length === 0 || length > LONGEST_LABEL) return undefined;
    const text = this.#text;
    let last = text.charCodeAt(end - 1);
    if (last === 0x0d || last === 0x20) last = text.charCodeAt(end - 2);
    if (last === 0x3a || last === 0xff1a) return 'label';
    const before = this.firstEnd - this.firstStart;
    return before > 2 &&
      (length <= SHORT_LINE || !text.slice(start, end).trim().includes(' ')) &&
      before <= SHORT_LINE &&
      hasDigit(text, start, end) &&
      isWords(text, this.firstStart, this.firstEnd)
      ? 'words'
      : undefined;
  }
}

const SEPARATED = /^\ufeff?sep=.\r?$/;

/** Within a block of lines with as many separators, only the first may be a heading. */
function isDivided({ before, last, count }: Separator, any: boolean): boolean {
  return last > 0 && last < MOST_COLUMNS && last !== before && (any || last === count);
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
  const most = Math.min(text.length, start + LONGEST_HEADING);
  let at = start;
  let dashes = 0;
  for (; at < most; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) break;
    if (code === 0x2d || code === 0x3d || (code >= 0x2500 && code <= 0x257f && code !== 0x2502)) dashes++;
    else if (!RULE.includes(code)) return -1;
  }
  return dashes >= 3 && (at < most || most === text.length) ? at + 1 : -1;
}
const RULES = codesOf('-=');
const RULE = codesOf(' \t\r+|:│');

/** Only hyphens, with white space after them. */
function isUnderline(text: string, first: number, last: number): boolean {
  let at = first;
  while (at < last && text.charCodeAt(at) === 0x2d) at++;
  while (at < last && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x0d)) at++;
  return at === last;
}

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
