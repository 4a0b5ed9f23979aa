/**
 * Tokens that software wrote in another way: converters to Markdown write `qtk\_k1-…@q.invalid`, libraries for HTML
 * `qtk&lowbar;k1-…&commat;q&period;invalid`, mail headers `qtk=5Fk1-…`, strict encoders of URLs `qtk%5Fk1%2D…`. Others put
 * something in between: soft hyphens, characters without width, `<wbr>`, the ends of lines.
 */

/** What an `&` of an entity may become if a text is escaped more than once. */
const AMP = '&(?:amp;){0,3}';
const entity = (names: string, decimal: string, hex: string): string =>
  `${AMP}(?:${names}|#0{0,4}${decimal}|#[xX]0{0,4}${hex});`;
/** How one sign may be written instead. JSON in any depth doubles the backslash. */
const escapesOf = (sign: string, names: string, decimal: string, hex: string): string =>
  String.raw`\\{1,15}(?:[${sign}]|u00${hex})|${entity(names, decimal, hex)}|[%=]${hex}|%25${hex}`;
const SIGNS: readonly (readonly [sign: string, escapes: string])[] = [
  ['_', escapesOf('_', 'lowbar|UnderBar', '95', '5[fF]')],
  ['@', escapesOf('@', 'commat', '64', '40')],
  ['.', escapesOf('.', 'period', '46', '2[eE]')],
  // Word processors write other hyphens and dashes.
  ['-', `${escapesOf('-', 'hyphen|dash', '45', '2[dD]')}|[\u2010-\u2015\u2212\ufe63\uff0d]`],
];
/** Signs that only the token of a URL has. */
const OF_URLS: readonly (readonly [sign: string, escapes: string])[] = [
  [':', escapesOf(':', 'colon', '58', '3[aA]')],
  ['/', escapesOf('/', 'sol', '47', '2[fF]')],
];

/** A pattern of the ways to write a sign. */
export function writtenAs(sign: string): string {
  const [, escapes] = [...SIGNS, ...OF_URLS].find(([one]) => one === sign) ?? [];
  return `[${sign}]|${escapes}`;
}

/** What may be between two characters of a token: nothing that anybody sees, or the end of a line, also in quoted mail. */
export const BETWEEN = [
  String.raw`=[ \t]{0,8}\r?\n`,
  String.raw`[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u206f\ufeff]`,
  String.raw`\r?\n[ \t]{0,16}(?:>[> \t]{0,16})?`,
  '<wbr ?/?>',
  entity('shy|zwnj|zwj|NoBreak|ZeroWidthSpace', '(?:173|820[3-5]|8288)', '(?:[aA][dD]|200[bBcCdD]|2060)'),
].join('|');
const ESCAPE = new RegExp([...SIGNS.map(([, one]) => `(${one})`), BETWEEN].join('|'), 'g');
const UNDERSCORE = `(?:${SIGNS[0]?.[1]})`;
/** Whether a marker is escaped: after its three letters. */
const IS_MARKER = new RegExp(UNDERSCORE, 'y');
/** The length of a marker as it was written. */
const MARKER = 4;
/** Maximum characters of a token that is read this way. */
const MOST = 1_024;
/**
 * The next marker. Its `_` belongs to it: a token's own letters may end in `qtk`, before the `\\@` of an address.
 */
const NEXT = new RegExp(`[Qq][Tt][Kk](?:_|${UNDERSCORE})`, 'g');
/** A key id may end in `qtk` too. */
const KEY_ID = new RegExp(`(?:${BETWEEN})?[A-Za-z0-9]{1,8}`, 'y');

export interface Unescaped {
  readonly text: string;
  /** Where a position of the text is in the original, from the token's start. */
  original(at: number): number;
  /** Whether something before that position is written as in quoted-printable text (RFC 2045, 6.7). */
  isFolded(at: number): boolean;
  /** How often a sign before that position is percent-encoded. */
  percent(at: number): number;
}

export function isEscapedMarker(text: string, start: number): boolean {
  IS_MARKER.lastIndex = start + 3;
  return IS_MARKER.test(text);
}

/**
 * The token at a marker without what other software did to it; undefined if that is nothing. Reads no further than to the
 * next marker.
 */
export function unescapedAt(text: string, start: number): Unescaped | undefined {
  const limit = text.slice(start, start + MOST);
  KEY_ID.lastIndex = isEscapedMarker(text, start) ? IS_MARKER.lastIndex - start : MARKER;
  NEXT.lastIndex = KEY_ID.test(limit) ? KEY_ID.lastIndex : MARKER;
  const next = NEXT.exec(limit);
  const escaped = next === null ? limit : limit.slice(0, next.index);
  const changes: { readonly at: number; readonly by: number; readonly as: string }[] = [];
  let removed = 0;
  const plain = escaped.replace(ESCAPE, (whole: string, ...rest: (string | number | undefined)[]) => {
    const sign = SIGNS.find((_, i) => rest[i] !== undefined)?.[0] ?? '';
    const by = whole.length - sign.length;
    changes.push({ at: Number(rest[SIGNS.length]) - removed, by, as: whole.slice(0, 3) });
    removed += by;
    return sign;
  });
  if (changes.length === 0) return undefined;
  const before = (end: number): typeof changes => changes.filter(({ at }) => at < end);
  return {
    text: plain,
    original: (end) => before(end).reduce((sum, { by }) => sum + by, end),
    isFolded: (end) => before(end).some(({ as }) => as.startsWith('=')),
    percent: (end) => Math.max(0, ...before(end).map(({ as }) => (as === '%25' ? 2 : as.startsWith('%') ? 1 : 0))),
  };
}
