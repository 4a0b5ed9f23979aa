/**
 * Lets the type checks of a run share what TypeScript found out about the same sources. Each check of a small project
 * reads all of `proxy/` and the types of Node; TypeScript's own incremental mode looks again only at what changed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The text of the project that `tsc -p PROJECT` names, if it is one that a test or a synth wrote. */
export function projectText(args, root) {
  const [first, project] = args;
  if (first !== '-p' || project === undefined || !existsSync(project)) return;
  const file = statSync(project).isDirectory() ? join(project, 'tsconfig.json') : project;
  // The repository's own projects stay as they are: one of them emits.
  if (['tsconfig.json', 'tsconfig.package.json'].some((name) => file === join(root, name))) return;
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Changes the arguments of this process, which is about to run the compiler. */
export function checkIncrementally(text, folder) {
  // What is known holds for the same options. The files that it is about are the compiler's to compare.
  const { files: _files, include: _include, ...options } = JSON.parse(text);
  const known = join(folder, `types-${createHash('sha256').update(JSON.stringify(options)).digest('hex')}.tsbuildinfo`);
  const own = join(folder, `types-${randomUUID()}.tsbuildinfo`);
  mkdirSync(folder, { recursive: true });
  if (existsSync(known)) copyFileSync(known, own);
  process.argv.push('--singleThreaded', '--incremental', '--tsBuildInfoFile', own);
  process.once('exit', (code) => {
    // Others may read and replace it at the same time: they see one of the two files, whole.
    if (code === 0 && sizeOf(own) > sizeOf(known)) renameSync(own, known);
    else rmSync(own, { force: true });
  });
}

function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
