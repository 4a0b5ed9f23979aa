/**
 * Hosts without a scheme that chat clients and Markdown turn into links, and open for a preview: `www.its.example`, or a
 * name or an address of a host with a path, a query or a port.
 */

const LABEL = String.raw`[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff_-]*)`;
const TOP_LEVEL = String.raw`(?:xn--[a-z0-9-]+|[a-z\u00a1-\uffff]{2,})`;
const HOST = String.raw`(?:(?:${LABEL}\.)+${TOP_LEVEL}|(?:\d{1,3}\.){3}\d{1,3})`;
const END = String.raw`\.?(?::\d+)?(?=[/?#\\])`;

/** Where such a host begins. */
export const BARE_HOST = new RegExp(String.raw`(?<![\w@.+%-])(?:www\d?\.(?=[^\s.])|${HOST}${END})`);

const AT_HOST = new RegExp(BARE_HOST.source, 'iy');
const AFTER = new RegExp(String.raw`(?:[.-][a-z0-9\u00a1-\uffff_-]+)*\.${TOP_LEVEL}${END}`, 'iy');
const STOP = /[\0-\x20"'<>`]/g;

/** The end of the link that a bare host at that position begins: such links hold no white space. */
export function bareEnd(text: string, beginning: number): number | undefined {
  AT_HOST.lastIndex = beginning;
  if (!AT_HOST.test(text)) return undefined;
  STOP.lastIndex = beginning;
  return STOP.exec(text)?.index ?? text.length + 1;
}

/** Whether what ends there is the beginning of a host's name: `TOKEN.its.example/`. */
export function isHostBefore(text: string, end: number): boolean {
  AFTER.lastIndex = end;
  return AFTER.test(text);
}
