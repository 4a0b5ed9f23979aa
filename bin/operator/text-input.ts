/** Reads standard input as UTF-8, and refuses other text before anything is written. */
import { createReadStream, fstatSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Failure } from './failure.ts';

const BYTE_ORDER_MARKS: readonly (readonly [first: number, second: number])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];
const LINE_FEED = 0x0a;

/**
 * The input, once all of it was checked. A file is read twice; what comes through a pipe is held in memory meanwhile.
 */
export async function checkedText(input: NodeJS.ReadableStream & { readonly fd?: number }): Promise<Readable> {
  const { fd } = input;
  if (fd !== undefined && fstatSync(fd).isFile()) {
    const read = (): Readable => createReadStream('', { fd, start: 0, autoClose: false });
    await check(read(), () => {});
    return read();
  }
  const held: Buffer[] = [];
  await check(input, (chunk) => held.push(chunk));
  return Readable.from(held);
}

async function check(input: AsyncIterable<string | Buffer>, hold: (chunk: Buffer) => void): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let isFirst = true;
  for await (const given of input) {
    const chunk = typeof given === 'string' ? Buffer.from(given) : given;
    if (isFirst && BYTE_ORDER_MARKS.some(([first, second]) => chunk[0] === first && chunk[1] === second))
      throw new Failure(utf16(1));
    isFirst = false;
    hold(chunk);
    for (let from = 0; from < chunk.length;) {
      const feed = chunk.indexOf(LINE_FEED, from);
      const to = feed < 0 ? chunk.length : feed + 1;
      const part = chunk.subarray(from, to);
      if (part.includes(0)) throw new Failure(utf16(line));
      if (!isDecoded(decoder, part, feed < 0)) throw new Failure(notUtf8(line));
      if (feed >= 0) line++;
      from = to;
    }
  }
  if (!isDecoded(decoder, Buffer.alloc(0), false)) throw new Failure(notUtf8(line));
}

function isDecoded(decoder: TextDecoder, part: Buffer, stream: boolean): boolean {
  try {
    decoder.decode(part, { stream });
    return true;
  } catch {
    return false;
  }
}

function notUtf8(line: number): string {
  return `line ${line}: expected UTF-8, got other bytes: convert the file first (for one from Windows, iconv -f WINDOWS-1252 -t UTF-8), or export it as "CSV UTF-8"`;
}

function utf16(line: number): string {
  return `line ${line}: expected UTF-8, got UTF-16 or binary data: convert the file first (iconv -f UTF-16 -t UTF-8)`;
}
