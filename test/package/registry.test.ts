/** What the MCP registry is told: `server.json` fits its schema, and names what `start` has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { SELF } from '../../proxy/base/self.ts';
import { VERSION } from '../../proxy/base/version.ts';
import { variablesOfWays, WAY_NAMES } from '../../proxy/upstream/auth/ways.ts';
import { inOwnProcess } from '../support/commands.ts';
import { REGISTRY_SCHEMA } from './registry-schema.ts';

interface Input {
  name: string;
  description?: string;
  choices?: string[];
  default?: string;
  isSecret?: boolean;
}
interface Package {
  registryType: string;
  identifier?: string;
  version: string;
  transport: { type: string; url?: string };
  packageArguments: Input[];
  environmentVariables: Input[];
}
interface Server {
  name: string;
  description: string;
  version: string;
  websiteUrl: string;
  repository: { url?: string; source: string };
  packages: [Package];
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const server = (): Server => read('server.json') as Server;
const fits = new Ajv({ strict: false }).compile(REGISTRY_SCHEMA);

/** The places of what doesn't fit. */
function faultsOf(value: unknown): string[] {
  fits(value);
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

test("server.json fits the registry's schema", () => {
  expect(faultsOf(server())).toEqual([]);
});

test.each<[string, (changed: Server) => unknown, string]>([
  ['another transport', ({ packages: [one] }) => (one.transport.type = 'http'), '/packages/0/transport/type'],
  ['a transport without a URL', ({ packages: [one] }) => delete one.transport.url, '/packages/0/transport'],
  ['a URL that is none', ({ packages: [one] }) => (one.transport.url = 'localhost'), '/packages/0/transport/url'],
  ['a long description', (changed) => (changed.description = 'x'.repeat(101)), '/description'],
  ['no description', (changed) => (changed.description = ''), '/description'],
  ['a name without a slash', (changed) => (changed.name = SELF.name), '/name'],
  ['a name with two slashes', (changed) => (changed.name += '/x'), '/name'],
  ['the version latest', (changed) => (changed.version = 'latest'), '/version'],
  ['a range of versions', ({ packages: [one] }) => (one.version = '^0.1.0'), '/packages/0/version'],
  ['no identifier', ({ packages: [one] }) => delete one.identifier, '/packages/0'],
  ['an unknown registry', ({ packages: [one] }) => (one.registryType = 'node'), '/packages/0/registryType'],
  ['a repository without a URL', (changed) => delete changed.repository.url, '/repository'],
  [
    'a default that is no text',
    ({ packages: [one] }) => Object.assign(one.packageArguments[1] ?? {}, { default: 8000 }),
    '/packages/0/packageArguments/1/default',
  ],
  [
    'a misspelt member',
    ({ packages: [one] }) => Object.assign(one.environmentVariables[0] ?? {}, { secret: true }),
    '/packages/0/environmentVariables/0',
  ],
  [
    'an argument of no kind',
    ({ packages: [one] }) => Object.assign(one.packageArguments[0] ?? {}, { type: 'option' }),
    '/packages/0/packageArguments/0/type',
  ],
])('the schema refuses %s', (_, change, place) => {
  const changed = server();
  change(changed);
  expect(faultsOf(changed)).toContainEqual(expect.stringMatching(`^${place}: `));
});

test('server.json names this package, its version and its repository', () => {
  const { name, version, websiteUrl, repository, packages } = server();
  expect(read('package.json')).toMatchObject({ name: SELF.name, mcpName: name, version });
  expect(packages).toMatchObject([{ identifier: SELF.name, version: VERSION }]);
  expect(repository).toEqual({ url: websiteUrl, source: 'github' });
});

test("the options in server.json are options of 'start', and its URL names one of them", async () => {
  const { stdout } = await inOwnProcess('bin/start.ts', ['--help']);
  for (const { packageArguments, transport } of server().packages) {
    const options = packageArguments.map(({ name }) => name);
    expect(options).toContain(/\{(.+)\}/.exec(transport.url ?? '')?.[1]);
    for (const option of options) expect(stdout).toContain(`  ${option} `);
  }
});

test('the variables in server.json are those of the ways to authenticate, with their words', () => {
  const [{ environmentVariables }] = server().packages;
  expect(environmentVariables.find(({ name }) => name === 'UPSTREAM_AUTH')?.choices).toEqual(WAY_NAMES);
  expect(
    Object.fromEntries(
      environmentVariables
        .filter(({ name }) => name.startsWith('UPSTREAM_') && name !== 'UPSTREAM_AUTH')
        .map(({ name, description }) => [name.slice('UPSTREAM_'.length), description]),
    ),
  ).toEqual(variablesOfWays());
});

test('a variable that holds a secret is marked, and one that only says where it is is not', () => {
  const [{ environmentVariables }] = server().packages;
  const secret = environmentVariables.filter(({ isSecret }) => isSecret === true).map(({ name }) => name);
  expect(secret).toEqual(['MCP_UPSTREAM_SECRET', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
});
