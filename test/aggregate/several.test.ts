import { describe, expect, it, vi } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { startEverything } from '../upstream/everything.ts';
import { connect, startSeveral } from './servers.ts';

const ERAS = ['legacy', 'modern'] as const;

describe.each(ERAS)('two calculators behind one proxy, %s', (era) => {
  async function started() {
    const [math, crm] = [await startCalculator(), await startCalculator()];
    const several = await startSeveral({ math: math.url, crm: crm.url });
    const client = await connect(several.proxy.url, era);
    return {
      client,
      url: several.proxy.url,
      async [Symbol.asyncDispose]() {
        await client.close();
        await several[Symbol.asyncDispose]();
        await math.close();
        await crm.close();
      },
    };
  }

  it('lists the tools of both under their prefixes, in the order of the config', async () => {
    await using s = await started();
    const { tools } = await s.client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual([
      ...['add', 'subtract', 'multiply', 'divide', 'countdown', 'confirm_reset', 'lookup_customer'].map(
        (name) => `math___${name}`,
      ),
      ...['add', 'subtract', 'multiply', 'divide', 'countdown', 'confirm_reset', 'lookup_customer'].map(
        (name) => `crm___${name}`,
      ),
    ]);
  });

  it('names itself as the server, and unites capabilities and instructions', async () => {
    await using s = await started();
    expect(s.client.getServerVersion()).toMatchObject({ name: 'agentcore-mcp-proxy' });
    expect(s.client.getServerCapabilities()).toMatchObject({ tools: {}, prompts: {}, resources: {}, logging: {} });
    expect(s.client.getInstructions()).toMatch(/^# math\n\n> Use the arithmetic[^]*\n\n# crm\n\n> Use the arithmetic/);
  });

  it('sends a call to the upstream of its prefix', async () => {
    await using s = await started();
    await s.client.callTool({ name: 'math___add', arguments: { a: 1, b: 2 } });
    await s.client.callTool({ name: 'math___add', arguments: { a: 1, b: 2 } });
    const counted = async (name: string) => {
      const { structuredContent } = await s.client.callTool({ name, arguments: { a: 20, b: 3 } });
      return structuredContent;
    };
    expect(await counted('math___subtract')).toEqual({ result: 17 });
    expect(await counted('crm___multiply')).toEqual({ result: 60 });
  });

  it('asks the person for the upstream that asked, and the answer finds its way back', async () => {
    await using s = await started();
    const asked: string[] = [];
    s.client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { confirm: true } };
    });
    await s.client.callTool({ name: 'crm___add', arguments: { a: 1, b: 2 } });
    const { structuredContent } = await s.client.callTool({ name: 'crm___confirm_reset' });
    expect([asked, structuredContent]).toEqual([['Forget all 1 calculations?'], { reset: true, calculations: 0 }]);
  });

  it('passes progress on', async () => {
    await using s = await started();
    const seen: number[] = [];
    await s.client.callTool(
      { name: 'crm___countdown', arguments: { steps: 3, intervalMs: 1 } },
      { onprogress: ({ progress }) => void seen.push(progress) },
    );
    expect(seen).toEqual([1, 2, 3]);
  });

  it('gives URIs that both have the name of their upstream, and reads each from its own', async () => {
    await using s = await started();
    const { resources } = await s.client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain('crm+customer://C-1001');
    const { contents } = await s.client.readResource({ uri: 'crm+customer://C-1001' });
    expect(contents[0]).toMatchObject({ uri: 'crm+customer://C-1001' });
    await expect(s.client.readResource({ uri: 'customer://C-1001' })).rejects.toThrow(
      'several upstreams have this resource: expected a URI that begins with math+ or crm+',
    );
  });

  it('completes arguments of prompts and of templates', async () => {
    await using s = await started();
    const { prompts } = await s.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['math___explain_calculation', 'crm___explain_calculation']);
    const { completion } = await s.client.complete({
      ref: { type: 'ref/resource', uri: 'crm+customer://{id}' },
      argument: { name: 'id', value: 'C-100' },
    });
    expect(completion.values).toContain('C-1001');
  });

  it('refuses a tool that no prefix leads to as an unknown one', async () => {
    await using s = await started();
    await expect(s.client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).rejects.toThrow('Unknown tool: add');
  });
});

it('keeps the tools of the others while one is down, says so, and shows it again once it is back', async () => {
  await using every = await startEverything();
  const math = await startCalculator();
  await using several = await startSeveral({ math: math.url, every: every.url });
  await using client = await connect(several.proxy.url, 'legacy');
  const listed = async () => {
    const { tools, _meta } = await client.listTools();
    return {
      math: tools.some(({ name }) => name === 'math___add'),
      every: tools.some(({ name }) => name === 'every___echo'),
      _meta,
    };
  };
  expect(await listed()).toMatchObject({ math: true, every: true });
  const { port } = new URL(math.url);
  await math.close();
  await using other = await connect(several.proxy.url, 'legacy');
  const { tools, _meta } = await other.listTools();
  expect(tools.map(({ name }) => name).filter((name) => !name.startsWith('every___'))).toEqual([]);
  expect(_meta).toEqual({ 'agentcore-mcp-proxy/unavailable': ['math'] });
  expect(await other.callTool({ name: 'every___echo', arguments: { message: 'hi' } })).toMatchObject({
    content: [{ type: 'text', text: 'Echo: hi' }],
  });
  const again = await startCalculator({ port: Number(port) });
  await vi.waitFor(
    async () => {
      const back = await other.listTools();
      expect(back.tools.map(({ name }) => name)).toContain('math___add');
    },
    { timeout: 60_000, interval: 300 },
  );
  expect(await other.callTool({ name: 'math___add', arguments: { a: 2, b: 3 } })).toMatchObject({
    structuredContent: { result: 5 },
  });
  await again.close();
});
