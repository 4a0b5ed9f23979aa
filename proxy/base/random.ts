/**
 * Random bytes straight from the kernel. In a microVM restored from a snapshot, the generator inside the process is a
 * clone, and two clones must not draw the same key, nonce or id.
 */
export function kernelRandom(size: number): Buffer {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs');
  const file = openSync('/dev/urandom', 'r');
  try {
    const bytes = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) filled += readSync(file, bytes, filled, size - filled, null);
    return bytes;
  } finally {
    closeSync(file);
  }
}
