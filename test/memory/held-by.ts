/**
 * Returns the MiB that are still held after something was kept and the rest collected. It runs in its own process, so
 * that nothing else is measured.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('holding.ts', import.meta.url));

export async function heldBy(what: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, what]);
  return Number(stdout);
}
