/**
 * Reads the rest of an already answered request. Closing a connection with unread input resets it, and the answer is
 * lost. Most clients send a whole body before they read, so they would see a broken connection instead of a 413. So
 * the input is read and dropped first, within limits of time and size.
 */
import type { Readable } from 'node:stream';

/** Maximum of bytes; no client sends more by mistake. */
const MOST = 64 * 1024 * 1024;
const LONGEST_MS = 10_000;
/** A client that is silent for this long waits for the proxy. */
const SILENT_MS = 500;

/** Reads until the end or a limit, then calls `done` once. */
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
