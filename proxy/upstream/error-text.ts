/** Decodes failing replies that the proxy itself must read, whatever content coding the client asked for. */

/** Bytes that are read at most. Such errors have a few hundred. */
export const MAX_ERROR = 64 * 1024;

/** Returns the body of a failing reply as text; undefined if its coding can't be undone. */
export function errorText(body: Buffer, coding: string | undefined): string | undefined {
  const plain = decoded(body, coding?.trim().toLowerCase());
  return plain?.toString('utf8').replace(/^\uFEFF/, '');
}

/** If no control reads the reply, the client's own `Accept-Encoding` goes upstream. */
function decoded(body: Buffer, coding: string | undefined): Buffer | undefined {
  if (coding === undefined || coding === '' || coding === 'identity') return body;
  const zlib = process.getBuiltinModule('node:zlib');
  const limits = { maxOutputLength: MAX_ERROR };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return zlib.gunzipSync(body, limits);
    if (coding === 'br') return zlib.brotliDecompressSync(body, limits);
    if (coding === 'deflate') return zlib.inflateSync(body, limits);
    return undefined;
  } catch {
    return undefined;
  }
}
