/**
 * What a model may take for the beginning of a mark, taken apart: three brackets in a row, however each is written, and whatever
 * stands between them that nobody sees. Not only those that a known word follows: that could be written in as many ways.
 */
import { isObject, type JsonValue } from '../../json/lossless.ts';

/** Looks like `<`, as a character or as an escape of one. */
const ONE = '(?:[<\\u02c2\\u1438\\u2039\\u227a\\u2329\\u276c\\u276e\\u2770\\u27e8\\u2991\\u29fc\\u3008\\ufe64\\uff1c]|&(?:lt|#0{0,4}60|#x0{0,4}3c);|\\\\(?:u003|x3)c|%3c)';
/** Looks like two of them. */
const TWO = '[\\u00ab\\u226a\\u27ea\\u2abb\\u300a]';
const THREE = /[\u22d8\u2af7]/gu;
const UNSEEN = '[\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{M}\\p{Cs}\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*';

const IN_A_ROW = new RegExp(`(?:${ONE}${UNSEEN}){2}(?=${ONE}|${TWO})|${ONE}${UNSEEN}(?=${TWO})|${TWO}${UNSEEN}(?=${ONE}|${TWO})`, 'giu');
const BEGINS = new RegExp(`^${UNSEEN}(?:${ONE}|${TWO})`, 'iu');
const ENDS = new RegExp(`(?:${ONE}|${TWO})${UNSEEN}$`, 'iu');
const NOTHING = new RegExp(`^${UNSEEN}$`, 'u');

export function apart(text: string): string {
  return text.replace(THREE, '\u226a <').replace(IN_A_ROW, '$& ');
}

/** In every text below, and in keys. The very value where there is nothing to take apart. */
export function takenApart(value: JsonValue): JsonValue {
  if (typeof value === 'string') return apart(value);
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(takenApart);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isObject(value)) return value;
  const before = Object.entries(value);
  const after = before.map(([key, inner]) => [apart(key), inner === undefined ? inner : takenApart(inner)] as const);
  return after.some(([key, inner], i) => key !== before[i]?.[0] || inner !== before[i]?.[1]) ? Object.fromEntries(after) : value;
}

/** The same for blocks, whose texts a client may put together: a mark doesn't come of two of them either. */
export function blocksApart(blocks: readonly JsonValue[]): readonly JsonValue[] {
  let last = '';
  return blocks.map(takenApart).map((block) => {
    const text = isObject(block) ? block['text'] : block;
    if (typeof text !== 'string' || NOTHING.test(text)) return block;
    const joins = ENDS.test(last) && BEGINS.test(text);
    last = text;
    if (!joins) return block;
    return isObject(block) ? { ...block, text: ` ${text}` } : ` ${text}`;
  });
}
