import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';

let calculator: Awaited<ReturnType<typeof startCalculator>>;
beforeAll(async () => {
  calculator = await startCalculator();
});
afterAll(() => calculator.close());

const eras = [
  { era: 'legacy', version: '2025-11-25', mode: 'legacy' },
  { era: 'modern', version: '2026-07-28', mode: { pin: '2026-07-28' } },
] as const;

describe.each(eras)('in the $era era, the calculator', ({ version, mode }) => {
  let client: Client;
  let answer: { action: 'accept'; content: { confirm: boolean } } | { action: 'decline' };
  beforeAll(async () => {
    client = new Client(
      { name: 'test', version: '1' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
    );
    client.setRequestHandler('elicitation/create', () => answer);
    await client.connect(new StreamableHTTPClientTransport(new URL(calculator.url)));
  });
  afterAll(() => client.close());

  test(`speaks ${version}`, () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    expect(client.getServerVersion()?.name).toBe('calculator');
  });

  test('lists its tools with schemas and annotations', async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual([
      'add',
      'subtract',
      'multiply',
      'divide',
      'countdown',
      'confirm_reset',
      'lookup_customer',
    ]);
    expect(tools[0]).toMatchObject({
      inputSchema: { required: ['a', 'b'] },
      outputSchema: { properties: { result: { type: 'number' } } },
      annotations: { readOnlyHint: true, idempotentHint: true },
    });
  });

  test.each([
    ['add', 1.5, 2, 3.5],
    ['subtract', 1, 3, -2],
    ['multiply', 6, 7, 42],
    ['divide', 1, 4, 0.25],
  ])('%s(%d, %d) is %d, as structure and as text', async (name, a, b, result) => {
    const reply = await client.callTool({ name, arguments: { a, b } });
    expect(reply.structuredContent).toEqual({ result });
    expect(reply.content).toEqual([{ type: 'text', text: String(result) }]);
  });

  test.each([
    ['divide', { a: 1, b: 0 }, /divide by 0/],
    ['multiply', { a: 1e200, b: 1e200 }, /too large/],
    ['add', { a: 1 }, /b/],
    ['lookup_customer', { id: 'C-9' }, /no customer C-9/],
  ])('%s(%j) fails as a tool result a model can read', async (name, args, text) => {
    const reply = await client.callTool({ name, arguments: args });
    expect(reply.isError).toBe(true);
    expect(reply.content[0]).toMatchObject({ type: 'text', text: expect.stringMatching(text) });
  });

  test('countdown reports each step before it answers', async () => {
    const steps: number[] = [];
    const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
    await client.callTool({ name: 'countdown', arguments: { steps: 3, intervalMs: 1 } }, { onprogress });
    expect(steps).toEqual([1, 2, 3]);
  });

  test('confirm_reset asks the person, and does as they answer', async () => {
    await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } });
    answer = { action: 'decline' };
    expect((await client.callTool({ name: 'confirm_reset' })).structuredContent).toMatchObject({ reset: false });
    answer = { action: 'accept', content: { confirm: true } };
    expect((await client.callTool({ name: 'confirm_reset' })).structuredContent).toEqual({
      reset: true,
      calculations: 0,
    });
  });

  test('a customer is returned as structure, as prose and as a resource', async () => {
    const reply = await client.callTool({ name: 'lookup_customer', arguments: { id: 'C-1002' } });
    expect(reply.structuredContent).toMatchObject({
      name: 'Jörg Beispiel-Müller',
      iban: 'DE89 3704 0044 0532 0130 00',
    });
    expect(reply.content[0]).toMatchObject({ text: expect.stringContaining('joerg.beispiel@example.de') });
    const { contents } = await client.readResource({ uri: 'customer://C-1002' });
    expect(contents[0]).toMatchObject({ text: expect.stringContaining('5555 5555 5555 4444') });
  });

  test('resources, templates, prompts and completion work', async () => {
    expect((await client.listResources()).resources).toHaveLength(6);
    expect((await client.listResourceTemplates()).resourceTemplates[0]?.uriTemplate).toBe('customer://{id}');
    expect((await client.listPrompts()).prompts[0]?.name).toBe('explain_calculation');
    const prompt = await client.getPrompt({ name: 'explain_calculation', arguments: { calculation: '17 * 23' } });
    expect(prompt.messages[0]?.content).toMatchObject({ text: expect.stringContaining('17 * 23') });
    const typed = { name: 'id', value: 'C-100' };
    expect(
      (await client.complete({ ref: { type: 'ref/resource', uri: 'customer://{id}' }, argument: typed })).completion
        .values,
    ).toHaveLength(5);
  });
});
