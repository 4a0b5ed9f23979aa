/** Every way to cut bytes into chunks, as a fast-check arbitrary. */
import fc from 'fast-check';

export interface Cut {
  readonly bytes: Buffer;
  readonly chunks: readonly Buffer[];
}

/** A text's bytes, cut at arbitrary places, or after each byte. */
export function cut(text: fc.Arbitrary<string>): fc.Arbitrary<Cut> {
  const places = fc.oneof(fc.constant(undefined), fc.array(fc.nat(), { maxLength: 12 }));
  return fc.tuple(text, places).map(([whole, at]) => {
    const bytes = Buffer.from(whole);
    const wanted =
      at === undefined ? [...bytes.keys()] : at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
    return { bytes, chunks: chunksAt(bytes, wanted) };
  });
}

function chunksAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (const place of [...places, bytes.length]) {
    if (place <= from) continue;
    chunks.push(bytes.subarray(from, place));
    from = place;
  }
  return chunks;
}
