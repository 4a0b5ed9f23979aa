import { describe, expect, test, vi } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';
import { enrichment, type EnrichmentOptions } from '../../../proxy/controls/enrichment/index.ts';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { responseOf, way, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';
import { type Listed, startListed } from '../validation/listing.ts';

const LOOK_UP = {
  name: 'crm___lookUp',
  title: 'Look up',
  description: 'Looks a customer up.',
  inputSchema: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      region: { type: 'string', 'x-mcp-header': 'Region' },
      tenant: { type: 'string' },
    },
    required: ['id', 'region'],
    additionalProperties: false,
  },
  annotations: { title: 'Look up' },
  _meta: { 'example.com/cost': 1 },
};
const ADD = {
  name: 'add',
  description: 'Adds.',
  inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
};
const RESET = { name: 'reset', inputSchema: { type: 'object' } };
const TOOLS = [LOOK_UP, ADD, RESET];

const OPTIONS: EnrichmentOptions = {
  hide: ['reset'],
  tools: {
    crm___lookUp: {
      name: 'find_customer',
      title: 'Find a customer',
      description: (own) => `${own} By id.`,
      arguments: { region: { value: 'eu' } },
      annotations: { readOnlyHint: true },
      meta: { 'example.com/owner': 'crm' },
    },
  },
};

async function shown(world: Listed, by = way('modern', 'json')): Promise<unknown> {
  return responseOf(await world.ask(by.call('tools/list'))).result?.['tools'];
}

describe.each(ways)('enrichment (%s)', (_name, way) => {
  test('shows tools as configured, and all others byte for byte', async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS, { way });
    const reply = await world.ask(way.call('tools/list'));
    expect(reply.text).toContain(JSON.stringify(ADD));
    expect(await shown(world, way)).toEqual([
      {
        name: 'find_customer',
        title: 'Find a customer',
        description: 'Looks a customer up. By id.',
        inputSchema: {
          type: 'object',
          properties: { id: { type: 'string' }, tenant: { type: 'string' } },
          required: ['id'],
          additionalProperties: false,
        },
        annotations: { title: 'Find a customer', readOnlyHint: true },
        _meta: { 'example.com/cost': 1, 'example.com/owner': 'crm' },
      },
      ADD,
    ]);
  });

  test.each([
    '{"tools":{"x":{"name":"reset"}}}',
    '{"tools":"reset"}',
    '{"Tools":[{"name":"reset"}]}',
    '{"tools":[],"TOOLS":[{"name":"reset"}]}',
  ])('refuses a list of tools that is not a list: %s', async (list) => {
    const upstream = await startUpstream(withSessions(way.result(list)));
    await using front = await startFront(upstream, { controls: [enrichment(OPTIONS)] });
    const { text } = await send(front, way.call('tools/list'));
    await upstream[Symbol.asyncDispose]();
    expect(text).toContain('inspection-failed');
    expect(text).not.toContain('"reset"');
  });

  test('does not show tools without a name', async () => {
    await using world = await startListed(
      [enrichment({ hide: ['reset'] })],
      ['reset', { Name: 'reset' }, { name: ['reset'] }, ADD],
      { way },
    );
    expect(await shown(world, way)).toEqual([ADD]);
  });

  test("changes a call back to the upstream's names, and adds the arguments that the proxy sets", async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS);
    expect(await world.call(way, 'find_customer', { id: 'C-1' })).not.toHaveProperty('error');
    expect(world.passed[0]?.text).toContain('"name":"crm___lookUp","arguments":{"id":"C-1","region":"eu"}');
  });

  test('rejects calls to hidden tools and by names that a tool no longer has', async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS);
    for (const name of ['reset', 'crm___lookUp', 'no_such_tool']) {
      expect(await world.call(way, name, {})).toEqual({
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32602, message: `Unknown tool: ${name}` },
      });
    }
    expect(await world.call(way, 'add', { a: 1 })).not.toHaveProperty('error');
    expect(world.passed).toHaveLength(1);
  });

  test('refuses arguments that the proxy sets', async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS);
    expect(await world.call(way, 'find_customer', { id: 'C-1', region: 'us' })).toMatchObject({
      result: {
        isError: true,
        content: [{ text: 'region: expected no value, got one: the proxy sets this argument, so leave it out' }],
      },
    });
    expect(world.passed).toEqual([]);
  });

  test("takes arguments from the caller's claims and from bindings", async () => {
    const control = enrichment({
      tools: {
        'crm*': {
          arguments: { tenant: { claim: 'tenant' }, region: { binding: 'REGION', for: 'where customers are' } },
        },
      },
    });
    expect(control.perCaller).toBe(true);
    const environment = { REGION: 'eu-central-1' };
    await using world = await startListed([control], TOOLS, {
      caller: fixed({ sub: 'ann', tenant: 'acme' }),
      environment,
    });
    await world.call(way, 'crm___lookUp', { id: 'C-1' });
    expect(world.passed[0]?.text).toContain('{"id":"C-1","tenant":"acme","region":"eu-central-1"}');
    await using without = await startListed([control], TOOLS, { caller: fixed({ sub: 'bob' }), environment });
    expect(await without.call(way, 'crm___lookUp', { id: 'C-1' })).toMatchObject({ error: { code: -31403 } });
    expect(without.passed).toEqual([]);
    await expect(startListed([control], TOOLS)).rejects.toThrow('REGION: expected a value');
  });

  test('groups tools under a prefix', async () => {
    await using world = await startListed([enrichment({ groups: { math_: ['add', 'sub*'] } })], [ADD, RESET]);
    expect(await shown(world, way)).toEqual([{ ...ADD, name: 'math_add' }, RESET]);
    await world.call(way, 'math_add', { a: 1 });
    expect(world.passed.at(-1)?.text).toContain('"name":"add"');
    for (const name of ['add', 'math_reset'])
      expect(await world.call(way, name, {})).toMatchObject({ error: { message: `Unknown tool: ${name}` } });
  });

  test("uses the client's name of a tool in the upstream's errors", async () => {
    await using world = await startListed([enrichment({ tools: { add: { name: 'plus' } } })], [ADD]);
    world.answer = way.messages(
      '{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"add: bad arguments for add. See add_all and /add.","data":{"tool":"add"}}}',
    );
    expect(await world.call(way, 'plus', {})).toMatchObject({
      error: { message: 'plus: bad arguments for plus. See add_all and /add.', data: { tool: 'plus' } },
    });
    world.answer = way.result({ isError: true, content: [{ type: 'text', text: 'Error executing tool add: no' }] });
    expect(await world.call(way, 'plus', {})).toMatchObject({
      result: { content: [{ text: 'Error executing tool plus: no' }] },
    });
    world.answer = way.result({ content: [{ type: 'text', text: 'add' }] });
    expect(await world.call(way, 'plus', {})).toMatchObject({ result: { content: [{ text: 'add' }] } });
  });

  test("changes a task's result, fetched later, like that of the call that started it", async () => {
    await using world = await startListed([enrichment({ tools: { add: { name: 'plus', delimit: true } } })], [ADD]);
    const [method, fetched] =
      way.era === 'modern'
        ? (['tasks/get', (result: object) => ({ taskId: 't1', status: 'completed', result })] as const)
        : (['tasks/result', (result: object) => result] as const);
    world.answer = way.result({
      resultType: 'task',
      taskId: 't1',
      status: 'working',
      task: { taskId: 't1', status: 'working' },
    });
    await world.call(way, 'plus', {});
    world.answer = way.result(fetched({ content: [{ type: 'text', text: 'add failed' }], isError: true }));
    const { text } = await world.ask(way.call(method, { taskId: 't1' }));
    expect(text).toMatch(/<<<DATA \w{32}>>>\\nplus failed\\n<<<END \w{32}>>>/);
  });

  test('changes nothing in audit-only mode', async () => {
    await using world = await startListed([auditOnly(enrichment(OPTIONS))], TOOLS);
    expect(await shown(world, way)).toEqual(TOOLS);
    await world.call(way, 'reset', {});
    expect(world.passed.at(-1)?.text).toContain('"name":"reset"');
  });

  test('works with a policy before it, which uses the names that the client sees', async () => {
    const policy = accessPolicy({ policies: [allow({ group: 'support', tools: ['find_customer'] })] });
    await using world = await startListed([policy, enrichment(OPTIONS), validation()], TOOLS, {
      caller: fixed({ sub: 'ann', groups: ['support'] }),
    });
    expect(await shown(world, way)).toMatchObject([{ name: 'find_customer' }]);
    expect(await world.call(way, 'find_customer', { id: 'C-1' })).not.toHaveProperty('error');
    expect(await world.call(way, 'find_customer', {})).toMatchObject({
      result: { isError: true, content: [{ text: 'id: expected a string, got nothing' }] },
    });
    for (const name of ['add', 'reset', 'crm___lookUp'])
      expect(await world.call(way, name, {})).toMatchObject({
        error: { code: -32602, message: `Unknown tool: ${name}` },
      });
    expect(world.passed.filter(({ text }) => text.includes('tools/call'))).toHaveLength(1);
  });
});

describe('headers that mirror a call', () => {
  const call = (name: string, args: object, ...more: readonly string[]): ReturnType<typeof modern> => {
    const { body, headers } = modern('tools/call', { name, arguments: args });
    return { body, headers: [...headers, ...more] };
  };

  test("are written again by the upstream's own name and schema", async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS);
    await world.ask(call('find_customer', { id: 'C-1' }));
    const [sent] = world.passed;
    expect([sent?.header('mcp-name'), sent?.header('mcp-method'), sent?.header('mcp-param-region')]).toEqual([
      'crm___lookUp',
      'tools/call',
      'eu',
    ]);
  });

  test('are not forwarded for an argument that the client was not shown', async () => {
    await using world = await startListed([enrichment(OPTIONS)], TOOLS);
    await world.ask(call('find_customer', { id: 'C-1' }, 'Mcp-Param-Region: us'));
    expect(world.passed[0]?.header('mcp-param-region')).toBe('eu');
  });

  test('are checked by the schema that the client was shown, also if two tools swap names', async () => {
    const swapped = [
      { name: 'a', inputSchema: { type: 'object', properties: { x: { type: 'string', 'x-mcp-header': 'One' } } } },
      { name: 'b', inputSchema: { type: 'object', properties: { x: { type: 'string', 'x-mcp-header': 'Two' } } } },
    ];
    await using world = await startListed([enrichment({ tools: { a: { name: 'b' }, b: { name: 'a' } } })], swapped);
    expect(await shown(world)).toMatchObject([{ name: 'b' }, { name: 'a' }]);
    expect((await world.ask(call('b', { x: 'v' }, 'Mcp-Param-One: v'))).status).toBe(200);
    expect(world.passed.at(-1)?.header('mcp-param-one')).toBe('v');
    expect((await world.ask(call('b', { x: 'v' }, 'Mcp-Param-One: w'))).json()).toMatchObject({
      error: { code: -32020 },
    });
    expect((await world.ask(call('b', { x: 'v' }, 'Mcp-Param-Two: v'))).json()).toMatchObject({
      error: { code: -32020 },
    });
  });
});

describe('equal names of two tools', () => {
  test.each([
    [
      { tools: { a: { name: 'c' }, b: { name: 'c' } } },
      'tools.b: expected a unique name, got c, which a has too: rename one of them',
    ],
    [
      { tools: { a: { name: 'b' }, b: { description: 'x' } } },
      'tools.b: expected a unique name, got b, which a has too: rename one of them',
    ],
    [
      { tools: { a: { name: 'p_b' }, b: {} }, groups: { p_: ['b'] } },
      'tools.b: expected a unique name, got p_b, which a has too: rename one of them',
    ],
  ] satisfies [EnrichmentOptions, string][])('are refused in a config: %j', (options, fault) => {
    expect(() => enrichment(options)).toThrow(fault);
  });

  test("hide the upstream's other tool, so that it can't receive calls to the renamed one, and are logged once", async () => {
    const lines = new Lines();
    lines.start();
    try {
      await using world = await startListed(
        [enrichment({ tools: { add: { name: 'plus' } } })],
        [{ name: 'plus', inputSchema: { type: 'object' } }, ADD],
      );
      for (let i = 0; i < 2; i++) expect(await shown(world)).toEqual([{ ...ADD, name: 'plus' }]);
      await world.call(way('modern', 'json'), 'plus', {});
      expect(world.passed.at(-1)?.text).toContain('"name":"add"');
      expect(lines.all.filter(({ event }) => event === 'enrichment')).toMatchObject([
        { level: 'error', tool: 'plus', shown: 'plus' },
      ]);
    } finally {
      lines.stop();
    }
  });
});

test.each([
  [{ tool: {} }, 'expected tools, hide, groups, got "tool"'],
  [{ tools: { 'a*': { name: 'b' } } }, 'tools.a*.name: expected one tool, got a pattern: give each tool its own entry'],
  [{ tools: { a: { name: 'b c' } } }, 'tools.a.name: expected up to 128 letters'],
  [{ tools: { a: { arguments: { x: 1 } } } }, 'tools.a.arguments.x: expected'],
  [{ tools: { a: { rename: 'b' } } }, 'tools.a: expected name, title'],
  [{ hide: 'a' }, 'hide: expected a list of names of tools, got a string'],
  [{ groups: { 'a b': ['x'] } }, 'groups: expected a prefix'],
  [undefined, 'enrichment: expected options, such as { tools: { … } }; got undefined'],
  [{ hide: undefined }, 'hide: expected a value, got undefined: is it from a variable that is not set?'],
  [{ hide: null }, 'hide: expected a value, got null'],
  [{ tools: undefined }, 'tools: expected a value, got undefined'],
  [{ groups: { p_: undefined } }, 'groups.p_: expected a list of names of tools, got undefined'],
  [{ tools: { a: { delimit: undefined } } }, 'tools.a.delimit: expected a value, got undefined'],
  [{ tools: { a: { arguments: undefined } } }, 'tools.a.arguments: expected a value, got undefined'],
  [
    { tools: { a: { arguments: { x: { value: undefined } } } } },
    'tools.a.arguments.x: expected { value }, { claim } or { binding, for }',
  ],
  [
    { tools: { a: { arguments: { x: { claim: 'org', value: 'acme' } } } } },
    'tools.a.arguments.x: expected { value }, { claim } or { binding, for }',
  ],
  [
    { tools: { a: { arguments: { x: { binding: '', for: 'x' } } } } },
    'tools.a.arguments.x: expected { value }, { claim } or { binding, for }',
  ],
])('refuses invalid options: %j', (options, fault) => {
  expect(() => enrichment(options as unknown as EnrichmentOptions)).toThrow(fault);
});

test.each(ways)(
  'reports names in the config that no list shows once, after a complete list was seen (%s)',
  async (_name, by) => {
    const lines = new Lines();
    lines.start();
    try {
      const options = {
        hide: ['reset', 'rest', 'x*'],
        groups: { m_: ['add', 'ad'] },
        tools: { 'crm*': {}, 'cmr*': {}, lookUp: { name: 'look' }, '*': { annotations: {} } },
      };
      await using world = await startListed([enrichment(options)], TOOLS, { way: by });
      for (let i = 0; i < 2; i++) await world.ask(by.call('tools/list'));
      expect(
        lines.all.filter(({ event }) => event === 'enrichment').map(({ level, where, name }) => [level, where, name]),
      ).toEqual([
        ['warn', 'hide', 'rest'],
        ['warn', 'hide', 'x*'],
        ['warn', 'groups.m_', 'ad'],
        ['warn', 'tools', 'cmr*'],
        ['warn', 'tools', 'lookUp'],
      ]);
    } finally {
      lines.stop();
    }
  },
);

test("passes on the upstream's notification that its list changed", async () => {
  const by = way('legacy', 'events');
  await using world = await startListed([enrichment(OPTIONS)], TOOLS);
  world.answer = by.messages(
    '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
    '{"jsonrpc":"2.0","id":ID,"result":{"content":[]}}',
  );
  expect((await world.ask(by.call('tools/call', { name: 'add', arguments: {} }))).text).toContain(
    'notifications/tools/list_changed',
  );
});

vi.setConfig({ testTimeout: 20_000 });
