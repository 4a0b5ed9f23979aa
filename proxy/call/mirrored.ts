/** The encoding of body values in `Mcp-Name` and `Mcp-Param-*` (MCP 2026-07-28, streamable HTTP, value encoding). */
import { isUtf8 } from 'node:buffer';

const ASCII = /^[\x00-\x7f]*$/;
const ENCODED = /^=\?base64\?(.*)\?=$/s;
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Encodes a value for a header: unchanged if that is safe, else base64 with markers. */
export function encodeMirrored(value: string): string {
  if (value === '' || (PLAIN.test(value) && !ENCODED.test(value))) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** Decodes a header's value, as Node gives it; undefined if its base64 isn't valid or isn't that of UTF-8. */
export function decodeMirrored(header: string): string | undefined {
  const match = ENCODED.exec(header);
  if (match?.[1] === undefined) return spelled(header);
  if (!BASE64.test(match[1])) return undefined;
  const bytes = Buffer.from(match[1], 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/**
 * Returns the text of a header's bytes. Node reads them as Latin-1; some clients (the Go SDK's) send raw UTF-8. Bytes
 * that are valid UTF-8 are read as UTF-8, since other text hardly ever is by chance.
 */
export function spelled(header: string): string {
  if (ASCII.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}
