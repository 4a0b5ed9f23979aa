/** Whether a message may hold a string, without parsing it as JSON. */
import { Cache } from '../base/cache.ts';
import { flat } from '../base/flat.ts';

/** The longest string that can be searched for, in characters. */
export const LONGEST = 1024;

interface Needle {
  /** The string from its rarest character on. */
  readonly rest: string;
  readonly before: string;
}

/**
 * The most frequent characters in JSON, in order; all others are rarer. The engine's search stops at each first
 * character, so that should be rare.
 */
const COMMON = '" etaoinshrdl,:u0c1mfp\\{}[]2w3gy4b5v6798./-_k';
/** Some strings are specific to one call, such as a value in it. */
const needles = new Cache<Needle>({ maxBytes: 256 * 1024, maxKey: LONGEST, weigh: () => 128 });

function needleOf(wanted: string): Needle {
  return needles.getOrMake(wanted, (own) => {
    let rarest = 0;
    const rank = (i: number): number => {
      const at = COMMON.indexOf(own[i] ?? '');
      return at < 0 ? COMMON.length : at;
    };
    for (let i = 1; i < own.length; i++) if (rank(i) > rank(rarest)) rarest = i;
    return { rest: own.slice(rarest), before: own.slice(0, rarest) };
  });
}

/** Like `text.includes(wanted)`, for ASCII. */
export function holds(text: string | Buffer, wanted: string): boolean {
  const { rest, before } = needleOf(wanted);
  for (let at = text.indexOf(rest); at >= 0; at = text.indexOf(rest, at + 1)) {
    const start = at - before.length;
    if (start < 0) continue;
    if ((typeof text === 'string' ? text.slice(start, at) : text.toString('latin1', start, at)) === before) return true;
  }
  return false;
}

/**
 * False only if the text can't hold the string (printable ASCII) in any JSON spelling; with `verbatim`, only if it
 * doesn't hold it literally.
 */
export function mayContain(text: string | Buffer, wanted: string, verbatim = false): boolean {
  return holds(text, wanted) || (!verbatim && (holdsEscape(text) || (wanted.includes('/') && text.includes('\\/'))));
}

/**
 * Whether there is an escape for a printable ASCII character. Escapes from `\\u0080` on don't count: servers that
 * escape all non-ASCII text have many.
 */
function holdsEscape(text: string | Buffer): boolean {
  for (let at = text.indexOf('\\u00'); at >= 0; at = text.indexOf('\\u00', at + 1)) {
    const digit = typeof text === 'string' ? text.charCodeAt(at + 4) : text[at + 4];
    if (digit !== undefined && digit >= 0x32 && digit <= 0x37) return true;
  }
  return false;
}

interface Wanted {
  readonly contains: string | undefined;
  readonly verbatim?: boolean | undefined;
}

/** Counts a pattern's text and its compiled code. */
const patterns = new Cache<RegExp>({
  maxBytes: 1024 * 1024,
  maxKey: 16 * LONGEST,
  weigh: ({ source }) => 4 * 1024 + 16 * source.length,
});

/**
 * Whether {@link mayContain} is true for any of them: one pass over the text rather than one per string.
 * @param text ASCII is enough
 */
export function mayContainAny(text: string, wanted: readonly Wanted[]): boolean {
  return patternOfAny(wanted).test(text);
}

/** Bytes from which a look at the frequencies of characters pays off. */
const LONG = 4 * 1024;
/** Bytes of a text that are looked at for that. */
const SAMPLES = 1024;
/** The engine searches for the first character of a string of this length; in a longer one it jumps, which takes longer. */
const ANCHOR = 7;
/** Of so many samples, first characters that the engine may stop at in all; more cost as much as a pattern. */
const MOST_STOPS = 48;
/** What to look at a place of a short anchor costs, in stops. */
const SHORT_ANCHOR = 2;
/** Places that may be looked at in vain; a text made against the samples, or with many escapes, has more. */
const MOST_MISSES = 64;
/** How often each byte is among the samples. Filled and read in one go. */
const frequency = new Uint16Array(0x100);

/**
 * {@link mayContainAny} in bytes: in a long text the engine searches for each string from the character on that is rarest in
 * this text, which takes half the time of a pattern and no copy.
 */
export function mayContainAnyIn(bytes: Buffer, wanted: readonly Wanted[]): boolean {
  const { length } = bytes;
  if (length >= LONG) {
    frequency.fill(0);
    const step = Math.floor(length / SAMPLES);
    for (let i = 0, at = 0; i < SAMPLES; i++, at += step) frequency[bytes[at] ?? 0]!++;
    const literals = literalsOf(wanted);
    const anchors = literals.map(anchorIn);
    const stops = anchors.reduce((sum, at, i) => sum + stopsAt(literals[i] ?? '', at), 0);
    if (stops <= MOST_STOPS) {
      const found = holdsAny(bytes, literals, anchors);
      if (found !== undefined) return found;
    }
  }
  return mayContainAny(bytes.toString('latin1'), wanted);
}

const ESCAPE = '\\u00';

function literalsOf(wanted: readonly Wanted[]): string[] {
  const literals = wanted.map(({ contains = '' }) => contains);
  const escapable = wanted.filter(({ verbatim = false }) => !verbatim);
  if (escapable.length > 0) literals.push(ESCAPE);
  if (escapable.some(({ contains = '' }) => contains.includes('/'))) literals.push('\\/');
  return literals;
}

/** Where the search for it costs least. */
function anchorIn(literal: string): number {
  let best = 0;
  for (let at = 1; at < literal.length; at++) if (stopsAt(literal, at) < stopsAt(literal, best)) best = at;
  return best;
}

function stopsAt(literal: string, at: number): number {
  const stops = frequency[literal.charCodeAt(at)] ?? 0;
  return literal.length - at < 3 ? (stops + 1) * SHORT_ANCHOR : stops;
}

/** Undefined: a pattern finds out faster. */
function holdsAny(bytes: Buffer, literals: readonly string[], anchors: readonly number[]): boolean | undefined {
  for (let i = 0; i < literals.length; i++) {
    const found = holdsAround(bytes, literals[i] ?? '', anchors[i] ?? 0);
    if (found !== false) return found;
  }
  return false;
}

/** Whether a text holds it, as {@link mayContain} means it. Undefined: too many places look like it. */
function holdsAround(bytes: Buffer, literal: string, anchor: number): boolean | undefined {
  let misses = 0;
  const own = literal.slice(anchor, anchor + ANCHOR);
  for (let at = bytes.indexOf(own, 0, 'latin1'); at >= 0; at = bytes.indexOf(own, at + 1, 'latin1')) {
    if (misses++ === MOST_MISSES) return undefined;
    const start = at - anchor;
    if (start < 0 || bytes.toString('latin1', start, start + literal.length) !== literal) continue;
    const digit = literal === ESCAPE ? bytes[start + ESCAPE.length] : 0x32;
    if (digit !== undefined && digit >= 0x32 && digit <= 0x37) return true;
  }
  return false;
}

/** The pattern of {@link mayContainAny}. */
export function patternOfAny(wanted: readonly Wanted[]): RegExp {
  let key = '';
  for (const { contains = '', verbatim = false } of wanted) key += `${verbatim ? '=' : '~'}${contains}\n`;
  return patterns.getOrMake(key, () => patternOf(wanted));
}

function patternOf(wanted: readonly Wanted[]): RegExp {
  const escapable = wanted.filter(({ verbatim = false }) => !verbatim);
  const alternatives = wanted.map(({ contains = '' }) => flat(contains).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  if (escapable.length > 0) alternatives.push('\\\\u00[2-7]');
  if (escapable.some(({ contains = '' }) => contains.includes('/'))) alternatives.push('\\\\/');
  const pattern = new RegExp(alternatives.join('|'));
  // V8 compiles a pattern at its second use, tuned to the character frequencies of the text at hand. Tuned to the first
  // reply, the same search took 22 to 104 µs for 100 KB of another kind; tuned to an empty text, 22 to 28.
  for (let tries = 0; tries < 2; tries++) pattern.test('');
  return pattern;
}
