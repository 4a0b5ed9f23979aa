/** A text in plain spelling, which maps its positions back to the original. */
import { atOnce, type Work } from '../../../base/turns.ts';
import { added, NONE, type Span } from './detector.ts';

/** Named entities (HTML, 13.5) of characters within and around finds. */
const NAMED = `commat=@ period=. lowbar=_ UnderBar=_ plus=+ hyphen=- dash=- ndash=- mdash=- minus=- horbar=- colon=: sol=/ bsol=\\ lpar=( rpar=) num=# percnt=% comma=, semi=;
  apos=' quot=" lt=< gt=> amp=& lsqb=[ rsqb=] excl=! ast=* shy= zwj= zwnj= lrm= rlm= NoBreak= ZeroWidthSpace=`;
const SPACES = 'nbsp NonBreakingSpace ensp emsp thinsp hairsp numsp puncsp Tab';

/** By name; made on first use. */
let entities: ReadonlyMap<string, string> | undefined;

function entity(name: string): string | undefined {
  entities ??= new Map([
    ...NAMED.split(/\s+/).map((entry) => entry.split(/=(.*)/, 2) as [string, string]),
    ...SPACES.split(' ').map((space) => [space, '\u00a0'] as const),
  ]);
  return entities.get(name);
}
/** A text with only these differs in nothing that matters. */
const AROUND = /^['"<>&]$/;

const INVISIBLE = '\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff';
/** Also hyphens that break no line. */
const WIDE = '\u2010\u2011\uff0b\uff0d\uff0e\uff10-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a';
const BEYOND_LATIN = new RegExp(`[${INVISIBLE}${WIDE}]`);

/**
 * Kinds of odd spellings, as bits: whether a text has them, and what is replaced then. Every text is asked, so it must
 * cost little: a search for a string costs least, and a class without Latin letters costs nothing for a Latin text.
 */
const BRACKETED = '[.]|[at]|(at)|[dot]|[ at ]|( at )|[@]|{at}|<at>|[AT]|(AT)|[DOT]|{AT}|<AT>'.split('|');
/** Before `at` in a sentence, and before `@` where it says which place. */
const NO_LOCAL =
  'look|looks|looked|looking|meet|meeting|work|works|working|stay|arrive|see|find|shop|visit|more|us|me|now|is|are|be|up|out|here|live|hosted|available';
const KINDS: readonly (readonly [has: (text: string) => boolean, pattern: string])[] = [
  [
    (text) => text.includes('&') && /&(?:amp;)?(?:#|[a-z]{2,16};)/i.test(text),
    '&(?:amp;)?(?:#(?<number>\\d{1,7}|x[\\da-f]{1,6})|(?<name>[a-z]{2,16}));',
  ],
  [(text) => text.includes('\\') && /\\[-_.@+()#~]/.test(text), '\\\\{1,4}(?<sign>[-_.@+()#~])'],
  [
    (text) => BRACKETED.some((each) => text.includes(each)),
    ' ?(?:\\[ ?(?<square>dot|at|[.@]) ?\\]|\\( ?(?<round>dot|at|@) ?\\)|\\{ ?(?<curly>dot|at) ?\\}|< ?(?<angle>dot|at) ?>) ?',
  ],
  [
    (text) => (text.includes('dot') || text.includes('DOT')) && / dot /i.test(text),
    `(?<=[^ ]) (?<word>dot|at(?<!\\b(?:${NO_LOCAL}) at)(?= [\\w-]{1,40} dot )) (?=[\\w-])`,
  ],
  [
    (text) => text.includes('_at_') || text.includes('@ ') || text.includes(' @'),
    `(?:(?<=[a-z\\d])_(?<under>at)_|(?<=\\w\\w)(?: @ ?|@ )(?<!\\b(?:${NO_LOCAL}) ?@ ?))(?=[a-z\\d-]{2,40}\\.(?:com|net|org|edu|de|fr|it|es|nl|uk|eu)\\b)`,
  ],
  [
    (text) => text.includes('\u00ad') || BEYOND_LATIN.test(text),
    `[\u00ad\ufe00-\ufe0f${INVISIBLE}]+|[${WIDE}\uff08\uff09\uff0f\uff1a]+`,
  ],
];
const patterns: RegExp[] = [];

/** Finds what is spelled in one of these ways. */
function patternFor(kinds: number): RegExp {
  return (patterns[kinds] ??= new RegExp(
    KINDS.filter((_, i) => kinds & (1 << i))
      .map(([, pattern]) => pattern)
      .join('|'),
    'gi',
  ));
}

/** A short text is read once, not once for each kind. */
const SHORT = 512;
const ANY_KIND = new RegExp(`[&\\\\[(\u00ad${INVISIBLE}${WIDE}]|[dD][oO][tT]|[{<_](?:at|AT)[}>_]|@(?: |(?<= @))`);

function kindsIn(text: string): number {
  if (text.length <= SHORT && !ANY_KIND.test(text)) return 0;
  let kinds = 0;
  for (let i = 0; i < KINDS.length; i++) if (KINDS[i]?.[0](text) === true) kinds |= 1 << i;
  return kinds;
}

const PART = 16 * 1024;
/** Reading a text may also yield after so many replacements. */
const STEPS = 1_024;
/** What the longest odd spelling, and what must follow it, may have. */
const OVER = 80;
/** How much of the text around an odd spelling is searched again: the longest address, and a label before it. */
const REACH = 384;
/** A find so near to a place where text is left out may be a part of something else. It is found in the text itself. */
const MARGIN = 64;

export class Plainer {
  readonly text: string;
  /** Of each replacement: its start, its length, and its start and end in the original. */
  readonly #marks: readonly number[];
  /** Where text is left out. */
  readonly #cuts: readonly number[];

  private constructor(text: string, marks: readonly number[], cuts: readonly number[]) {
    this.text = text;
    this.#marks = marks;
    this.#cuts = cuts;
  }

  /** Undefined if the text is in plain spelling already. */
  static of(text: string): Plainer | undefined {
    return kindsIn(text) === 0 ? undefined : atOnce(Plainer.read(text));
  }

  /** The same for a long text, in turns. */
  static *read(text: string): Work<Plainer | undefined> {
    const marks: number[] = [];
    const cuts: number[] = [];
    let plain = '';
    let pieces: string[] = [];
    let size = 0;
    let copied = 0;
    let matters = false;
    let steps = 0;
    const replace = (start: number, end: number, by: string): void => {
      pieces.push(text.slice(copied, start), by);
      size += start - copied;
      marks.push(size, by.length, start, end);
      size += by.length;
      copied = end;
    };
    const leaveOut = (start: number, end: number): void => {
      if (end - start < REACH) return;
      replace(start, end, '\n');
      cuts.push(size);
    };
    for (let from = 0; from < text.length; from += PART) {
      // One character before the part, for what looks behind.
      const base = Math.max(0, from - 1);
      const part = text.slice(base, from + PART + OVER);
      const kinds = kindsIn(part);
      if (kinds !== 0) {
        const odd = patternFor(kinds);
        odd.lastIndex = Math.max(from, copied) - base;
        for (let match = odd.exec(part); match !== null && base + match.index < from + PART; match = odd.exec(part)) {
          const by = replacement(match);
          if (by === undefined) continue;
          const start = base + match.index;
          leaveOut(copied === 0 ? 0 : copied + REACH, start - REACH);
          replace(start, start + match[0].length, by);
          matters ||= !AROUND.test(by);
          if (++steps % STEPS === 0) {
            // Another text may be read with the same expression meanwhile.
            const { lastIndex } = odd;
            yield;
            odd.lastIndex = lastIndex;
          }
        }
        // Joined part by part: a string of a million pieces would be put together at once when it is read.
        plain += pieces.join('');
        pieces = [];
      }
      yield;
    }
    if (!matters) return undefined;
    if (text.length > copied + REACH) cuts.push(size + REACH);
    return new Plainer(plain + text.slice(copied, copied + REACH), marks, cuts);
  }

  /** Finds in the plain text, with their positions in the original: from the first character to the last one. */
  original(spans: readonly Span[]): readonly Span[] {
    const marks = this.#marks;
    let mapped = NONE;
    let cut = 0;
    let mark = 0;
    for (const { start, end, type } of spans) {
      while ((this.#cuts[cut] ?? Number.POSITIVE_INFINITY) < start - MARGIN) cut++;
      if ((this.#cuts[cut] ?? Number.POSITIVE_INFINITY) < end + MARGIN) continue;
      mark = lastUpTo(marks, mark, start);
      const from = originalOf(marks, mark, start);
      mark = lastUpTo(marks, mark, end - 1);
      mapped = added(mapped, from.start, originalOf(marks, mark, end - 1).end, type);
    }
    return mapped;
  }
}

/** The number of entries up to the last replacement that begins at the position or before it, from an earlier one. */
function lastUpTo(marks: readonly number[], from: number, position: number): number {
  let mark = from;
  while ((marks[mark] ?? Number.POSITIVE_INFINITY) <= position) mark += 4;
  return mark;
}

/** Where a character is in the original. @param mark the entries up to the last replacement before it */
function originalOf(marks: readonly number[], mark: number, position: number): { start: number; end: number } {
  if (mark === 0) return { start: position, end: position + 1 };
  const [begin = 0, length = 0, start = 0, end = 0] = [
    marks[mark - 4],
    marks[mark - 3],
    marks[mark - 2],
    marks[mark - 1],
  ];
  // Characters of a row, one for one.
  if (position < begin + length && length === end - start)
    return { start: start + position - begin, end: start + position - begin + 1 };
  if (position < begin + length) return { start, end };
  const at = end + position - begin - length;
  return { start: at, end: at + 1 };
}

/** What is meant; undefined if the text means itself. */
function replacement({ 0: all, groups = {} }: RegExpExecArray): string | undefined {
  const { number, name, sign, square, round, curly, angle, word = square ?? round ?? curly ?? angle } = groups;
  if (number !== undefined) return plain(String.fromCodePoint(Math.min(Number(number.replace(/^x/i, '0x')), 0x10ffff)));
  if (name !== undefined) return entity(name);
  if (sign !== undefined) return sign;
  if (word !== undefined) return /[.d]/i.test(word) ? '.' : '@';
  return all.includes('@') || groups['under'] !== undefined ? '@' : plain(all);
}

/** Full-width characters and hyphens as plain ones; nothing in place of invisible ones. */
function plain(character: string): string {
  if (HIDDEN.test(character)) return '';
  return character
    .replace(/[\u2010\u2011]/g, '-')
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

const HIDDEN = new RegExp(`^[\u00ad\ufe00-\ufe0f${INVISIBLE}]+$`);
