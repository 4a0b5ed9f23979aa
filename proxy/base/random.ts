/**
 * Random bytes straight from the kernel. In a microVM restored from a snapshot, the generator inside the process is a
 * clone, and two clones must not draw the same key, nonce or id. So no code of the proxy uses `crypto.randomUUID()` and the
 * like, which Node draws ahead of time.
 */
export function kernelRandom(size: number): Buffer {
  const { readSync } = process.getBuiltinModule('node:fs');
  const source = openRandom();
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) filled += readSync(source, bytes, filled, size - filled, null);
  return bytes;
}

/** Opens the source, which stays open: a process that may open no more files still needs ids. Nothing is drawn. */
export function openRandom(): number {
  return (opened ??= process.getBuiltinModule('node:fs').openSync('/dev/urandom', 'r'));
}

let opened: number | undefined;

const POOL = 4096;
/** Bytes drawn longer ago, by the wall clock, may also be used by another clone. */
const STALE_MS = 1_000;

let pool: Buffer = Buffer.alloc(0);
let drawnAt = 0;

/** For ids, which are drawn with each call: bytes in hexadecimal, many from one read. Not for keys and nonces. */
export function kernelHex(size: number): string {
  const now = Date.now();
  if (pool.length < size || now - drawnAt > STALE_MS || now < drawnAt) {
    pool = kernelRandom(POOL);
    drawnAt = now;
  }
  const text = pool.toString('hex', 0, size);
  pool = pool.subarray(size);
  return text;
}

/** A random UUID (RFC 9562, version 4). */
export function kernelUuid(): string {
  const hex = kernelHex(16);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
