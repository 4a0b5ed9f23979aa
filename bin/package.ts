/**
 * `npm pack`: compiles the files that other CDK apps import to `.js` and `.d.ts`, since Node doesn't strip types under
 * `node_modules`, and makes package.json name those files while the tarball is made. npm runs `prepare` before and
 * `restore` after.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';

const MANIFEST = join(ROOT, 'package.json');
const KEPT = join(ROOT, 'dist/package.json.kept');
const OUT = join(ROOT, 'dist/package');

/** Members that only concern this repository. */
const OWN = ['scripts', 'private', 'optionalDependencies', 'devDependencies'];

/** The members of package.json used here; `exports` lists what may be imported. */
interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

switch (process.argv[2]) {
  case 'prepare':
    // An earlier run that was interrupted left its manifest behind.
    restore();
    prepare();
    break;
  case 'restore':
    restore();
    break;
  default:
    console.error('usage: npm pack (which runs this before and after)');
    process.exitCode = 2;
}

function prepare(): void {
  rmSync(OUT, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.package.json')],
    { stdio: 'inherit' },
  );
  copyFileSync(join(ROOT, 'proxy/Dockerfile'), join(OUT, 'proxy/Dockerfile'));
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
  copyFileSync(MANIFEST, KEPT);
  writeFileSync(MANIFEST, `${JSON.stringify(packed(manifest), null, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

function packed(manifest: Manifest): object {
  const { exports, dependencies, devDependencies } = manifest;
  const compiled = (path: string, ending: string): string =>
    path.replace(/^\.\/(.+)\.ts$/, `./dist/package/$1${ending}`);
  const pinned = (name: string): string => devDependencies[name] ?? '';
  return {
    ...Object.fromEntries(Object.entries(manifest).filter(([member]) => !OWN.includes(member))),
    // This repository's engines are for its own Node; the compiled files need URL.parse and import.meta.
    engines: { node: '>=22.18' },
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, path]) => [
        name,
        { types: compiled(path, '.d.ts'), default: compiled(path, '.js') },
      ]),
    ),
    files: ['dist/package'],
    scripts: { postpack: 'node --import ./bin/needs-node.mjs bin/package.ts restore' },
    // The declarations use the protocol package's types.
    dependencies: { ...dependencies, '@modelcontextprotocol/server': pinned('@modelcontextprotocol/server') },
    peerDependencies: { 'aws-cdk-lib': `^${pinned('aws-cdk-lib')}`, constructs: '^10.5.0' },
  };
}
