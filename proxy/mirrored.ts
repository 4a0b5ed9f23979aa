/** The encoding of body values in `Mcp-Name` and `Mcp-Param-*` (MCP 2026-07-28, streamable HTTP, value encoding). */

const ENCODED = /^=\?base64\?(.*)\?=$/s;
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A value as a header carries it: as it is where that is safe, else base64 with markers. */
export function encodeMirrored(value: string): string {
  if (value === '' || (PLAIN.test(value) && !ENCODED.test(value))) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** The value behind a header; undefined where its base64 isn't valid. */
export function decodeMirrored(header: string): string | undefined {
  const match = ENCODED.exec(header);
  if (match?.[1] === undefined) return header;
  if (!BASE64.test(match[1])) return undefined;
  return Buffer.from(match[1], 'base64').toString('utf8');
}
