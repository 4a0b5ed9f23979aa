/**
 * Tokens whose signs are escaped: converters to Markdown write `qtk\_k1-…@q.invalid`, and libraries for HTML
 * `qtk&lowbar;k1-…&commat;q&period;invalid`.
 */

/** How an escaped token begins, in the three cases of its letters. */
export const ESCAPED_MARKERS: readonly string[] = ['Qtk', 'qtk', 'QTK'].flatMap((head) => [`${head}\\`, `${head}&`]);

/** The signs of a token. JSON in any depth doubles the backslash. */
const ESCAPE =
  /\\{1,15}([_.@-])|&(?:(lowbar|UnderBar|#0{0,4}95|#[xX]0{0,4}5[fF])|(commat|#0{0,4}64|#[xX]0{0,4}40)|(period|#0{0,4}46|#[xX]0{0,4}2[eE])|(?:hyphen|dash|#0{0,4}45|#[xX]0{0,4}2[dD]));/g;
/** Whether a marker is escaped: after its three letters. */
const IS_MARKER = /\\{1,15}_|&(?:lowbar|UnderBar|#0{0,4}95|#[xX]0{0,4}5[fF]);/y;
/** Maximum characters of a token that is read with escapes. */
const MOST = 1_024;
/**
 * The next escaped marker. Its `_` belongs to it: a token's own letters may end in `qtk`, before the `\\@` of an address.
 */
const NEXT = /[Qq][Tt][Kk](?:\\{1,15}_|&(?:lowbar|UnderBar|#0{0,4}95|#[xX]0{0,4}5[fF]);)/g;
/** A key id may end in `qtk` too. */
const KEY_ID = /[A-Za-z0-9]{1,8}/y;

export interface Unescaped {
  readonly text: string;
  /** Where a position of the text is in the original, from the token's start. */
  original(at: number): number;
}

export function isEscapedMarker(text: string, start: number): boolean {
  IS_MARKER.lastIndex = start + 3;
  return IS_MARKER.test(text);
}

/** The token without its escapes; undefined if its marker has none. Reads no further than to the next such marker. */
export function unescapedAt(text: string, start: number): Unescaped | undefined {
  if (!isEscapedMarker(text, start)) return undefined;
  const limit = text.slice(start, start + MOST);
  KEY_ID.lastIndex = IS_MARKER.lastIndex - start;
  NEXT.lastIndex = KEY_ID.test(limit) ? KEY_ID.lastIndex : 4;
  const next = NEXT.exec(limit);
  const escaped = next === null ? limit : limit.slice(0, next.index);
  const shifts: (readonly [at: number, by: number])[] = [];
  let removed = 0;
  const plain = escaped.replace(
    ESCAPE,
    (whole: string, sign: string | undefined, ...rest: (string | number | undefined)[]) => {
      const [line, at, dot, index] = rest;
      if (typeof index === 'number') shifts.push([index - removed, whole.length - 1]);
      removed += whole.length - 1;
      return sign ?? (line !== undefined ? '_' : at !== undefined ? '@' : dot !== undefined ? '.' : '-');
    },
  );
  return {
    text: plain,
    original(end) {
      let original = end;
      for (const [at, by] of shifts) if (at < end) original += by;
      return original;
    },
  };
}
