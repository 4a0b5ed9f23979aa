/** Results are on standard output; what the proxy's code logs meanwhile is on standard error. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../bin/cli/commands.ts';
import { ROOT } from '../../lib/root.ts';
import { inOwnProcess } from '../support/commands.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';

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

test('of upstreams that speak one era, nothing is logged: it is read in that era', async () => {
  const upstreams = await Promise.all(
    ['one', 'other'].map(() =>
      startUpstream((request, response) => {
        const { id, method } = JSON.parse(request.text || '{}') as { readonly id?: unknown; readonly method?: string };
        const info = {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'u', version: '1' },
        };
        const results: Readonly<Record<string, object>> = {
          initialize: info,
          'tools/list': { tools: [{ name: 'add', inputSchema: { type: 'object' } }] },
        };
        const result = results[method ?? ''];
        const answer = result === undefined ? { error: { code: -32601, message: 'no such method' } } : { result };
        if (id === undefined) response.writeHead(202).end();
        else respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
      }),
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), 'eras-'));
  try {
    const config = join(folder, 'proxy.config.ts');
    await writeFile(
      config,
      `import { defineProxy } from 'agentcore-mcp-proxy';
       export default defineProxy({ controls: [], upstreams: { one: { prefix: true }, other: { prefix: true } } });`,
    );
    const addresses = ['one', 'other'].flatMap((name, i) => ['--upstream', `${name}=${upstreams[i]?.url}`]);
    const { code, stdout, stderr } = await inOwnProcess('bin/search.ts', ['add', '--config', config, ...addresses]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('one___add');
  } finally {
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
});
