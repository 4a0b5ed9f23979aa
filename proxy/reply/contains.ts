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
