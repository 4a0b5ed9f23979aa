/** Takes apart words without a separator: `custphone`, `patdob`, `passportnostr`. */
import { Cache } from '../../../../base/cache.ts';
import { KINDS, mayEnd, meaningOf, W, WEAK } from './lexicon.ts';
import { SHORT_GLUE } from './other.ts';
import { set } from './split.ts';

const SHORTEST = 5;
const LONGEST = 32;
/** The longest word of the tables that is tried. */
const MAX_PIECE = 24;

const NONE: readonly string[] = [];
const known = new Cache<readonly string[]>({
  maxBytes: 512 * 1024,
  maxKey: LONGEST,
  weigh: (pieces) => pieces.reduce((sum, piece) => sum + 32 + 2 * piece.length, 0),
});

/** The words that a word consists of; the word itself if it is known or cannot be taken apart. */
export function piecesOf(word: string): readonly string[] {
  if (meaningOf(word) !== 0 || word.length < SHORTEST || word.length > LONGEST) return [word];
  const pieces = known.getOrMake(word, apart);
  return pieces === NONE || pieces.length === 0 ? [word] : pieces;
}

/** The fewest words that cover all of it, one of them with a kind; none if there are no such words. */
function apart(word: string): readonly string[] {
  const { length } = word;
  // For each position: the number of pieces up to it, and where the last of them begins.
  const count = new Uint8Array(length + 1).fill(NEVER);
  const from = new Uint8Array(length + 1);
  count[0] = 0;
  for (let end = 2; end <= length; end++) {
    const longest = mayEnd(word, end) ? MAX_PIECE : LONGEST_SHORT;
    for (let start = Math.max(0, end - longest); start <= end - 2; start++) {
      const before = count[start] ?? NEVER;
      if (before + 1 >= (count[end] ?? NEVER) || !isPiece(word.slice(start, end), end === length)) continue;
      count[end] = before + 1;
      from[end] = start;
    }
  }
  if ((count[length] ?? NEVER) > MOST) return NONE;
  const pieces: string[] = [];
  for (let end = length; end > 0; end = from[end] ?? 0) pieces.unshift(word.slice(from[end], end));
  return pieces.some((piece) => piece.length >= 3 && (meaningOf(piece) & (KINDS | WEAK)) !== 0) ? pieces : NONE;
}

function isPiece(word: string, last: boolean): boolean {
  if (word.length === 2) return SHORT.has(word);
  const meaning = meaningOf(word);
  // `scorecard` is not a card, `phonehash` is a hash.
  return (
    (meaning & ~(W.BETWEEN | W.TYPED)) !== 0 && (last || (meaning & (W.OTHER | W.ID | W.DATE | KINDS)) !== W.OTHER)
  );
}
const SHORT = set(SHORT_GLUE);

/** Shorter pieces have no endings to tell them by. */
const LONGEST_SHORT = 3;
const NEVER = 200;
/** More pieces than that are letters by chance. */
const MOST = 4;
