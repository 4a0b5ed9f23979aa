/** Reads a file line by line, holding only one line in memory. */
import { createReadStream } from 'node:fs';

/** Longer than any line of the audit control. */
const LONGEST = 4 * 1024 * 1024;
const NEWLINE = 10;
const RETURN = 13;

/**
 * @param take gets each line without its end; undefined for a line longer than 4 MiB. Rejects with a readable message
 * if the file can't be read.
 */
export async function eachLine(file: string, take: (line: Buffer | undefined) => void): Promise<void> {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer): void => {
    size += part.length;
    if (size > LONGEST) parts = [];
    else parts.push(part);
  };
  const end = (): void => {
    const line = size > LONGEST ? undefined : Buffer.concat(parts, size);
    take(line?.at(-1) === RETURN ? line.subarray(0, -1) : line);
    parts = [];
    size = 0;
  };
  for await (const chunk of chunksOf(file)) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, to));
      end();
      from = to + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (size > 0) end();
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* (
      file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 })
    ) as AsyncIterable<Buffer>;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`expected a file at ${file}, got none that can be read (${code})`, { cause: error });
  }
}
