/**
 * The rest of what a client sends, once it was answered. A connection that is closed while something on it waits to be
 * read is reset, and takes the answer with it: most clients send all of a body before they read, and then see no 413
 * but a broken connection. So it is read and dropped first, for so long and so much.
 */
import type { Readable } from 'node:stream';

/** Bytes; what is larger than that is nobody's mistake. */
const MOST = 64 * 1024 * 1024;
const LONGEST_MS = 10_000;
/** Who says nothing for so long waits for us. */
const SILENT_MS = 500;

/** Reads on until the end, or until it has been enough; then `done`, once. */
export function drain(from: Readable, done: () => void): void {
  let left = MOST;
  const finish = (): void => {
    clearTimeout(longest);
    clearTimeout(silent);
    from.off('data', onData).off('end', finish).off('close', finish);
    done();
  };
  const longest = setTimeout(finish, LONGEST_MS).unref();
  const silent = setTimeout(finish, SILENT_MS).unref();
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
    else silent.refresh();
  };
  from.on('data', onData).on('end', finish).on('close', finish);
  from.resume();
}
