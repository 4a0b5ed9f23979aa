/**
 * Whether something stands within a URL that software may fetch. Whoever wrote such a URL chose who is asked: data in
 * it is theirs as soon as a client shows a picture.
 */

/**
 * Where one may begin: two slashes, after a scheme or without one, a backslash being as good; a scheme of the web,
 * which needs none; `data:`; and any of that with characters written as entities, which HTML and Markdown read.
 */
const BEGINNING =
  /[\\/][\t\r\n]*[\\/]|(?<![\w+.-])(?:https?|wss?|ftp|file|data)[\t\r\n]*:(?=\S)|&(?:#(?!0*(?:3[489]|6[02]|160);|x0*(?:2[267]|3[ce]|a0);)|colon;|sol;|bsol;|tab;|newline;)/gi;
/** Links that only a person opens. */
const LINK = /(?<![\w+.-])(?:mailto|tel|urn):/gi;

/**
 * Stretches of a text that begin in a certain way, asked about from its beginning to its end: each character is looked
 * at once.
 */
class Stretches {
  readonly #text: string;
  readonly #beginnings: RegExp;
  readonly #endOf: (text: string, beginning: number) => number;
  /** Where the one ends that was found last. */
  #end = 0;
  /** Where to look for the next one, and where it begins once that is known. */
  #from = 0;
  #next: number | undefined;

  constructor(text: string, beginnings: RegExp, endOf: (text: string, beginning: number) => number) {
    this.#text = text;
    this.#beginnings = beginnings;
    this.#endOf = endOf;
  }

  /** @param at a place; those asked for before must lie before it */
  holds(at: number): boolean {
    while (at >= this.#end) {
      if (this.#next === undefined) {
        this.#beginnings.lastIndex = Math.max(this.#from, this.#end);
        this.#next = this.#beginnings.exec(this.#text)?.index ?? Number.POSITIVE_INFINITY;
      }
      if (this.#next >= at) return false;
      this.#end = this.#endOf(this.#text, this.#next);
      this.#next = undefined;
    }
    return true;
  }

  /** None begins before that. */
  pass(at: number): void {
    this.#from = at;
    if (this.#next !== undefined && this.#next < at) this.#next = undefined;
  }

  /** One goes on up to there. */
  extend(end: number): void {
    this.#end = Math.max(this.#end, end);
  }
}

/** The URLs of one text. What is asked about must come in order. */
export class Urls {
  readonly #text: string;
  readonly #fetched: Stretches;
  readonly #links: Stretches;

  constructor(text: string) {
    this.#text = text;
    this.#fetched = new Stretches(text, BEGINNING, endOf);
    this.#links = new Stretches(text, LINK, (whole, beginning) => search(whole, LINK_END, beginning));
  }

  /** Whether what begins there is a part of a URL that software may fetch. */
  holds(start: number): boolean {
    return this.#fetched.holds(start);
  }

  /** Whether it is a part of one that only a person opens. */
  holdsInLink(start: number): boolean {
    return this.#links.holds(start);
  }

  /**
   * What stands at a part is none, whatever it looks like.
   * @param value what will stand there: what follows may then belong to it
   */
  pass(end: number, value: string): void {
    this.#fetched.pass(end);
    this.#links.pass(end);
    if (value.search(BEGINNING) >= 0) this.#fetched.extend(search(this.#text, VALUE_END, end));
  }
}

const SPACE = /[\0-\x20]/g;
const VALUE_END = /[\0-\x20"'<>)]/g;
const LINK_END = /[\s"'<>`\\^{}|]/g;
const NAME = /[A-Za-z\d+.:-]/;

/** Behind the end of the text where there is none. */
function search(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length + 1;
}

function find(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length + 1 : at;
}

/**
 * In quotes or angle brackets a URL may hold spaces, and ends with them; in parentheses it ends with them or at a
 * space; else at a space.
 */
function endOf(text: string, beginning: number): number {
  let start = beginning;
  while (start > 0 && NAME.test(text[start - 1] ?? '')) start--;
  let before = start;
  while (before > 0 && text.charCodeAt(before - 1) <= 0x20) before--;
  // A text that begins with a URL may be nothing else.
  if (before === 0) return find(text, '\n', beginning);
  const opening = text[before - 1] ?? '';
  if (opening === '"') return quoteAt(text, beginning, backslashesBefore(text, before - 1));
  if (opening === "'" || opening === '`') return find(text, opening, beginning);
  if (opening === '<') return find(text, '>', beginning);
  return opening === '(' && before === start ? parenthesisAt(text, beginning) : search(text, SPACE, beginning);
}

/** In JSON within a text a quote ends what one with as many backslashes began. */
function quoteAt(text: string, from: number, backslashes: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && backslashesBefore(text, at) !== backslashes) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length + 1 : at;
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === 0x5c) count++;
  return count;
}

function parenthesisAt(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) return at;
    if (code === 0x28) depth++;
    else if (code === 0x29 && --depth < 0) return at;
  }
  return text.length + 1;
}

/** Whether a URL ends there: whatever goes on would become a part of it. */
export function endsUrl(text: string, end: number): boolean {
  const after = skipped(text, end, SENTENCE);
  return after === text.length || /[\0-\x20"'<>`)\]}|\\]/.test(text[after] ?? '');
}

/** Whether a part of a text is a word of its own: nothing goes on on either side that it could be a part of. */
export function standsAlone(text: string, start: number, end: number): boolean {
  let before = start;
  while (before > 0 && OPENING.has(text[before - 1] ?? '')) before--;
  let after = skipped(text, end, CLOSING);
  if (before > 0 && !BLANK.has(text[before - 1] ?? '')) return false;
  after = skipped(text, after, SENTENCE);
  after = skipped(text, after, CLOSING);
  return after === text.length || BLANK.has(text[after] ?? '');
}

function skipped(text: string, from: number, set: ReadonlySet<string>): number {
  let at = from;
  while (at < text.length && set.has(text[at] ?? '')) at++;
  return at;
}

const BLANK: ReadonlySet<string> = new Set(' \t\r\n');
const OPENING: ReadonlySet<string> = new Set('([{<"\'“„‘«');
const CLOSING: ReadonlySet<string> = new Set(')]}>"\'”“’»');
const SENTENCE: ReadonlySet<string> = new Set('.,;:!?');
