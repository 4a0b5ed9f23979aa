/**
 * Loaded into every Node process of a test run. A synth checks the types of its config and builds it, in two processes;
 * dozens of tests do that with the shipped config. Here the two commands do their work once for the same sources and
 * repeat its result after that. Another config is built and checked for itself.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import './keep-compiled.mjs';
import { keepForLater } from './later-types.mjs';
import { checkIncrementally, projectText } from './shared-types.mjs';

const ROOT = dirname(dirname(import.meta.dirname));
const CONFIG = join(ROOT, 'proxy.config.ts');
/** All files that the compiler and the bundler read; the lock file represents the packages. */
const FOLDERS = ['bin', 'examples', 'lib', 'proxy'];
const FILES = ['LICENSE', 'package.json', 'package-lock.json', 'proxy.config.ts', 'tsconfig.json'];

const shared = process.env['TEST_SHARED_BUILDS'];
const [, program, ...args] = process.argv;
if (shared !== undefined && program !== undefined) {
  if (program === join(ROOT, 'bin/build.ts')) build(args, shared);
  else if (program === join(ROOT, 'node_modules/typescript/bin/tsc')) check(args, shared);
}

/** `--config FILE --out FOLDER`, as a synth calls it; with other options it runs unchanged. */
function build([first, config, second, out, ...rest], folder) {
  if (first !== '--config' || config !== CONFIG || second !== '--out' || out === undefined || rest.length > 0) return;
  once(join(folder, `build-${digest()}`), {
    repeat: (kept) => cpSync(kept, out, { recursive: true }),
    keep: (place) => cpSync(out, place, { recursive: true }),
  });
}

/**
 * A project of only the shipped config is checked once, those of the tests' configs at the end of the run. Other projects
 * share the results for their imports.
 */
function check(args, folder) {
  const text = projectText(args, ROOT);
  if (text === undefined) return;
  if (JSON.parse(text).files?.join() !== CONFIG && keepForLater(text, args[1], folder)) process.exit(0);
  // It would become another program, whose end is unknown here. Without it, that program is started as a child.
  Reflect.deleteProperty(process, 'execve');
  if (JSON.parse(text).files?.join() === CONFIG)
    once(join(folder, `types-${digest(text)}`), { repeat: () => {}, keep: (place) => mkdirSync(place) });
  checkIncrementally(text, folder);
}

/** Ends this process if its work was done before; else keeps the result, if it succeeds. */
function once(kept, { repeat, keep }) {
  if (existsSync(kept)) {
    repeat(kept);
    process.exit(0);
  }
  process.once('exit', (code) => {
    if (code !== 0 || existsSync(kept)) return;
    mkdirSync(dirname(kept), { recursive: true });
    const place = join(mkdtempSync(`${kept}.part-`), 'kept');
    keep(place);
    try {
      renameSync(place, kept);
    } catch {
      // Another process finished first.
    }
  });
}

function digest(more = '') {
  const hash = createHash('sha256').update(`${process.version}\0${more}`);
  const within = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  for (const name of [...FILES, ...within].sort()) {
    const path = join(ROOT, name);
    if (statSync(path).isFile()) hash.update(`\0${name}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
