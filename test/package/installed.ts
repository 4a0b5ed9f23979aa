/**
 * A project with the package installed from its tarball, without a registry: what npm would install is linked from this
 * repository's `node_modules`, and nothing else, so that a dependency that is not declared is not found.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../lib/root.ts';

const run = promisify(execFile);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
}

/** Unpacks as npm does. @returns the package's folder */
export async function unpack(tarball: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await run('tar', ['xzf', tarball, '-C', folder, '--strip-components=1']);
  return folder;
}

/** @param peers besides the package's dependencies */
export async function install(tarball: string, app: string, peers: readonly string[]): Promise<void> {
  const modules = join(app, 'node_modules');
  const folder = await unpack(tarball, join(modules, 'agentcore-mcp-proxy'));
  const { dependencies = {}, bin } = await manifestIn(folder);
  await linkCommands(modules, 'agentcore-mcp-proxy', bin);
  for (const name of [...Object.keys(dependencies), ...peers]) await link(modules, name);
}

async function link(modules: string, name: string): Promise<void> {
  const there = join(modules, name);
  if (existsSync(there)) return;
  await mkdir(dirname(there), { recursive: true });
  await symlink(join(ROOT, 'node_modules', name), there);
  await linkCommands(modules, name, (await manifestIn(there)).bin);
}

async function linkCommands(modules: string, name: string, bin: Manifest['bin']): Promise<void> {
  const commands = typeof bin === 'string' ? { [name]: bin } : (bin ?? {});
  for (const [command, file] of Object.entries(commands)) {
    await mkdir(join(modules, '.bin'), { recursive: true });
    const program = join(modules, name, file);
    if (!existsSync(program)) continue;
    await symlink(program, join(modules, '.bin', command));
    if (name === 'agentcore-mcp-proxy') await chmod(program, 0o755);
  }
}

export async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}
