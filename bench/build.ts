/** What the benchmark runs: proxies built by the project's own build, and its own scripts with the types blanked out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transformSync } from 'esbuild';

const root = join(import.meta.dirname, '..');
mkdirSync(join(root, '.cache'), { recursive: true });
/** Everything a run writes; gone when it ends. */
export const work = mkdtempSync(join(root, '.cache', 'bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** The folder `npm run build` makes of a config. @param readable for a profile that can be read */
export function build(name: string, config: string, readable: boolean): string {
  const out = join(work, name);
  execFileSync(process.execPath, [join(root, 'bin/build.ts'), '--config', join(root, config), '--out', out, ...(readable ? ['--readable'] : [])], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return out;
}

/**
 * A script of this folder as plain JavaScript: its types are taken out and nothing else. The pipe and the bare server must not carry
 * Node's TypeScript stripper in memory or in their start: the bundle they are compared with doesn't either.
 */
export function plain(script: string): string {
  const out = join(work, `${basename(script, '.ts')}.mjs`);
  writeFileSync(out, transformSync(readFileSync(bench(script), 'utf8'), { loader: 'ts', target: 'esnext' }).code);
  return out;
}

export const bench = (script: string): string => join(import.meta.dirname, script);
