/** The installed command, a project and this repository have the same commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../bin/cli/commands.ts';
import { filesOf } from '../../bin/init/files.ts';
import { pins } from '../../bin/pins.ts';
import { ROOT } from '../../lib/root.ts';

interface Scripts {
  readonly scripts: Readonly<Record<string, string>>;
}

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Scripts;
/** Scripts that start a command of `bin/`, without npm's own hooks. */
const ours = Object.entries(scripts).flatMap(([name, script]) =>
  / bin\/[\w-]+\.ts$/.test(script) && !/^(?:pre|post)/.test(name) ? [name] : [],
);

test('every command of this repository is one of the installed package', () => {
  expect(ours.length).toBeGreaterThan(15);
  // `init` makes a project, and `app` is started by the CDK.
  expect([...COMMANDS.keys()].toSorted()).toEqual([...ours, 'init', 'app'].toSorted());
});

test('every command is a script of a project', () => {
  const files = filesOf(
    {
      folder: '/nowhere',
      name: 'orders',
      account: '111122223333',
      region: 'eu-west-1',
      upstream: { url: "https://mcp.example.com/it's" },
      examples: [],
    },
    { template: join(ROOT, 'template'), cdkJson: join(ROOT, 'cdk.json'), pins: pins() },
  );
  const { scripts: theirs } = JSON.parse(files.get('package.json') ?? '') as Scripts;
  for (const name of ours) expect(theirs).toHaveProperty(name, `agentcore-mcp-proxy ${name}`);
  // Text from a person stays text.
  expect(files.get('deployments.ts')).toContain("url: 'https://mcp.example.com/it\\'s'");
});
