/**
 * What the last bytes of a message show if its scan stopped before them: most servers write `isError` last in the
 * result, and these bytes can't mean anything else. A quote right after `{` or `,` begins a key.
 */

/** Bytes at the end of a message that are searched for `isError`. */
const TAIL = 256;
/** `isError` as the last member of the object that ends the message, or before its `jsonrpc` and `id`. */
const LAST =
  /[{,]\s*"isError"\s*:\s*(true|false)\s*\}\s*(?:,\s*"(?:jsonrpc|id)"\s*:\s*(?:"[^"\\]*"|-?[\d.eE+-]+)\s*)*\}\s*$/;

/** Undefined: the bytes don't say. */
export function isErrorAtEnd(last: Buffer): boolean | undefined {
  const isError = LAST.exec(last.toString('latin1', Math.max(0, last.length - TAIL)))?.[1];
  return isError === undefined ? undefined : isError === 'true';
}
