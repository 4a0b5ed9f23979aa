/** Builds what the benchmark runs: proxies with the project's own build, and its own scripts without types. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { transformSync } from 'esbuild';

/** The checkout of this benchmark. */
export const root = join(import.meta.dirname, '..');
mkdirSync(join(root, '.cache'), { recursive: true });
/** All files of a run; removed when it ends. */
export const work = mkdtempSync(join(root, '.cache', 'bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** The path of a config in any checkout. */
export const configFile = (name: string): string =>
  name === 'shipped' ? 'proxy.config.ts' : `bench/configs/${name}.ts`;

/**
 * The output folder of `npm run build` for one config of a checkout. The build's stderr is shown.
 * @param checkout a folder with this project and its `node_modules`
 * @param into the name of a folder in {@link work}
 * @param readable not minified, for profiles
 * @throws Error if nothing was built, with the end of the build's output
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
 * A script of this folder as plain JavaScript: only its types are removed. The pipe and the bare server must not
 * include Node's TypeScript stripper in their memory or start time, because the bundle does not include it either.
 */
export function plain(script: string): string {
  const out = join(work, `${basename(script, '.ts')}.mjs`);
  writeFileSync(out, transformSync(readFileSync(bench(script), 'utf8'), { loader: 'ts', target: 'esnext' }).code);
  return out;
}

export const bench = (script: string): string => join(import.meta.dirname, script);
