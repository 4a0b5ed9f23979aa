/** A policy in the whole proxy: what may be used, what is shown, and what a client can find out. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { textsOf, ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { errorData } from '../../support/error-data.ts';
import type { JsonRpcReply } from '../../support/raw.ts';
import { OFFER, startWorld, tool } from './world.ts';

const OPEN = allow({
  tools: ['open', 'nothing-here'],
  prompts: ['open', 'nothing-here'],
  resources: ['file:///open/*'],
});
const policy = (...more: Parameters<typeof accessPolicy>[0]['policies']) => accessPolicy({ policies: [OPEN, ...more] });

const toolsOf = ({ result }: JsonRpcReply): readonly string[] =>
  (result as { tools: { name: string }[] }).tools.map(({ name }) => name);
const unknown = (kind: string, name: string) => ({
  jsonrpc: '2.0',
  id: 1,
  error: { code: -32602, message: `Unknown ${kind}: ${name}`, ...(kind === 'resource' ? { data: { uri: name } } : {}) },
});
const ONLY_LEGACY = ['resources/subscribe', 'resources/unsubscribe'];
const prompt = (name: string) => ({ ref: { type: 'ref/prompt', name }, argument: { name: 'a', value: '' } });
const template = (uri: string) => ({ ref: { type: 'ref/resource', uri }, argument: { name: 'a', value: '' } });

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

describe.each(ways)('%s:', (_way, way) => {
  it.each([
    [
      'a tool',
      'tools/call',
      { name: 'open', arguments: {} },
      { name: 'closed', arguments: {} },
      unknown('tool', 'closed'),
    ],
    ['a prompt', 'prompts/get', { name: 'open' }, { name: 'closed' }, unknown('prompt', 'closed')],
    [
      'a resource',
      'resources/read',
      { uri: 'file:///open/a' },
      { uri: 'file:///closed/a' },
      unknown('resource', 'file:///closed/a'),
    ],
    [
      'a subscription',
      'resources/subscribe',
      { uri: 'file:///open/a' },
      { uri: 'file:///closed/a' },
      unknown('resource', 'file:///closed/a'),
    ],
    [
      'the end of a subscription',
      'resources/unsubscribe',
      { uri: 'file:///open/a' },
      { uri: 'file:///closed/a' },
      unknown('resource', 'file:///closed/a'),
    ],
    [
      "a completion of a prompt's arguments",
      'completion/complete',
      prompt('open'),
      prompt('closed'),
      unknown('prompt', 'closed'),
    ],
    [
      "a completion of a template's variables",
      'completion/complete',
      template('file:///open/{x}'),
      template('file:///closed/{x}'),
      unknown('resource', 'file:///closed/{x}'),
    ],
  ])(
    '%s that is permitted passes; one that is not permitted is answered as unknown and never reaches the upstream',
    async (_what, method, permitted, denied, refusal) => {
      await using world = await startWorld(way, [policy()]);
      if (way.era === 'modern' && ONLY_LEGACY.includes(method)) {
        for (const params of [permitted, denied])
          expect(await world.ask(method, params)).toMatchObject({ error: { code: -32601 } });
        return expect(world.calls(method)).toHaveLength(0);
      }
      expect(await world.ask(method, permitted)).toHaveProperty('result');
      expect(world.calls(method)).toHaveLength(1);
      expect(await world.ask(method, denied)).toEqual(refusal);
      expect(world.calls(method)).toHaveLength(1);
    },
  );

  it.each([
    ['tools/call', 'nothing-here', { name: 'nothing-here', arguments: {} }, { name: 'closed', arguments: {} }],
    ['prompts/get', 'nothing-here', { name: 'nothing-here' }, { name: 'closed' }],
  ])(
    'answers %s of a name that the upstream does not have with the same bytes as a forbidden one',
    async (method, name, missing, forbidden) => {
      await using world = await startWorld(way, [policy()]);
      const [first, second] = [await world.raw(method, missing), await world.raw(method, forbidden)];
      expect(first.text.replaceAll(name, 'N')).toBe(second.text.replaceAll('closed', 'N'));
      expect(first.status).toBe(second.status);
      expect(first.rawHeaders.filter((_, i) => i % 2 === 0)).toEqual(second.rawHeaders.filter((_, i) => i % 2 === 0));
      expect(world.calls(method)).toHaveLength(0);
    },
  );

  it('answers a URI that leaves the permitted folder as unknown, in any encoding', async () => {
    await using world = await startWorld(way, [policy()]);
    for (const path of [
      '../closed/a',
      'x/../../closed/a',
      '%2e%2e/closed/a',
      '.%2E/closed/a',
      '..%2fclosed/a',
      '%252e%252e%252fclosed',
      '..\\closed\\a',
      '..',
    ]) {
      expect(await world.ask('resources/read', { uri: `file:///open/${path}` })).toEqual(
        unknown('resource', `file:///open/${path}`),
      );
    }
    expect(world.calls('resources/read')).toHaveLength(0);
    for (const path of ['a..b', '...', 'a%20b', '%', 'x?y=..z'])
      expect(await world.ask('resources/read', { uri: `file:///open/${path}` })).toHaveProperty('result');
  });

  it('answers a resource that the upstream does not have as a forbidden one', async () => {
    for (const words of [
      '"code":-32002,"message":"gone"',
      '"code":-32602,"message":"no such thing","data":{"uri":"file:///open/none"}',
    ]) {
      const error = way.messages(`{"jsonrpc":"2.0","id":ID,"error":{${words}}}`);
      await using world = await startWorld(way, [policy()], { ...OFFER, 'resources/read': error });
      expect(await world.ask('resources/read', { uri: 'file:///open/none' })).toEqual(
        unknown('resource', 'file:///open/none'),
      );
    }
  });

  it.each([
    '"message":"expected the range to be a number"',
    '"message":"bad range","data":{"range":"x"}',
    '"message":"bad range","data":{"uri":"file:///open/a","range":"x"}',
  ])('does not report an existing resource as missing because of bad parameters: %s', async (words) => {
    const error = `{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,${words}}}`;
    await using world = await startWorld(way, [policy()], { ...OFFER, 'resources/read': way.messages(error) });
    expect(textsOf(await world.raw('resources/read', { uri: 'file:///open/a' })).at(-1)).toBe(error.replace('ID', '1'));
  });

  it('refuses a list that is not a list, because nothing could be removed from it', async () => {
    for (const [method, member] of [
      ['tools/list', 'tools'],
      ['prompts/list', 'prompts'],
      ['resources/list', 'resources'],
      ['resources/templates/list', 'resourceTemplates'],
    ] as const) {
      for (const list of [
        `{"${member}":{"x":{"name":"closed"}}}`,
        `{"${member}":"closed"}`,
        `{"${member}":null}`,
        `{"${member}":[],"${member.toUpperCase()}":[{"name":"closed"}]}`,
        `{"${member[0]?.toUpperCase()}${member.slice(1)}":[{"name":"closed"}]}`,
      ]) {
        await using world = await startWorld(way, [policy()], { ...OFFER, [method]: list });
        const { text } = await world.raw(method);
        expect(text).toContain('inspection-failed');
        expect(text).not.toContain('closed');
      }
    }
  });

  it('lists only what may be used, and sends each remaining entry byte for byte', async () => {
    await using world = await startWorld(way, [policy()]);
    const list = async (method: string): Promise<string> => textsOf(await world.raw(method)).at(-1) ?? '';
    expect(await list('tools/list')).toContain(`"tools":[${tool('open')}]`);
    expect(await list('prompts/list')).toContain('"prompts":[{"name":"open"}]');
    expect(await list('resources/list')).toContain('"resources":[{"uri":"file:///open/a", "name":"x"}]');
    expect(await list('resources/templates/list')).toContain(
      '"resourceTemplates":[{"uriTemplate":"file:///open/{x}", "name":"x"}]',
    );
  });

  it('marks what it shows to one caller as private, and never shows it to another', async () => {
    await using world = await startWorld(way, [
      accessPolicy({
        policies: [allow({ group: 'a', tools: ['open'] }), allow({ group: 'b', tools: ['closed'] }), OPEN],
      }),
    ]);
    const names = async (groups: string[]): Promise<readonly string[]> =>
      toolsOf(await world.ask('tools/list', {}, { sub: 'x', groups }));
    expect([await names(['a']), await names(['b']), await names([]), await names(['b', 'a'])]).toEqual([
      ['open'],
      ['open', 'closed'],
      ['open'],
      ['open', 'closed'],
    ]);
    expect((await world.ask('tools/list')).result).toHaveProperty('cacheScope', 'private');
    // No rule about these reads the caller.
    for (const method of ['prompts/list', 'resources/list', 'resources/templates/list'])
      expect((await world.ask(method)).result).toHaveProperty('cacheScope', 'public');
    expect((await world.ask('resources/read', { uri: 'file:///open/a' })).result).toEqual({
      contents: [],
      cacheScope: 'public',
      ttlMs: 5,
    });
  });

  it.each([
    ['a group', allow({ group: 'a', prompts: ['*'], resources: ['*'] })],
    ['a scope', allow({ scope: 's', prompts: ['*'], resources: ['*'] })],
    ['a subject', allow({ caller: 'ann', prompts: ['*'], resources: ['*'] })],
    ['a claim', allow({ claims: { org: 'x' }, prompts: ['*'], resources: ['*'] })],
    ['a group in a rule that forbids', deny({ group: 'b', prompts: ['closed'], resources: ['file:///closed/*'] })],
    ['a policy in Cedar', 'forbid (principal, action, resource) unless { principal in Group::"a" };'],
  ])('marks what %s decides as private, in lists and in read resources', async (_what, rule) => {
    await using world = await startWorld(way, [accessPolicy({ policies: [OPEN, rule], claims: { org: 'string' } })]);
    const claims = { sub: 'ann', groups: ['a'], scope: 's', org: 'x' };
    for (const method of ['prompts/list', 'resources/list', 'resources/templates/list'])
      expect((await world.ask(method, {}, claims)).result).toHaveProperty('cacheScope', 'private');
    expect((await world.ask('resources/read', { uri: 'file:///open/a' }, claims)).result).toHaveProperty(
      'cacheScope',
      'private',
    );
  });

  it('marks what a caller is denied because of invalid claims as private, although no rule about it reads callers', async () => {
    const senior =
      'permit (principal, action == Action::"prompts/get", resource) when { principal has level && principal.level > 3 };';
    await using world = await startWorld(way, [
      accessPolicy({ policies: [allow({ tools: ['*'] }), senior], claims: { level: 'number' } }),
    ]);
    const shown = async (claims: object): Promise<unknown> => {
      const reply = await world.ask('tools/list', {}, claims);
      return [toolsOf(reply).length, isObject(reply.result) && reply.result['cacheScope']];
    };
    expect([
      await shown({ sub: 'ann', level: 1 }),
      await shown({ sub: 'bob', level: 'high' }),
      await shown({ sub: 'cid' }),
    ]).toEqual([
      [3, 'public'],
      [0, 'private'],
      [3, 'public'],
    ]);
  });

  it('removes one of a thousand tools, and sends the other 999 unchanged', async () => {
    const tools = Array.from({ length: 1_000 }, (_, i) => tool(`t${i}`));
    await using world = await startWorld(
      way,
      [accessPolicy({ policies: [allow({ tools: ['*'] }), deny({ tools: ['t500'] })] })],
      { ...OFFER, 'tools/list': `{"tools":[${tools.join(',')}]}` },
    );
    const text = textsOf(await world.raw('tools/list')).at(-1) ?? '';
    expect(text).toContain(`"tools":[${tools.filter((_, i) => i !== 500).join(',')}]`);
  });

  it('sends a list unchanged if nothing is removed from it', async () => {
    const list = `{"tools":[ ${tool('open')} ],"ttlMs" : 5}`;
    await using world = await startWorld(way, [policy()], { ...OFFER, 'tools/list': list });
    expect(textsOf(await world.raw('tools/list')).at(-1)).toContain(list);
  });

  it('shows a tool that is permitted for some arguments, and permits calls with those arguments only', async () => {
    await using world = await startWorld(way, [
      policy(
        'permit (principal, action == Action::"tools/call", resource == Tool::"pay") when { context.arguments has amount && context.arguments.amount <= 100 };',
      ),
    ]);
    expect(toolsOf(await world.ask('tools/list'))).toEqual(['open', 'pay']);
    expect(await world.ask('tools/call', { name: 'pay', arguments: { amount: 100 } })).toHaveProperty('result');
    for (const refused of [{ amount: 101 }, { amount: '1' }, {}, undefined])
      expect(await world.ask('tools/call', { name: 'pay', arguments: refused })).toEqual(unknown('tool', 'pay'));
    expect(world.calls('tools/call')).toHaveLength(1);
  });

  it("filters the gateway's search for tools, in text and structured content, and refuses a result of another form", async () => {
    const SEARCH = 'x_amz_bedrock_agentcore_search';
    const found = `{"tools":[${tool('open')}, ${tool('closed')}]}`;
    const offer = (result: string) => ({ ...OFFER, 'tools/list': `{"tools":[${tool(SEARCH)}]}`, 'tools/call': result });
    const control = accessPolicy({ policies: [allow({ tools: ['open', SEARCH] })] });
    const search = async (result: string): Promise<string> => {
      await using world = await startWorld(way, [control], offer(result));
      return textsOf(await world.raw('tools/call', { name: SEARCH, arguments: { query: 'x' } })).at(-1) ?? '';
    };
    const text = await search(
      `{"content":[{"type":"text","text":${JSON.stringify(found)}}],"structuredContent":${found}}`,
    );
    expect(text).toContain(`"structuredContent":{"tools":[${tool('open')}]}`);
    expect(text).toContain(JSON.stringify(`{"tools":[${tool('open')}]}`));
    expect(text).not.toContain('closed');
    for (const other of [
      '{"content":[{"type":"text","text":"closed is a tool"}]}',
      '{"content":[{"type":"image","data":"closed"}]}',
      '{"content":[],"structuredContent":{"found":["closed"]}}',
      '{"content":[],"StructuredContent":{"tools":[{"name":"closed"}]}}',
    ]) {
      const refused = await search(other);
      expect(refused).toContain('"reason":"inspection-failed"');
      expect(refused).not.toContain('closed');
    }
    for (const text of ['closed needs a query', '"closed"', '{"error":"closed"}']) {
      const failed = await search(
        `{"content":[{"type":"text","text":${JSON.stringify(text)}}],"structuredContent":{"error":"closed"},"isError":true}`,
      );
      expect(failed).toContain('the search for tools failed');
      expect(failed).not.toMatch(/closed|structuredContent/);
    }
  });

  it("permits the methods of a connection's life cycle without any policy", async () => {
    await using world = await startWorld(way, [accessPolicy({ policies: [allow({ tools: ['open'] })] })]);
    for (const method of way.era === 'modern' ? ['server/discover'] : ['ping', 'logging/setLevel'])
      expect(await world.ask(method, { level: 'info' })).toHaveProperty('result');
  });

  it('denies everything that no policy permits: prompts and resources if only tools are named, and unknown methods', async () => {
    await using world = await startWorld(way, [accessPolicy({ policies: [allow({ tools: ['open'] })] })]);
    expect(await world.ask('prompts/get', { name: 'open' })).toEqual(unknown('prompt', 'open'));
    expect(await world.ask('resources/read', { uri: 'file:///open/a' })).toEqual(unknown('resource', 'file:///open/a'));
    expect((await world.ask('prompts/list')).result).toHaveProperty('prompts', []);
    if (way.era === 'legacy')
      expect(await world.ask('tasks/list')).toMatchObject({ error: { code: -31403, message: 'not permitted' } });
    for (const method of [
      'skills/none',
      'Tools/Call',
      'notifications/made-up',
      'detokenize',
      ...(way.era === 'modern'
        ? ['tasks/list', 'tasks/result', 'logging/setLevel', 'resources/subscribe']
        : ['server/discover', 'subscriptions/listen']),
    ]) {
      const { status, text } = await world.raw(method);
      expect([status, JSON.parse(text)]).toEqual([
        way.era === 'modern' ? 404 : 200,
        {
          jsonrpc: '2.0',
          id: 1,
          error: { code: -32601, message: 'Method not found', data: errorData('method-not-found') },
        },
      ]);
    }
    expect(world.upstream.received.map(({ text }) => text).join()).not.toMatch(
      /skills|Tools\/Call|tasks\/list|made-up/,
    );
  });

  it('permits a method of an extension by its name', async () => {
    await using world = await startWorld(way, [policy(allow({ methods: ['acme/get'] }))]);
    expect(await world.ask('acme/get', { name: 'x' })).toHaveProperty('result');
    expect(await world.ask('acme/list')).toHaveProperty('error.code', -32601);
  });

  it('in audit-only mode denies nothing, hides nothing, and notes what it would have denied', async () => {
    await using world = await startWorld(way, [audit(), auditOnly(policy())]);
    expect(await world.ask('tools/call', { name: 'closed', arguments: {} })).toHaveProperty('result');
    expect(await world.ask('tools/call', { name: 'nothing-here', arguments: {} })).toHaveProperty('result');
    expect(await world.ask('tools/call', { name: 'open', arguments: {} })).toHaveProperty('result');
    expect(await world.ask('tools/list')).toHaveProperty('result.tools.length', 3);
    await lines.find(({ method }) => method === 'tools/list');
    const denied = lines.all.filter(({ decisions }) =>
      JSON.stringify(decisions)?.includes('"wouldDeny":"unknown-name"'),
    );
    expect(denied).toMatchObject([{ name: 'closed', outcome: 'ok' }]);
  });
});

const PAYS =
  '@id("pays") permit (principal, action == Action::"tools/call", resource) when { [Tool::"pay", Tool::"gone"].contains(resource) && context.arguments.iban == "NL00SECRET" };';

describe('the log', () => {
  const [, way] = ways[0] ?? [];

  it('names at the start what no policy permits, then which policy decided and which named tool no list shows; never an argument', async () => {
    if (way === undefined) throw new Error('no way');
    await using world = await startWorld(way, [audit(), accessPolicy({ policies: [PAYS] })]);
    await world.ask('tools/list');
    await world.ask('tools/call', { name: 'pay', arguments: { iban: 'NL00SECRET' } });
    await world.ask('tools/call', { name: 'pay', arguments: { iban: 'NL11SECRET' } });
    await lines.find(({ outcome, name }) => name === 'pay' && outcome === 'refused');
    const all = lines.text;
    expect(all).toContain(
      '"denied":["prompts/get","resources/read","elicitation/create","sampling/createMessage","roots/list","tasks/list","detokenize"]',
    );
    expect(all).toContain('"policy":"pays","name":"gone"');
    expect(all).not.toContain('"policy":"pays","name":"pay"');
    expect(all).toContain('{"control":"access-policy","policy":"pays"}');
    expect(all).not.toContain('SECRET');
  });

  it("reports the fault of policies that can't be read, and refuses every call", async () => {
    if (way === undefined) throw new Error('no way');
    await using world = await startWorld(way, [accessPolicy({ policies: ['permit (principal'] })]);
    expect(await world.ask('tools/call', { name: 'open', arguments: {} })).toMatchObject({
      error: { code: -32603, message: 'internal error' },
    });
    expect(await world.ask('tools/list')).toMatchObject({ error: { code: -32603 } });
    expect(world.upstream.received).toHaveLength(0);
    await lines.find(({ level }) => level === 'error');
    expect(lines.text).toMatch(
      /the policies cannot be used, so every call is refused.*policies\[0\]: unexpected end of input/,
    );
  });
});
