/** `npm run search`, in front of an upstream with the made-up catalogue. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { savingOf, savingText } from '../../bin/search/saving.ts';
import { scripted } from '../aggregate/scripted.ts';
import { writtenLock } from '../controls/tool-lock/written.ts';
import { command } from '../support/commands.ts';
import type { Upstream } from '../support/upstream.ts';
import { catalogue } from './catalogue.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let upstream: Upstream;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-search-'));
  upstream = await scripted({
    'tools/list': { tools: catalogue(), resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'made-up', version: '1' },
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
    },
  });
});
afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function runSearch(args: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await command('bin/search.ts', args, { UPSTREAM_URL: upstream.url });
  return { code, out: stdout, err: stderr };
}

test('prints the tokens of the list with and without search, by the options of the config', async () => {
  const config = join(folder, 'proxy.config.ts');
  await writeFile(
    config,
    `import { defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({ search: { pinned: ['mail___send*'], limit: 3 }, controls: [] });
`,
  );
  const { code, out, err } = await runSearch(['--config', config]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('without search: 1000 tools, about ');
  expect(out).toContain('with search:    2 tools and 1 pinned, about ');
  expect(out).toContain('each search:    3 tools, about ');
  expect(out).toContain('characters divided by 4');
});

test('prints what a question finds, best first', async () => {
  const { code, out } = await runSearch(['which', 'tariff', 'code', 'do', 'these', 'goods', 'have']);
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toBe('1. shipping___classifyCustomsForm: Find the tariff code of goods.');
  expect(await runSearch(['zyxw', '--upstream', `default=${upstream.url}`])).toMatchObject({
    code: 0,
    out: 'no tool fits these words\n',
  });
});

test('asks the upstreams of a config with a lock, whatever it locks', async () => {
  const config = join(folder, 'locked.config.ts');
  await writeFile(
    config,
    `import { defineProxy } from 'agentcore-mcp-proxy';
import { toolLock } from 'agentcore-mcp-proxy/controls';
import lock from './tools.lock.json' with { type: 'json' };
export default defineProxy({ search: true, controls: [toolLock({ lock })] });
`,
  );
  await writeFile(join(folder, 'tools.lock.json'), JSON.stringify(writtenLock({ tools: [] })));
  const { code, out, err } = await runSearch(['--config', config]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('without search: 1000 tools, about ');
});

test.each([
  ['an unknown option', ['--saving'], 2],
  ['an upstream that the config does not have', ['--upstream', 'crm'], 2],
  ['an upstream that is down', ['--upstream', 'http://127.0.0.1:1/mcp'], 1],
])('says what is wrong with %s', async (_, args, code) => {
  const ran = await runSearch(args);
  expect(ran.code).toBe(code);
  expect(ran.err).not.toBe('');
});

test('estimates what a list costs from its characters', () => {
  const settings = { pinned: [], names: { search: 's', call: 'c' }, limit: 5 };
  const saving = savingOf([{ name: 'a'.repeat(4_000 - '{"name":""}'.length) }], settings);
  expect(saving).toMatchObject({ tools: 1, pinned: 0, whole: 4_000, found: 4_000 });
  expect(savingText(saving)).toContain('without search: 1 tools, about 1,000 tokens');
  expect(savingText(savingOf([], settings))).toContain('without search: 0 tools, about 0 tokens');
  const short = savingText(savingOf([{ name: 'a'.repeat(400) }], settings));
  expect(short).toMatch(/with search: .* \(\d+ % more\)/);
  expect(short).toContain('each search:    1 tools, about 103 tokens');
});
