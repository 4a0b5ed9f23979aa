/** Tool search with clients from outside this project, in front of real servers. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Client } from '@modelcontextprotocol/client';
import { McpClient } from '@strands-agents/sdk';
import { afterAll, beforeAll, expect, it, test, vi } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { audit, validation } from '../../proxy/controls/index.ts';
import { connect } from '../aggregate/servers.ts';
import { startFront } from '../support/front.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { type Everything, startEverything } from '../upstream/everything.ts';

vi.setConfig({ testTimeout: 60_000 });

let everything: Everything;
let calculator: Awaited<ReturnType<typeof startCalculator>>;
beforeAll(async () => {
  [everything, calculator] = await Promise.all([startEverything(), startCalculator()]);
});
afterAll(() => Promise.all([everything[Symbol.asyncDispose](), calculator.close()]));

async function textOf(result: Promise<unknown>): Promise<string> {
  const { content } = (await result) as { content: [{ text: string }] };
  return content[0].text;
}

async function found(client: Client, query: string): Promise<{ name: string; inputSchema: object }[]> {
  const text = await textOf(client.callTool({ name: 'search_tools', arguments: { query } }));
  return (JSON.parse(text) as { tools: { name: string; inputSchema: object }[] }).tools;
}

test.each(['legacy', 'modern'] as const)(
  'the official TypeScript client finds a tool and calls it (%s)',
  async (era) => {
    await using front = await startFront(calculator, { search: true, controls: [audit(), validation()] });
    await using client = await connect(front.proxy.url, era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search_tools', 'call_tool']);
    const [best] = await found(client, 'multiplication of two numbers');
    expect(best).toMatchObject({ name: 'multiply', inputSchema: { type: 'object' } });
    const call = client.callTool({ name: 'call_tool', arguments: { name: 'multiply', arguments: { a: 17, b: 23 } } });
    expect(await textOf(call)).toContain('391');
    const wrong = await client.callTool({ name: 'call_tool', arguments: { name: 'multiply', arguments: { a: 'x' } } });
    expect(wrong.isError).toBe(true);
  },
);

it('carries progress of the tool to the client that called it through call_tool', async () => {
  await using front = await startFront(everything, { search: true, controls: [audit()] });
  await using client = await connect(front.proxy.url, 'legacy');
  const seen: number[] = [];
  await client.callTool(
    {
      name: 'call_tool',
      arguments: { name: 'trigger-long-running-operation', arguments: { duration: 0.3, steps: 3 } },
    },
    { onprogress: ({ progress }) => seen.push(progress) },
  );
  expect(seen).toEqual([1, 2, 3]);
});

it('carries a question of the tool to the client that called it through call_tool, and the answer back', async () => {
  await using front = await startFront(everything, { search: true, controls: [audit()] });
  await using client = await connect(front.proxy.url, 'legacy');
  let asked = '';
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked = params.message;
    return { action: 'decline' };
  });
  await client.listTools();
  const text = await textOf(
    client.callTool({ name: 'call_tool', arguments: { name: 'trigger-elicitation-request', arguments: {} } }),
  );
  expect(asked).not.toBe('');
  expect(text).toContain('declined');
});

test('the Strands client finds a tool and calls it', async () => {
  await using front = await startFront(everything, { search: { pinned: ['echo'] } });
  await using client = new McpClient({ url: front.proxy.url, disableMcpInstrumentation: true });
  const tools = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['search_tools', 'call_tool', 'echo']);
  const [search, call] = tools;
  if (search === undefined || call === undefined) throw new TypeError('expected two tools');
  const hits = await client.callTool(search, { query: 'add two numbers' });
  expect(JSON.stringify(hits)).toContain('get-sum');
  const result = await client.callTool(call, { name: 'get-sum', arguments: { a: 2, b: 3 } });
  expect(JSON.stringify(result)).toContain('is 5');
});

test("the Inspector's command line finds a tool", async () => {
  await using front = await startFront(calculator, { search: true });
  const launcher = fileURLToPath(
    import.meta.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js'),
  );
  const call = ['--method', 'tools/call', '--tool-name', 'search_tools', '--tool-arg', 'query=multiply'];
  const out = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [launcher, '--cli', front.proxy.url, '--transport', 'http', ...call],
      { env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], HOME: tmpdir() } },
      (_, stdout) => resolve(stdout),
    );
  });
  expect(out).toContain('multiply');
  expect(out).toContain('inputSchema');
});
