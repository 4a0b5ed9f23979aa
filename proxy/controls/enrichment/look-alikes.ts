/**
 * Breaks up text that a model may read as the start of a mark: three brackets in a row, in any spelling, with any
 * invisible characters between them. It does not look for the word after the brackets, because that could be spelled in
 * as many ways.
 */
import type { Work } from '../../base/turns.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonValue } from '../../json/value.ts';

/** A character that looks like `<`, or an escape of one. */
const ONE =
  '(?:[<\\u02c2\\u1438\\u2039\\u227a\\u2329\\u276c\\u276e\\u2770\\u27e8\\u2991\\u29fc\\u3008\\ufe64\\uff1c]|&(?:lt|#0{0,4}60|#x0{0,4}3c);|\\\\(?:u003|x3)c|%3c)';
/** A character that looks like two of them. */
const TWO = '[\\u00ab\\u226a\\u27ea\\u2abb\\u300a]';
const THREE = /[\u22d8\u2af7]/gu;
const UNSEEN = '[\\p{Default_Ignorable_Code_Point}\\p{Cf}\\p{M}\\p{Cs}\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*';

const IN_A_ROW = new RegExp(
  `(?:${ONE}${UNSEEN}){2}(?=${ONE}|${TWO})|${ONE}${UNSEEN}(?=${TWO})|${TWO}${UNSEEN}(?=${ONE}|${TWO})`,
  'giu',
);
const BEGINS = new RegExp(`^${UNSEEN}(?:${ONE}|${TWO})`, 'iu');
const ENDS = new RegExp(`(?:${ONE}|${TWO})${UNSEEN}$`, 'iu');
const NOTHING = new RegExp(`^${UNSEEN}$`, 'u');

export function apart(text: string): string {
  return text.replace(THREE, '\u226a <').replace(IN_A_ROW, '$& ');
}

/** Changes every text and key of a value. Returns the same value if nothing changes. */
export function* takenApart(value: JsonValue): Work<JsonValue> {
  if (typeof value === 'string') return apart(value);
  if (typeof value !== 'object' || value === null) return value;
  let isChanged = false;
  if (!isObject(value)) {
    const items: JsonValue[] = [];
    for (const item of value) {
      if ((items.length & PART) === PART) yield;
      const next = isScalar(item) ? scalarApart(item) : yield* takenApart(item);
      isChanged ||= next !== item;
      items.push(next);
    }
    return isChanged ? items : value;
  }
  const after: [string, JsonValue | undefined][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if ((after.length & PART) === PART) yield;
    const name = apart(key);
    const next = inner === undefined || isScalar(inner) ? scalarApart(inner) : yield* takenApart(inner);
    isChanged ||= name !== key || next !== inner;
    after.push([name, next]);
  }
  return isChanged ? Object.fromEntries(after) : value;
}

/** Yield after this many values, plus one. */
const PART = 0x1ff;

function isScalar(value: JsonValue): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}

function scalarApart<T extends string | number | boolean | null | undefined>(value: T): T | string {
  return typeof value === 'string' ? apart(value) : value;
}

/** The same for blocks. A client may join their texts, so no mark may arise across two of them. */
export function* blocksApart(blocks: readonly JsonValue[]): Work<readonly JsonValue[]> {
  let last = '';
  const parts: JsonValue[] = [];
  for (const given of blocks) {
    yield;
    const block = yield* takenApart(given);
    const text = isObject(block) ? block['text'] : block;
    if (typeof text !== 'string' || NOTHING.test(text)) {
      parts.push(block);
      continue;
    }
    const joins = ENDS.test(last) && BEGINS.test(text);
    last = text;
    if (!joins) parts.push(block);
    else parts.push(isObject(block) ? { ...block, text: ` ${text}` } : ` ${text}`);
  }
  return parts;
}
