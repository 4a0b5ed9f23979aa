/** Results are on standard output; what the proxy's code logs meanwhile is on standard error. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../bin/cli/commands.ts';
import { ROOT } from '../../lib/root.ts';
import { inOwnProcess } from '../support/commands.ts';

const NOWHERE = ['--upstream', 'http://127.0.0.1:9/mcp'];

test.each([
  ['bin/tools.ts', ['scan', '--json', ...NOWHERE]],
  ['bin/tools.ts', ['lock', '--out', join(tmpdir(), 'never.lock.json'), ...NOWHERE]],
  ['bin/search.ts', ['add', ...NOWHERE]],
  ['bin/search.ts', [...NOWHERE]],
])('%s %j prints no line of the log on standard output', async (script, args) => {
  const { code, stdout, stderr } = await inOwnProcess(script, args);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  // It was logged.
  expect(stderr).toContain('"code":"upstream-unreachable"');
  expect(stderr).toContain("can't be read");
});

test.each([...COMMANDS].filter(([name]) => name !== 'start'))('%s sends the log to standard error', (_, { load }) => {
  const [file = ''] = /[\w-]+\.ts/.exec(load.toString()) ?? [];
  // First, so that nothing is logged before.
  expect(readFileSync(join(ROOT, 'bin', file), 'utf8')).toMatch(/^\/\*\*[^]*?\*\/\nimport '\.\/log-on-stderr\.ts';/);
});
