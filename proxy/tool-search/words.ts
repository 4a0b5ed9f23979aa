/** Words of a text as they are compared: split, in lower case, without stop words, reduced to a stem. */

/** Words that say nothing about a tool. */
const STOP: ReadonlySet<string> = new Set(
  (
    'a about all am an and any are as at be been but by can could do does for from had has have he her him his how i if ' +
    'in into is it its let like many may me might more most much must my need needs no not of on or our out over own ' +
    'please shall she should so some that the their them then there these they this those to too tool tools up us use ' +
    'used using very want was we were what when where which while who whose why will with would you your'
  ).split(' '),
);

/** Splits `getHTTPPage2` into `get`, `HTTP`, `Page` and `2`; letters and digits of any language. */
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu;

/** Longest text of which the words are taken, and longest word, in characters. */
const LONGEST_TEXT = 8_192;
const LONGEST_WORD = 40;

/** The stems of a text, in order. If it has stop words only, those. */
export function wordsOf(text: string): string[] {
  const found = (text.slice(0, LONGEST_TEXT).normalize('NFKC').match(PARTS) ?? []).map((part) =>
    part.slice(0, LONGEST_WORD).toLowerCase(),
  );
  const telling = found.filter((word) => !STOP.has(word));
  return (telling.length > 0 ? telling : found).map(stemOf);
}

/** Endings, longest first, with what replaces them, and how many characters must be left. */
const ENDINGS: readonly (readonly [ending: string, replacement: string, left: number])[] = [
  ['ization', 'iz', 3],
  ['ication', 'i', 3],
  ['isation', 'iz', 3],
  ['ation', '', 4],
  ['ising', 'iz', 4],
  ['ment', '', 4],
  ['ance', '', 4],
  ['ence', '', 4],
  ['ator', '', 4],
  ['able', '', 4],
  ['ised', 'iz', 4],
  ['iser', 'iz', 4],
  ['ise', 'iz', 4],
  ['ion', '', 4],
  ['ate', '', 4],
  ['ing', '', 3],
  ['ply', 'pli', 2],
  ['al', '', 5],
  ['ed', '', 3],
  ['er', '', 4],
  ['or', '', 4],
  ['ly', '', 4],
];

/** Reduces an English word to what it shares with its other forms: `approvals`, `approved` and `approve` to `approv`. */
export function stemOf(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const one = singular(word);
  for (const [ending, replacement, left] of ENDINGS) {
    if (!one.endsWith(ending) || one.length - ending.length < left) continue;
    const stem = one.slice(0, -ending.length);
    return trimmed(single(stem) + replacement);
  }
  return trimmed(one);
}

function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return /[^su]s$/.test(word) && !word.endsWith('is') ? word.slice(0, -1) : word;
}

/** `planning` or `occurrence`, without its ending, to `plan` or `occur`. */
function single(stem: string): string {
  return /([bdfgmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}

/** `updat` of `update`, `repli` of `reply`. */
function trimmed(stem: string): string {
  if (stem.length < 4) return stem;
  if (stem.endsWith('e')) return stem.slice(0, -1);
  return stem.endsWith('y') ? `${stem.slice(0, -1)}i` : stem;
}
