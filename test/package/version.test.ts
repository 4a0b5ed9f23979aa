/** One version, wherever it is written, and what the MCP registry is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { SELF } from '../../proxy/base/self.ts';
import { VERSION } from '../../proxy/base/version.ts';
import { WAY_NAMES } from '../../proxy/upstream/auth/ways.ts';
import { inOwnProcess } from '../support/commands.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

test.each(['package.json', 'create/package.json', 'server.json'])('%s has the version that the proxy names', (file) => {
  expect(read(file)).toHaveProperty('version', VERSION);
});

interface Argument {
  readonly name: string;
}

test("server.json names the package, and only options and variables that 'start' has", async () => {
  const { name, description, packages } = read('server.json') as {
    name: string;
    description: string;
    packages: {
      identifier: string;
      version: string;
      transport: { url: string };
      packageArguments: Argument[];
      environmentVariables: (Argument & { choices?: string[] })[];
    }[];
  };
  expect(read('package.json')).toMatchObject({ name: SELF.name, mcpName: name });
  expect(name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  // The registry's limit.
  expect(description.length).toBeLessThanOrEqual(100);
  expect(packages).toMatchObject([{ identifier: SELF.name, version: VERSION }]);
  const { stdout } = await inOwnProcess('bin/start.ts', ['--help']);
  for (const one of packages) {
    const options = one.packageArguments.map(({ name }) => name);
    expect(options).toContain(/\{(.+)\}/.exec(one.transport.url)?.[1]);
    for (const option of options) expect(stdout).toContain(`  ${option} `);
    const [auth] =
      one.environmentVariables.flatMap(({ choices }) => choices ?? []).length > 0 ? one.environmentVariables : [];
    for (const way of auth?.choices ?? []) expect(WAY_NAMES).toContain(way);
  }
});
