/** Python with the packages that the measurement reads, in its own folder. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../../../bin/bundle.ts';

const FOLDER = join(ROOT, '.cache/detectors');
const NEEDED = join(import.meta.dirname, 'requirements.txt');
const DATA_ONLY = join(import.meta.dirname, 'data-only.txt');
const MAX_BYTES = 512 * 1024 * 1024;

/** Returns the interpreter, or says why there is none. */
export function installPython(
  progress: (text: string) => void,
): { readonly python: string } | { readonly fault: string } {
  const made = join(FOLDER, 'python');
  const python = join(made, 'bin/python');
  const mark = join(made, 'installed');
  const lists = [NEEDED, DATA_ONLY].map((file) => readFileSync(file, 'utf8')).join('');
  const wanted = createHash('sha256').update(lists).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return { python };
  progress('installing Python packages, which takes a minute or two');
  const steps: readonly (readonly [program: string, args: readonly string[]])[] = [
    ['python3', ['-m', 'venv', '--clear', made]],
    [python, ['-m', 'pip', 'install', '--quiet', '--requirement', NEEDED]],
    [python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', DATA_ONLY]],
  ];
  for (const [program, args] of steps) {
    const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (error !== undefined) return { fault: `${program}: ${error.message}` };
    if (status !== 0) return { fault: stderr.trim().split('\n').at(-1) ?? `${program} ended with ${status}` };
  }
  writeFileSync(mark, wanted);
  return { python };
}

/** Runs a script of this folder, and returns what it printed. */
export function runPython(python: string, script: string, args: readonly string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync(python, ['-I', join(import.meta.dirname, script), ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: MAX_BYTES,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${script}: expected to end with 0, got ${status}: ${stderr.trim().slice(-400)}`);
  return stdout;
}

/** The folder of its packages, whose files are real text too. */
export function packagesOf(python: string): string {
  const { stdout } = spawnSync(python, ['-I', '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], {
    encoding: 'utf8',
  });
  return stdout.trim();
}
