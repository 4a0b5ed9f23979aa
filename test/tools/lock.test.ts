/** `npm run tools -- lock`: what it writes, in front of real servers. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { toolLock } from '../../proxy/controls/tool-lock/index.ts';
import { lockOf } from '../../proxy/controls/tool-lock/lock.ts';
import { connect, startSeveral } from '../aggregate/servers.ts';
import { startUpstream, emptyResult, idOf, respondJson } from '../support/upstream.ts';
import { runTools } from './run-tools.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-tools-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SEVERAL = `import { defineProxy } from 'agentcore-mcp-proxy';
import { toolLock } from 'agentcore-mcp-proxy/controls';
import lock from './tools.lock.json' with { type: 'json' };
export default defineProxy({ upstreams: { one: { prefix: true }, two: { prefix: 'b' } }, controls: [toolLock({ lock })] });
`;

test('locks several upstreams under the names that clients use, and that lock lets all of them through', async () => {
  const calculators = [await startCalculator(), await startCalculator()] as const;
  const urls = { one: calculators[0].url, two: calculators[1].url };
  const config = join(folder, 'proxy.config.ts');
  await writeFile(config, SEVERAL);
  const ran = await runTools(['lock', '--config', config], { UPSTREAM_ONE_URL: urls.one, UPSTREAM_TWO_URL: urls.two });
  expect(ran).toMatchObject({ code: 0, err: '' });
  const text = await readFile(join(folder, 'tools.lock.json'), 'utf8');
  const given = JSON.parse(text) as object;
  const lock = lockOf(given, []);
  expect(lock?.upstreams).toEqual({ one: 'one___', two: 'b___' });
  expect(lock?.tools.find(({ name }) => name === 'b___add')).toMatchObject({ upstream: 'two', upstreamName: 'add' });
  expect(lock?.tools.map(({ name }) => name)).toEqual(lock?.tools.map(({ name }) => name).toSorted());

  const several = { upstreams: { one: { prefix: true }, two: { prefix: 'b' } }, controls: [toolLock({ lock: given })] };
  await using world = await startSeveral(urls, several);
  for (const era of ['legacy', 'modern'] as const) {
    await using client = await connect(world.proxy.url, era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(lock?.tools.map(({ name }) => name));
    expect(await client.callTool({ name: 'b___add', arguments: { a: 1, b: 2 } })).toMatchObject({
      content: [{ text: expect.stringContaining('3') as string }],
    });
    expect(lock?.instructions.map((each) => each.text)).toContain(client.getInstructions());
  }
  for (const calculator of calculators) await calculator.close();
});

test('takes the address of each of several upstreams as an option, and says which one is down', async () => {
  const calculators = [await startCalculator(), await startCalculator()] as const;
  const [one, two] = calculators.map(({ url }) => url);
  const config = join(folder, 'options.config.ts');
  await writeFile(config, SEVERAL);
  const out = join(folder, 'by-options.json');
  const lockBy = () =>
    runTools(['lock', '--config', config, '--out', out, '--upstream', `one=${one}`, '--upstream', `two=${two}`]);
  expect(await lockBy()).toMatchObject({ code: 0, err: '' });
  expect(lockOf(JSON.parse(await readFile(out, 'utf8')), [])?.upstreams).toEqual({ one: 'one___', two: 'b___' });
  await calculators[1].close();
  const down = await lockBy();
  expect(down.code).toBe(1);
  expect(down.err).toContain(`the upstream two at ${two} can't be read: expected an MCP server, got "`);
  await calculators[0].close();
});

test('writes the same text for the same upstream, and no character that a reviewer cannot see', async () => {
  const tools = [
    {
      name: 'b',
      description: 'x\u200b\u{e0041}y',
      inputSchema: { type: 'object', properties: { q: { 'x-mcp-header': 'Region' } } },
    },
    { inputSchema: { type: 'object' }, name: 'a' },
  ];
  await using upstream = await startUpstream((request, response) => {
    const id = idOf(request);
    const answer = (result: object): void =>
      respondJson(response, `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
    if (request.text.includes('"tools/list"')) return answer({ tools });
    if (!/"initialize"|"server\/discover"/.test(request.text)) return emptyResult(request, response);
    const serverInfo = { name: 'u', version: '1' };
    return request.text.includes('"initialize"')
      ? answer({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo })
      : respondJson(response, `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"no"}}`);
  });
  const texts: string[] = [];
  for (const file of ['one.json', 'two.json']) {
    const out = join(folder, file);
    expect(await runTools(['lock', '--upstream', upstream.url, '--out', out])).toMatchObject({ code: 0 });
    texts.push(await readFile(out, 'utf8'));
    tools.reverse();
  }
  expect(texts[1]).toBe(texts[0]);
  expect(texts[0]).toMatch(/^[\x20-\x7e\n]*$/);
  expect(JSON.parse(texts[0] ?? '')).toMatchObject({
    server: 'u',
    tools: [{ name: 'a' }, { name: 'b', headers: ['Mcp-Param-Region'], entry: { description: 'x\u200b\u{e0041}y' } }],
  });
});

test.each([
  [[], 2, 'expected lock, diff or scan, got nothing'],
  [['unlock'], 2, 'expected lock, diff or scan, got unlock'],
  [['lock', '--upstream', 'crm'], 2, '--upstream: expected a URL or one of default, got "crm"'],
  [['lock'], 1, 'got nothing: set it, or give --upstream URL'],
  [
    ['lock', '--upstream', 'http://127.0.0.1:9/mcp'],
    1,
    'the upstream at http://127.0.0.1:9/mcp can\'t be read: expected an MCP server, got "the upstream can\'t be reached: ECONNREFUSED": check that it runs, its address',
  ],
])('with %j it ends with %i and says why', async (args, code, words) => {
  const ran = await runTools(args);
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(words);
});
