/**
 * The upstream's requests to the client are decided like calls: one that is not permitted never reaches the client, in
 * either era.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { header } from '../../../proxy/callers/header.ts';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';
import type { DefinedControl } from '../../../proxy/pipeline/control.ts';
import { callControl } from '../../../testing/index.ts';
import { responseOf, way, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startWorld as startSessions, type World } from '../../dispatch/session.ts';
import { startFront } from '../../support/front.ts';
import { event, openEvents, respondJson, startUpstream } from '../../support/upstream.ts';
import { parsed } from '../../upstream/legacy-upstream.ts';
import { initialize, legacy, modern, send } from '../../upstream/messages.ts';
import { OFFER, startWorld } from './world.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const TOOLS = allow({ tools: ['*'], resources: ['file:///open/*'] });
const nothing = accessPolicy({ policies: [TOOLS] });
const elicitation = accessPolicy({ policies: [TOOLS, allow({ methods: ['elicitation/create'] })] });
const anything = accessPolicy({ policies: [TOOLS, allow({ methods: ['*'] })] });
const forms = accessPolicy({
  policies: [
    TOOLS,
    'permit (principal, action == Action::"elicitation/create", resource) unless { context.arguments has mode && context.arguments.mode == "url" };',
  ],
});

const ASK = { jsonrpc: '2.0', id: 7, method: 'elicitation/create', params: { message: 'your password?' } };
const URL_ASK = { ...ASK, params: { mode: 'url', message: 'your password?' } };

/** What the upstream received as the answer to its request. */
async function answered({ upstream }: World): Promise<unknown> {
  for (;;) {
    const answer = upstream.received.find(({ text }) => text.includes('"id":7'));
    if (answer !== undefined) return JSON.parse(answer.text);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('in the legacy era, on the stream of a call or of a GET', () => {
  const start = (control: DefinedControl): Promise<World> => startSessions([control], fixed({ sub: 'ann' }));

  it.each([
    ['call', elicitation],
    ['get', elicitation],
    ['call', anything],
    ['get', anything],
  ] as const)(
    'forwards a permitted request to the client, and its answer to the upstream (%s, %#)',
    async (on, control) => {
      await using world = await start(control);
      const session = await world.session();
      await using stream = await (on === 'call' ? world.call(session) : world.get(session));
      stream.out?.write(event(ASK));
      await stream.until('your password?');
      const answer = { jsonrpc: '2.0', id: 7, result: { action: 'accept', content: { x: 1 } } };
      expect(
        (await send(world.front, { body: JSON.stringify(answer), headers: legacy('x', {}, { session }).headers }))
          .status,
      ).toBe(202);
      expect(await answered(world)).toEqual(answer);
    },
  );

  it.each([
    ['call', nothing, ASK],
    ['get', nothing, ASK],
    [
      'call',
      nothing,
      { jsonrpc: '2.0', id: 7, method: 'sampling/createMessage', params: { message: 'your password?' } },
    ],
    ['call', nothing, { jsonrpc: '2.0', id: 7, method: 'made/up', params: { message: 'your password?' } }],
    ['call', forms, URL_ASK],
  ] as const)(
    'removes a request that is not permitted, answers it with a refusal, and lets the call continue (%s, %#)',
    async (on, control, question) => {
      await using world = await start(control);
      const session = await world.session();
      await using stream = await (on === 'call' ? world.call(session) : world.get(session));
      stream.out?.write(
        event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'before' } }),
      );
      stream.out?.write(event(question, 'event-2'));
      expect(await answered(world)).toEqual({
        jsonrpc: '2.0',
        id: 7,
        error: { code: -32601, message: 'Method not found' },
      });
      stream.out?.end(event({ jsonrpc: '2.0', id: 1, result: { content: [], after: true } }));
      const text = await stream.rest();
      expect(text).toContain('before');
      if (on === 'call') expect(text).toContain('"after":true');
      expect(text).not.toContain('password');
    },
  );

  it('decides by the contents of the request', async () => {
    await using world = await start(forms);
    await using stream = await world.call(await world.session());
    stream.out?.write(event(ASK));
    await stream.until('your password?');
  });

  it('refuses an answer to a request that the client never got, and forwards an answer to a ping', async () => {
    await using world = await start(nothing);
    const session = await world.session();
    await using stream = await world.call(session);
    const { headers } = legacy('x', {}, { session });
    const post = (message: object) =>
      send(world.front, { body: JSON.stringify({ jsonrpc: '2.0', ...message }), headers });
    stream.out?.write(event(ASK));
    await answered(world);
    expect((await post({ id: 7, result: { action: 'accept' } })).json()).toMatchObject({ error: { code: -31403 } });
    expect((await post({ id: 8, result: { action: 'accept' } })).json()).toMatchObject({ error: { code: -31409 } });
    stream.out?.write(event({ jsonrpc: '2.0', id: 9, method: 'ping' }));
    await stream.until('"ping"');
    expect((await post({ id: 9, result: {} })).status).toBe(202);
    expect(world.upstream.received.map(({ text }) => text).join()).not.toContain('accept');
  });

  it('does not report changes of a resource that may not be read', async () => {
    await using world = await start(nothing);
    await using stream = await world.get(await world.session());
    const updated = (uri: string): string =>
      event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    stream.out?.write(updated('file:///closed/a') + updated('file:///open/a'));
    expect(await stream.until('file:///open/a')).not.toContain('closed');
  });

  it.each([
    ['nothing', nothing, { experimental: {} }],
    ['elicitation', elicitation, { elicitation: { form: {} }, experimental: {} }],
    ['elicitation by its contents', forms, { elicitation: { form: {} }, experimental: {} }],
  ])('declares to the upstream only the capabilities that it may use: %s', async (_what, control, expected) => {
    await using world = await start(control);
    await send(
      world.front,
      initialize('2025-11-25', {
        elicitation: { form: {} },
        sampling: {},
        roots: { listChanged: true },
        experimental: {},
      }),
    );
    const initialized = world.upstream.received.map(parsed).find(({ method }) => method === 'initialize');
    expect(initialized).toHaveProperty('params.capabilities', expected);
  });
});

it.each(['json', 'events'] as const)(
  'denies an error that asks the client to open a page, unless that is permitted (%s)',
  async (form) => {
    const failing = {
      ...OFFER,
      'tools/call': way('legacy', form).messages(
        '{"jsonrpc":"2.0","id":ID,"error":{"code":-32042,"message":"m","data":{"elicitations":[{"mode":"url","url":"https://password.example","elicitationId":"1","message":"m"}]}}}',
      ),
    };
    const text = async (control: DefinedControl): Promise<string> => {
      await using world = await startWorld(way('legacy', form), [control], failing);
      return (await world.raw('tools/call', { name: 'open', arguments: {} })).text;
    };
    expect(await text(elicitation)).toContain('https://password.example');
    for (const control of [nothing, forms]) {
      expect(await text(control)).toContain('"code":-31403');
      expect(await text(control)).not.toContain('password');
    }
  },
);

describe('in the modern era', () => {
  const questions = (...methods: string[]): string =>
    JSON.stringify({
      resultType: 'input_required',
      requestState: 's',
      inputRequests: Object.fromEntries(
        methods.map((method) => [method, { method, params: { message: 'your password?' } }]),
      ),
    });

  it.each(['json', 'events'] as const)(
    'passes a result with a permitted request, and denies the call otherwise (%s)',
    async (form) => {
      const both = { ...OFFER, 'tools/call': questions('elicitation/create', 'sampling/createMessage') };
      const one = { ...OFFER, 'tools/call': questions('elicitation/create') };
      const params = { name: 'open', arguments: {} };
      await using permitted = await startWorld(way('modern', form), [elicitation], one);
      expect((await permitted.ask('tools/call', params)).result).toHaveProperty(
        ['inputRequests', 'elicitation/create', 'params', 'message'],
        'your password?',
      );
      await using partly = await startWorld(way('modern', form), [elicitation], both);
      const { text } = await partly.raw('tools/call', params);
      expect(text).toContain(
        '"error":{"code":-31403,"message":"not permitted: the upstream asks the client for sampling/createMessage before it answers"',
      );
      expect(text).not.toContain('password');
    },
  );

  it('declares to the upstream only the capabilities that it may use, and changes nothing else of a call', async () => {
    await using upstream = await startUpstream((received, response) =>
      respondJson(response, {
        jsonrpc: '2.0',
        id: parsed(received)['id'],
        result: { tools: [{ name: 'open', inputSchema: {} }] },
      }),
    );
    await using front = await startFront(upstream, { controls: [elicitation], caller: header('x-claims') });
    const call = modern('tools/call', { name: 'open', arguments: { n: 1 } });
    const body = call.body
      .replace(
        '"io.modelcontextprotocol/clientCapabilities":{}',
        '"io.modelcontextprotocol/clientCapabilities":{"sampling":{},"elicitation":{ }, "x":1.0}',
      )
      .replace('"n":1', '"n": 1.0');
    await send(front, { ...call, body }, ['X-Claims: ann']);
    const sent = upstream.received.map(({ text }) => text).find((text) => text.includes('"tools/call"'));
    expect(sent).toBe(body.replace('{"sampling":{},"elicitation":{ }, "x":1.0}', '{"elicitation":{ },"x":1.0}'));
  });

  it('subscribes only to resources that may be read, and reports changes of no others', async () => {
    await using upstream = await startUpstream((_received, response) => {
      openEvents(response);
      for (const uri of ['file:///closed/a', 'file:///open/a'])
        response.write(event({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }));
      response.end();
    });
    await using front = await startFront(upstream, { controls: [nothing], caller: header('x-claims') });
    const listen = modern('subscriptions/listen', {
      notifications: { toolsListChanged: true, resourceSubscriptions: ['file:///open/a', 'file:///closed/a'] },
    });
    const { text } = await send(front, listen, ['X-Claims: ann']);
    expect(upstream.received.map(parsed)[0]).toHaveProperty('params.notifications', {
      toolsListChanged: true,
      resourceSubscriptions: ['file:///open/a'],
    });
    expect(text).toContain('file:///open/a');
    expect(text).not.toContain('closed');
  });

  it.each([
    ['file:///closed/a'],
    [['file:///closed/a']],
    [{ resourceSubscriptions: 'file:///closed/a' }],
    [{ resourceSubscriptions: { 0: 'file:///closed/a' } }],
    [null],
    [{ resourceSubscriptions: null }],
  ])("refuses subscriptions in a form that can't be filtered: %j", async (notifications) => {
    const { refused, forwarded } = await callControl(
      accessPolicy({ policies: [allow({ resources: ['file:///open/*'] })] }),
      { method: 'subscriptions/listen', params: { notifications } },
    );
    expect([refused, forwarded]).toEqual(['invalid-params', undefined]);
  });
});

describe('a task', () => {
  const TASK = { taskId: 't-1', status: 'completed' };

  it('belongs to the call that started it, and is decided like that call for each caller', async () => {
    const offer = {
      ...OFFER,
      'tools/call': JSON.stringify({ resultType: 'task', ...TASK }),
      'tasks/get': JSON.stringify({ resultType: 'complete', ...TASK, result: { content: [] } }),
    };
    const control = accessPolicy({ policies: [allow({ group: 'a', tools: ['open'] })] });
    await using world = await startWorld(way('modern', 'json'), [control], offer);
    const [inGroup, out, other] = [
      { sub: 'ann', groups: ['a'] },
      { sub: 'ann', groups: [] },
      { sub: 'bob', groups: ['a'] },
    ];
    const about = (method: string, claims: object) => world.ask(method, { taskId: 't-1' }, claims);
    expect(await about('tasks/get', inGroup)).toHaveProperty('error.code', -32021);
    await world.ask('tools/call', { name: 'open', arguments: {}, task: {} }, inGroup);
    expect(await about('tasks/get', inGroup)).toHaveProperty('result.status', 'completed');
    expect(await about('tasks/cancel', inGroup)).toHaveProperty('result');
    const before = world.upstream.received.length;
    expect(await about('tasks/get', out)).toMatchObject({ error: { code: -32602, message: 'Unknown tool: open' } });
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      expect(await about(method, other)).toHaveProperty('error.code', -32021);
    expect(world.upstream.received).toHaveLength(before);
  });

  describe.each(ways)('whose call is not known: %s', (_name, { era, form }) => {
    const [declared, none] = [{ extensions: { 'io.modelcontextprotocol/tasks': {} } }, {}].map((capabilities) => ({
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    }));
    const methods = ['tasks/get', 'tasks/cancel', era === 'modern' ? 'tasks/update' : 'tasks/result'];
    const asked = async (
      method: string,
      meta: object | undefined,
    ): Promise<readonly [status: number, response: unknown]> => {
      await using upstream = await startUpstream(withSessions(way(era, form).result('{}')));
      await using front = await startFront(upstream, {
        controls: [accessPolicy({ policies: [allow({ tools: ['*'] })] })],
        caller: fixed({ sub: 'ann' }),
      });
      const { body, headers } = way(era, form).call(method, { taskId: 't-1' });
      const reply = await send(front, {
        body:
          era === 'modern'
            ? JSON.stringify({
                ...JSON.parse(body),
                params: { taskId: 't-1', _meta: { ...JSON.parse(body).params._meta, ...meta } },
              })
            : body,
        headers,
      });
      expect(upstream.received.filter(({ text }) => text.includes('tasks/'))).toEqual([]);
      return [reply.status, responseOf(reply)];
    };

    it.each(methods)('is refused as unknown (-32602) without asking the upstream, by %s', async (method) => {
      expect(await asked(method, declared)).toEqual([
        200,
        { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Unknown task: t-1' } },
      ]);
    });

    it.each(era === 'modern' ? methods : [])(
      'is refused with -32021 if the client does not declare tasks, by %s',
      async (method) => {
        const data = {
          reason: 'missing-capability',
          requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
        };
        expect(await asked(method, none)).toMatchObject([400, { id: 1, error: { code: -32021, data } }]);
      },
    );
  });
});
