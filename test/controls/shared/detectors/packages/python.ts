/** Python with the packages that the measurement reads, in its own folder. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../../../bin/bundle.ts';

const FOLDER = join(ROOT, '.cache/detectors');
const NEEDED = join(import.meta.dirname, 'requirements.txt');
const DATA_ONLY = join(import.meta.dirname, 'data-only.txt');
/** Written when all packages are there. */
const MARK = join(FOLDER, 'python/installed');
const MAX_BYTES = 512 * 1024 * 1024;

/** Returns the interpreter, or says why there is none. */
export function installPython(
  progress: (text: string) => void,
): { readonly python: string } | { readonly fault: string } {
  const made = join(FOLDER, 'python');
  const python = join(made, 'bin/python');
  const lists = [NEEDED, DATA_ONLY].map((file) => readFileSync(file, 'utf8')).join('');
  const wanted = createHash('sha256').update(lists).digest('hex');
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === wanted) return { python };
  progress('installing Python packages, which takes a minute or two');
  if (!existsSync(python)) {
    const { error, status, stderr } = spawnSync('python3', ['-m', 'venv', '--clear', made], { encoding: 'utf8' });
    if (error !== undefined) return { fault: `python3: ${error.message}` };
    if (status !== 0) return { fault: reasonOf(stderr) ?? `python3 ended with ${status}` };
  }
  const skipped = [...install(python, NEEDED), ...install(python, DATA_ONLY, '--no-deps')];
  for (const { name, fault } of skipped) progress(`skipping the Python package ${name}: ${fault}`);
  const missing = skipped.find(({ name }) => ESSENTIAL.test(name));
  if (missing !== undefined) return { fault: `${missing.name}: ${missing.fault}` };
  // The next run tries again what is missing.
  if (skipped.length === 0) writeFileSync(MARK, wanted);
  return { python };
}

/** Without them, `data.py` has nothing to start from. */
const ESSENTIAL = /^(?:Faker|phonenumbers|python-stdnum)==/;

/** Installs a list as a whole; if that fails, each package alone. Returns those that can't be had. */
function install(
  python: string,
  list: string,
  ...options: readonly string[]
): readonly { readonly name: string; readonly fault: string }[] {
  const pip = ['-m', 'pip', 'install', '--quiet', ...options];
  if (spawnSync(python, [...pip, '--requirement', list]).status === 0) return [];
  const names = readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return names.flatMap((name) => {
    const { status, stderr } = spawnSync(python, [...pip, name], { encoding: 'utf8' });
    return status === 0 ? [] : [{ name, fault: reasonOf(stderr) ?? `pip ended with ${status}` }];
  });
}

/** The line of an output that says why: pip ends with notices of new versions. */
export function reasonOf(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => line.startsWith('ERROR: ')) ?? lines.at(-1))?.replace(/^ERROR: /, '').trim();
}

/** Whether all packages could be installed. */
export function isComplete(): boolean {
  return existsSync(MARK);
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
