/** Undoes the content codings of HTTP. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/** Undefined if the coding can't be undone, or gives more bytes than `most`. */
export function decoded(body: Buffer, coding: string, most: number): Buffer | undefined {
  if (coding === '' || coding === 'identity') return body;
  try {
    return DECODERS.get(coding)?.(body, { maxOutputLength: most });
  } catch {
    return undefined;
  }
}
