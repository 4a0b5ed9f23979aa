/**
 * Tests of a command run it in a process that they share. Here each such command has its own, and must print, exit and
 * end as there.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { command, inOwnProcess } from '../support/commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

/** Lines of the log have their own times and ids. */
const unlogged = (text: string): string => text.replace(/^\{.*\n/gm, '');

const shown = (...names: readonly string[]): unknown => ({
  controls: names.map((name) => ({ name, replies: 'ignores', auditOnly: false, perCaller: false })),
  caller: { source: 'none' },
  digests: { config: 'sha256:aa' },
});
file('none.json', shown());
file('one.json', shown('deny-all'));
file('config.json', []);
file('rules.json', { callers: { ann: { sub: 'ann' } }, cases: [{ caller: 'ann', tool: 'add', expect: 'deny' }] });
file(
  'policy.config.ts',
  `import { defineProxy } from 'agentcore-mcp-proxy';
import { accessPolicy, allow } from 'agentcore-mcp-proxy/controls';
export default defineProxy({ controls: [accessPolicy({ policies: [allow({ tools: ['add'] })] })] });
`,
);
/** An exit code, and the arguments that lead to it. */
type Way = [code: number, args: string[]];
const POLICY = ['--config', 'policy.config.ts'];
const NOWHERE = ['--upstream', 'http://127.0.0.1:9/mcp'];

describe.each<[script: string, ways: readonly Way[]]>([
  [
    'bin/policy.ts',
    [
      [0, ['show', ...POLICY]],
      [1, ['test', 'rules.json', ...POLICY]],
      [2, ['tset']],
    ],
  ],
  [
    'bin/controls.ts',
    [
      [0, ['diff', 'one.json', 'one.json']],
      [1, ['diff', 'one.json', 'none.json']],
      [2, ['diff', 'one.json']],
    ],
  ],
  [
    'bin/tools.ts',
    [
      [0, ['--help']],
      [1, ['scan', ...NOWHERE]],
      [2, ['scna']],
    ],
  ],
  [
    'bin/search.ts',
    [
      [0, ['--help']],
      [1, ['words', ...NOWHERE]],
      [2, ['--saving']],
    ],
  ],
  [
    'bin/audit.ts',
    [
      [0, ['--help']],
      [2, ['verify', 'missing.log']],
    ],
  ],
  [
    'bin/doctor.ts',
    [
      [0, ['--help']],
      [2, ['a', 'b']],
    ],
  ],
  [
    'bin/status.ts',
    [
      [0, ['--help']],
      [2, ['--frob']],
    ],
  ],
  [
    'bin/verify.ts',
    [
      [0, ['--help']],
      [2, ['--json']],
    ],
  ],
])('%s in a separate process', (script, ways) => {
  test.each(ways)('exits with %i after %j, and prints what it prints elsewhere', async (code, args) => {
    const environment = { INIT_CWD: folder };
    const ran = await inOwnProcess(script, args, environment);
    expect(ran.code, ran.stderr).toBe(code);
    expect(`${ran.stdout}${ran.stderr}`).not.toBe('');
    const again = await command(script, args, environment);
    // The log is written a moment later in one of them.
    expect({ ...again, stderr: unlogged(again.stderr) }).toEqual({ ...ran, stderr: unlogged(ran.stderr) });
  });
});
