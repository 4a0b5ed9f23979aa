/** Installs peers with the ordinary clients of their registries, each into its own folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build.ts';
import { Missing, type Peer } from './peer.ts';

/** Milliseconds for one step of an installation. */
const PATIENCE = 15 * 60_000;
const FOLDER = join(root, '.cache', 'peers');

/**
 * The folder of an installed peer. What was installed before is used again, until the peer's declaration changes.
 * @throws Missing
 */
export async function installed(peer: Peer): Promise<string> {
  const folder = join(FOLDER, peer.name.replaceAll(/[^A-Za-z0-9.]+/g, '-'));
  const mark = join(folder, 'installed');
  const wanted = `${peer.from}\n${peer.install.toString()}`;
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await peer.install(folder);
  writeFileSync(mark, wanted);
  return folder;
}

/** A virtual environment in the folder, with these requirements: `NAME==VERSION`. */
export async function pip(folder: string, ...requirements: string[]): Promise<void> {
  await run('python3', ['-m', 'venv', folder], folder);
  await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...requirements], folder);
}

/** @param packages `NAME@VERSION` */
export async function npm(folder: string, ...packages: string[]): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages], folder);
}

/**
 * A Go program, as `bin` in the folder. It is a dependency of an empty module: `go install` would also ask for the list
 * of all versions, which not every module proxy has.
 * @param replace lines of `replace` from the module's own `go.mod`, which don't count in a dependency
 */
export async function go(
  folder: string,
  { module, version, main, replace = [] }: { module: string; version: string; main: string; replace?: string[] },
): Promise<void> {
  const lines = ['module peer', 'go 1.24', `require ${module} ${version}`, ...replace.map((line) => `replace ${line}`)];
  writeFileSync(join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  await run('go', ['build', '-mod=mod', '-o', join(folder, 'bin'), main], folder, {
    GOPATH: join(folder, 'path'),
    GOFLAGS: '-modcacherw',
  });
  // The sources are read-only to no one, but large.
  rmSync(join(folder, 'path'), { recursive: true, force: true });
}

async function run(
  program: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw new Missing(`${program} can't be run: ${error instanceof Error ? error.message : String(error)}`);
  })) as [number | null];
  if (code !== 0)
    throw new Missing(`${program} ${args[0]} ended with ${code ?? 'no answer in time'}: ${lastWords(said)}`);
}

/** The last line that says something, without addresses. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'nothing was printed').replaceAll(/\bhttps?:\/\/\S+/g, 'its registry').trim();
}
