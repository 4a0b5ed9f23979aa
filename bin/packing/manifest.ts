/** The package.json of the tarball. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../lib/root.ts';
import { pinned } from '../pins.ts';

/** The members of package.json used here; `exports` lists what may be imported. */
export interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export const MANIFEST = join(ROOT, 'package.json');

/** Members that only concern this repository. */
const OWN = ['scripts', 'private', 'optionalDependencies', 'devDependencies'];

/** What the compiled commands import, besides the dependencies of the proxy and of the construct. */
const OF_COMMANDS = [
  // The declarations use the protocol package's types, and the sample upstream its server.
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/client',
  '@aws-sdk/client-bedrock-agentcore-control',
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-cloudwatch',
  '@aws-sdk/client-cloudwatch-logs',
  '@aws-sdk/client-ssm',
] as const;

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
}

export function packedManifest(manifest: Manifest): object {
  const { exports, dependencies, devDependencies } = manifest;
  const compiled = (path: string, ending: string): string =>
    path.replace(/^\.\/(.+)\.ts$/, `./dist/package/$1${ending}`);
  return {
    ...Object.fromEntries(Object.entries(manifest).filter(([member]) => !OWN.includes(member))),
    // This repository's engines are for its own Node; the compiled files need URL.parse and import.meta.
    engines: { node: '>=22.18' },
    bin: { 'agentcore-mcp-proxy': 'dist/package/bin/cli/agentcore-mcp-proxy.cjs' },
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, path]) => [
        name,
        path.endsWith('.ts') ? { types: compiled(path, '.d.ts'), default: compiled(path, '.js') } : path,
      ]),
    ),
    files: ['dist/package', 'deployments.schema.json', 'docs/**/*.md', 'CHANGELOG.md', 'SECURITY.md'],
    scripts: { postpack: 'node --import ./bin/needs-node.mjs bin/package.ts restore' },
    dependencies: {
      ...dependencies,
      ...Object.fromEntries(OF_COMMANDS.map((name) => [name, pinned(devDependencies, name)])),
    },
    peerDependencies: {
      'aws-cdk-lib': `^${pinned(devDependencies, 'aws-cdk-lib')}`,
      constructs: '^10.5.0',
      'cdk-nag': `^${pinned(devDependencies, 'cdk-nag')}`,
    },
    peerDependenciesMeta: Object.fromEntries(
      ['aws-cdk-lib', 'constructs', 'cdk-nag'].map((name) => [name, { optional: true }]),
    ),
  };
}
