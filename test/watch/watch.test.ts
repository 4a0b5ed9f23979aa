/** A config changes while the proxy runs, with calls, streams and sessions under way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import type { Detail, Summary } from '../../console/record/records.ts';
import { startCalculator } from '../../local/calculator.ts';
import { post } from '../console/consoles.ts';

const CONFIG = (controls: string): string => `
import { defineProxy } from 'agentcore-mcp-proxy';
import { rules } from './rules.ts';
export default defineProxy({ controls: [${controls}] });
`;
const RULES = (tool: string): string => `
import { defineControl, Denied } from 'agentcore-mcp-proxy';
export const rules = defineControl({
  name: 'rules',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': (call, next) => {
      if (call.name === '${tool}') throw new Denied('no ${tool}');
      return next(call);
    },
  }),
});
`;
const POLICY = `
import { defineProxy, fixed } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
import rules from './rules.cedar';
export default defineProxy({ caller: fixed({ sub: 'ann' }), controls: [accessPolicy({ policies: [rules] })] });
`;
const NAMING = `
import { defineControl } from 'agentcore-mcp-proxy';
export const naming = defineControl({
  name: 'naming',
  replies: 'transforms',
  setup: () => ({
    otherwise: 'pass',
    'server/discover': async (call, next) => {
      const reply = await next(call);
      return reply.mapResult((result) => ({ ...result, instructions: 'from the control' }));
    },
  }),
});
`;

interface Running extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly log: string[];
  /** Writes a file of the config, and waits for what the log says of it. */
  change(file: string, text: string, says: string): Promise<void>;
  get<T>(path: string): Promise<T>;
}

/** @param files besides the config and `rules.ts` */
async function running(
  config = CONFIG('rules'),
  options: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  await writeFile(join(folder, 'proxy.config.ts'), config);
  await writeFile(join(folder, 'rules.ts'), RULES('subtract'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const log: string[] = [];
  // In its own process: the modules of the config are Node's to load.
  const started = spawn(
    process.execPath,
    [
      'bin/start.ts',
      '--watch',
      '--config',
      join(folder, 'proxy.config.ts'),
      '--port',
      '0',
      '--console-port',
      '0',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  started.stdout.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const found = async (pattern: RegExp): Promise<string> => {
    await expect.poll(() => log.join('')).toMatch(pattern);
    return pattern.exec(log.join(''))?.[1] ?? '';
  };
  const url = await found(/proxy {5}(http:\S+)\n/);
  const { origin, hash } = new URL(await found(/console {3}(http:\S+)\n/));
  await found(/(Ctrl-C)/);
  return {
    url,
    folder,
    log,
    change: async (file, text, says) => {
      const from = log.join('').length;
      await writeFile(join(folder, file), text);
      await expect.poll(() => log.join('').slice(from)).toContain(says);
    },
    get: async <T>(path: string) => {
      const headers = { authorization: `Bearer ${hash.replace('#key=', '')}` };
      return (await (await fetch(`${origin}${path}`, { headers })).json()) as T;
    },
    async [Symbol.asyncDispose]() {
      started.kill('SIGINT');
      await once(started, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

const call = async (url: string, name: string): Promise<string> =>
  (await post(url, 'tools/call', { name, arguments: { a: 5, b: 3 } })).text();

describe('a config that changes while the proxy runs', () => {
  it('serves from the next call on, with the files that it imports; calls under way end as they began', async () => {
    await using proxy = await running();
    expect(await call(proxy.url, 'add')).toContain('"text":"8"');
    expect(await call(proxy.url, 'subtract')).toContain('no subtract');
    const slow = post(proxy.url, 'tools/call', { name: 'countdown', arguments: { steps: 30, intervalMs: 100 } });
    await expect
      .poll(async () => (await proxy.get<Summary[]>('/api/calls')).some(({ outcome }) => outcome === 'open'))
      .toBe(true);
    await proxy.change('rules.ts', RULES('countdown'), 'serves from now on');
    expect(await call(proxy.url, 'countdown')).toContain('no countdown');
    expect(await call(proxy.url, 'subtract')).toContain('"text":"2"');
    expect(await (await slow).text()).toContain('Counted down from 30');
  });

  it('keeps sessions and their streams', async () => {
    await using proxy = await running();
    const client = new Client({ name: 'old', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(proxy.url)));
    const args = { a: 5, b: 3 };
    expect(await client.callTool({ name: 'add', arguments: args })).toMatchObject({ structuredContent: { result: 8 } });
    await proxy.change('rules.ts', RULES('add'), 'serves from now on');
    await expect(client.callTool({ name: 'add', arguments: args })).rejects.toThrow('no add');
    expect(await client.callTool({ name: 'subtract', arguments: args })).toMatchObject({
      structuredContent: { result: 2 },
    });
    // Also if the connections to the upstream are made again.
    const slower = CONFIG('rules').replace(
      'defineProxy({',
      'defineProxy({ upstreams: { default: { idleMs: 60_000 } },',
    );
    await proxy.change('proxy.config.ts', slower, 'serves from now on');
    expect(await client.callTool({ name: 'subtract', arguments: args })).toMatchObject({
      structuredContent: { result: 2 },
    });
    await client.close();
  });

  it.each([
    ['a syntax error', 'rules.ts', 'export const rules = {'],
    ['a fault', 'proxy.config.ts', CONFIG('rules, rules')],
    ['a missing import', 'proxy.config.ts', CONFIG('rules').replace('./rules.ts', './others.ts')],
    [
      'a control that throws',
      'rules.ts',
      RULES('add').replace('setup: () => ({', "setup: () => { throw new Error('no good'); }, x: () => ({"),
    ],
  ])('stays as it was after %s, until that is repaired', async (_, file, faulty) => {
    await using proxy = await running();
    await proxy.change(file, faulty, 'is faulty');
    // A terminal opens the file at its line.
    expect(proxy.log.join('')).not.toContain('?reload');
    expect(await call(proxy.url, 'subtract')).toContain('no subtract');
    expect(await call(proxy.url, 'add')).toContain('"text":"8"');
    await writeFile(join(proxy.folder, 'proxy.config.ts'), CONFIG('rules'));
    await proxy.change('rules.ts', RULES('add'), 'serves from now on');
    expect(await call(proxy.url, 'add')).toContain('no add');
  });

  it('takes a changed policy of Cedar, and keeps the old one while the new one is faulty', async () => {
    const allowing = (tool: string): string =>
      `permit (principal, action == Action::"tools/call", resource == Tool::"${tool}");\n`;
    await using proxy = await running(POLICY, [], { 'rules.cedar': allowing('add') });
    const allowed = async (): Promise<string[]> => {
      const tools = ['add', 'subtract'];
      const replies = await Promise.all(tools.map((tool) => call(proxy.url, tool)));
      return tools.filter((_, i) => replies[i]?.includes('"structuredContent"') === true);
    };
    expect(await allowed()).toEqual(['add']);
    await proxy.change('rules.cedar', `${allowing('subtract')}permit (principal`, 'is faulty');
    expect(await allowed()).toEqual(['add']);
    await proxy.change('rules.cedar', allowing('subtract'), 'serves from now on');
    expect(await allowed()).toEqual(['subtract']);
  });

  it('says in words which file is missing: the config, or a lock that it imports, and how to write that', async () => {
    await using proxy = await running();
    const locked = `import './tools.lock.json' with { type: 'json' };\n${CONFIG('rules')}`;
    await proxy.change('proxy.config.ts', locked, 'write it with \\"npm run tools -- lock --config');
    await rm(join(proxy.folder, 'proxy.config.ts'));
    await expect.poll(() => proxy.log.join('')).toContain('--config: expected a file, found nothing at ');
    await proxy.change('proxy.config.ts', CONFIG('rules'), 'serves from now on');
  });

  it('begins to change replies that no control looked at before, and the console shows the new controls', async () => {
    await using proxy = await running();
    const redacting = CONFIG('rules, redaction({ client: { detectors: [paymentCard()] } })').replace(
      'import { rules }',
      "import { paymentCard, redaction } from 'agentcore-mcp-proxy/controls';\nimport { rules }",
    );
    const lookUp = async (): Promise<string> =>
      (await post(proxy.url, 'tools/call', { name: 'lookup_customer', arguments: { id: 'C-1001' } })).text();
    expect(await lookUp()).toContain('4111 1111 1111 1111');
    await proxy.change('proxy.config.ts', redacting, 'controls rules, redaction');
    expect(await lookUp()).not.toContain('4111 1111 1111 1111');
    await expect.poll(async () => (await proxy.get<Summary[]>('/api/calls')).at(-1)?.outcome).toBe('ok');
    const calls = await proxy.get<Summary[]>('/api/calls');
    const details = await Promise.all(calls.map(({ id }) => proxy.get<Detail>(`/api/call?id=${id}`)));
    const looked = details
      .filter(({ name }) => name === 'lookup_customer')
      .map(({ steps }) => steps.map(({ control }) => control));
    expect(looked).toEqual([['rules'], ['rules', 'redaction']]);
    expect(await proxy.get('/api/about')).toMatchObject({ controls: [{ name: 'rules' }, { name: 'redaction' }] });
  });

  it('begins to change what it answers itself for several upstreams', async () => {
    const calculators = [await startCalculator(), await startCalculator()] as const;
    try {
      const several = (controls: string): string =>
        CONFIG(controls).replace(
          '{ controls',
          '{ upstreams: { one: { prefix: true }, two: { prefix: true } }, controls',
        );
      const options = calculators.flatMap(({ url }, i) => ['--upstream', `${i === 0 ? 'one' : 'two'}=${url}`]);
      await using proxy = await running(several('rules'), options);
      const discover = async (): Promise<string> => (await post(proxy.url, 'server/discover', {})).text();
      expect(await discover()).toContain('serverInfo');
      await writeFile(join(proxy.folder, 'naming.ts'), NAMING);
      const naming = several('rules, naming').replace(
        'import { rules }',
        "import { naming } from './naming.ts';\nimport { rules }",
      );
      await proxy.change('proxy.config.ts', naming, 'serves from now on');
      expect(await discover()).toContain('from the control');
    } finally {
      await Promise.all(calculators.map((each) => each.close()));
    }
  });
});
