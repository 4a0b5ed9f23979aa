/** Where a token that stands for a URL begins: `https://qtk.invalid/`, however other software wrote it, is a part of it. */
import { BETWEEN, writtenAs } from './escaped.ts';
import { URL_PREFIX } from './token.ts';

/** The longest prefix that is read. */
const MOST = 320;
/** How its last sign may end: `/`, `%2F`, `&sol;`, or something that nobody sees after it. */
const MAY_END = /(?:[/fF;>\n]|[^\x20-\x7e])$/;
let pattern: RegExp | undefined;

/** The start of the token at that position: before the position if the token stands for a URL. */
export function startOfToken(text: string, start: number): number {
  if (text.startsWith(URL_PREFIX, start - URL_PREFIX.length)) return start - URL_PREFIX.length;
  const before = text.slice(Math.max(0, start - MOST), start);
  if (!MAY_END.test(before)) return start;
  pattern ??= new RegExp(
    `${Array.from(URL_PREFIX, (c) => (/[a-z]/.test(c) ? c : `(?:${writtenAs(c)})`)).join(`(?:${BETWEEN})?`)}(?:${BETWEEN})?$`,
    'i',
  );
  const [prefix = ''] = pattern.exec(before) ?? [];
  return start - prefix.length;
}
