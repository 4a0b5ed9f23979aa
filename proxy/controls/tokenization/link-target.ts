/**
 * Targets of links and pictures in Markdown, HTML and CSS without a scheme. They are relative to the page, or to a
 * `<base>` that the text itself may set.
 */

const ATTRIBUTES =
  '(?:xlink:)?href|src|srcset|action|formaction|poster|data|background|cite|ping|longdesc|manifest|codebase';
/** What has a scheme is a URL, or a link that only a person opens. */
const RELATIVE = String.raw`(?![\s"'<]*[a-z][a-z0-9+.-]*:)`;

/** Where such a target begins. */
export const TARGET = new RegExp(
  String.raw`(?:\](?:\(|:(?=[ \t]*\S))|(?<![\w-])(?:${ATTRIBUTES})\s{0,16}=|(?<![\w-])url\()${RELATIVE}`,
);

const AT_TARGET = new RegExp(String.raw`${TARGET.source}\s*(["'<]?)`, 'iy');
const CLOSING: Readonly<Record<string, RegExp>> = { '"': /"/g, "'": /'/g, '<': />/g, '': /[\s>)]/g };

/** The end of the target that begins there. */
export function targetEnd(text: string, beginning: number): number | undefined {
  AT_TARGET.lastIndex = beginning;
  const [, opening] = AT_TARGET.exec(text) ?? [];
  const closing = opening === undefined ? undefined : CLOSING[opening];
  if (closing === undefined) return undefined;
  closing.lastIndex = AT_TARGET.lastIndex;
  return closing.exec(text)?.index ?? text.length + 1;
}
