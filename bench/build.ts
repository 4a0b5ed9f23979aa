/**
 * What the benchmark runs: proxies built by the project's own build, and its own scripts with the types blanked out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transformSync } from 'esbuild';

/** The checkout that this benchmark is part of. */
export const root = join(import.meta.dirname, '..');
mkdirSync(join(root, '.cache'), { recursive: true });
/** Everything a run writes; gone when it ends. */
export const work = mkdtempSync(join(root, '.cache', 'bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** The file in any checkout that the config of this name is in. */
export const configFile = (name: string): string =>
  name === 'shipped' ? 'proxy.config.ts' : `bench/configs/${name}.ts`;

/**
 * The folder that `npm run build` of a checkout makes of one of its own configs. What the build says on stderr is
 * shown.
 * @param checkout a folder with this project in it, and its `node_modules`
 * @param into the name of a folder in {@link work}
 * @param readable for a profile that can be read
 * @throws Error if nothing was built; it holds the end of what the build said
 */
export function build(
  name: string,
  { checkout, into, readable }: { readonly checkout: string; readonly into: string; readonly readable: boolean },
): string {
  const out = join(work, into, name);
  const args = [
    join(checkout, 'bin/build.ts'),
    '--config',
    join(checkout, configFile(name)),
    '--out',
    out,
    ...(readable ? ['--readable'] : []),
  ];
  const { status, stderr, error } = spawnSync(process.execPath, args, {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  process.stderr.write(stderr);
  if (status !== 0)
    throw new Error(`the ${into} checkout builds nothing of ${configFile(name)}: ${stderr.slice(-1000)}`);
  return out;
}

export const hasConfig = (checkout: string, name: string): boolean => existsSync(join(checkout, configFile(name)));

/**
 * A script of this folder as plain JavaScript: its types are taken out and nothing else. The pipe and the bare server
 * must not carry Node's TypeScript stripper in memory or in their start: the bundle they are compared with doesn't
 * either.
 */
export function plain(script: string): string {
  const out = join(work, `${basename(script, '.ts')}.mjs`);
  writeFileSync(out, transformSync(readFileSync(bench(script), 'utf8'), { loader: 'ts', target: 'esnext' }).code);
  return out;
}

export const bench = (script: string): string => join(import.meta.dirname, script);
