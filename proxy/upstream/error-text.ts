/** The words of a failing reply that the proxy has to read itself, whatever coding the client asked for. */

/** What says such a thing is a few hundred bytes. */
export const MAX_ERROR = 64 * 1024;

/** The body of such a reply in plain letters; undefined where its coding can't be undone. */
export function errorText(body: Buffer, coding: string | undefined): string | undefined {
  const plain = decoded(body, coding?.trim().toLowerCase());
  return plain?.toString('utf8').replace(/^\uFEFF/, '');
}

/** Where no control looks, the client's own `Accept-Encoding` goes upstream. */
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
