/** Controls that answer in the upstream's place, through a whole proxy. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import type { Answer } from '../../proxy/call/answer.ts';
import type { Call } from '../../proxy/call/call.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { accessPolicy, allow } from '../../proxy/controls/access-policy/index.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { rateLimit } from '../../proxy/controls/rate-limit/index.ts';
import { tokenization } from '../../proxy/controls/tokenization/index.ts';
import { validation } from '../../proxy/controls/validation/index.ts';
import type { Source } from '../../proxy/json/digits.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import type { Finished } from '../../proxy/reply/reply.ts';
import { bindRing, emails, TENANT, tokenOf } from '../controls/tokenization/keys.ts';
import { callTool, control, responseOf, TOOL, type Way, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { type FrontOptions, startFront } from '../support/front.ts';
import { event, idOf, openEvents, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const text = (words: string) => ({ type: 'text', text: words }) as const;
const HIT = { content: [text('from the cache')] };
/** What the client gets for it. */
const shown = (way: Way, result: object = HIT): object => ({
  ...result,
  ...(way.era === 'modern' ? { resultType: 'complete' } : {}),
});
const answering = (result: JsonObject = HIT): DefinedControl =>
  control('cache', (call, next) => (call.method === 'tools/call' ? call.answer(result) : next(call)), 'ignores');
const asked = (upstream: Upstream, method = 'tools/call'): number =>
  upstream.received.filter((received) => received.text.includes(`"${method}"`)).length;

describe.each(ways)('%s', (_name, way) => {
  const FROM_UPSTREAM = '{"content":[{"type":"text","text":"from the upstream"}]}';

  async function ask(
    controls: readonly DefinedControl[],
    options: FrontOptions = {},
  ): Promise<{ response: Record<string, unknown>; status: number; asked: number }> {
    await using upstream = await startUpstream(withSessions(way.result(FROM_UPSTREAM)));
    await using front = await startFront(upstream, { ...options, controls });
    const reply = await callTool(front, way);
    return { response: { ...responseOf(reply) }, status: reply.status, asked: asked(upstream) };
  }

  test.each([
    ['a function', answering()],
    [
      'a table by method',
      defineControl({
        name: 'cache',
        replies: 'ignores',
        setup: () => ({ otherwise: 'pass', 'tools/call': (call) => call.answer(HIT) }),
      }),
    ],
  ])("a control that is %s answers under the request's id, and the upstream is not asked", async (_form, answers) => {
    expect(await ask([answers])).toEqual({
      status: 200,
      asked: 0,
      response: { jsonrpc: '2.0', id: 1, result: shown(way) },
    });
  });

  test('the controls listed before it map the answer as a reply, and those listed after it see nothing', async () => {
    const seen: string[] = [];
    const outer = control('outer', async (call, next) => {
      const reply = await next(call);
      return reply
        .mapMessages((message) => (seen.push(Object.keys(message).join()), message))
        .mapResult((result) => ({ ...result, content: [text('mapped')] }));
    });
    const inner = control('inner', (call, next) => (seen.push('inner'), next(call)));
    const { response } = await ask([outer, answering(), inner]);
    expect(response).toEqual({ jsonrpc: '2.0', id: 1, result: shown(way, { content: [text('mapped')] }) });
    expect(seen).toEqual(['jsonrpc,id,result']);
  });

  test('a control outside that refuses afterwards discards the answer', async () => {
    let finished: Promise<Finished> | undefined;
    const refusing = control('refusing', async (call, next) => (await next(call), Promise.reject(new Denied('no'))));
    const watching = control('watching', async (call, next) => {
      const reply = await next(call);
      ({ finished } = reply);
      return reply;
    });
    const { response } = await ask([refusing, watching, answering()]);
    expect(response).toMatchObject({ error: { code: -31403, message: 'no' } });
    await expect(finished).resolves.toMatchObject({ outcome: 'rpc-error', code: 'denied' });
  });

  test('numbers of a kept result keep all their digits, and its text its form', async () => {
    const result = '{ "content":[],  "structuredContent":{"n":12345678901234567890,"m":1.0} }';
    await using upstream = await startUpstream(withSessions(way.result(result)));
    let kept: { result: JsonObject; source: Source | undefined } | undefined;
    const cache = control('cache', async (call, next) => {
      if (call.method !== 'tools/call') return next(call);
      if (kept !== undefined) return call.answer(kept.result, kept.source);
      return (await next(call)).mapResult((result, source) => ((kept = { result, source }), result));
    });
    await using front = await startFront(upstream, { controls: [cache] });
    await callTool(front, way);
    const { text } = await callTool(front, way);
    expect(asked(upstream)).toBe(1);
    expect(text).toContain('"structuredContent":{"n":12345678901234567890,"m":1.0}');
  });

  test('a client that accepts only event streams gets the answer as one event', async () => {
    await using upstream = await startUpstream(withSessions(way.result(FROM_UPSTREAM)));
    const outcomes: unknown[] = [];
    const watching = control(
      'watching',
      async (call, next) => {
        const reply = await next(call);
        void reply.finished.then(({ outcome }) => outcomes.push(outcome));
        return reply;
      },
      'observes',
    );
    const source = { json: JSON.stringify(HIT, null, 2), value: HIT };
    const cache = control('cache', (call) => call.answer(HIT, source), 'ignores');
    await using front = await startFront(upstream, { controls: [watching, cache] });
    const { body, headers } = way.call('tools/call', TOOL);
    const get = (accept: string) => send(front, { body, headers: [...headers, `Accept: ${accept}`] });
    for (const accept of ['application/json, text/event-stream', '*/*', 'text/event-stream, application/*;q=0.5'])
      expect((await get(accept)).header('content-type')).toBe('application/json');
    const reply = await get('text/event-stream');
    expect(reply.header('content-type')).toBe('text/event-stream');
    expect(responseOf(reply)).toMatchObject({ id: 1, result: shown(way) });
    await vi.waitFor(() => expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok']));
  });

  test.each([
    ['no result at all', null, 'answered tools/call with a result that is not an object'],
    ['a list', [], 'answered tools/call with a result that is not an object'],
    ['no content', {}, 'answered tools/call with a wrong result: result.content: expected a list, got undefined'],
    [
      'a block without its text',
      { content: [{ type: 'text' }] },
      'answered tools/call with a wrong result: result.content[0].text: expected a string, got undefined',
    ],
    ['what is not JSON', { content: [], n: Number.NaN }, 'NaN where a JSON number was expected'],
    [
      'a question to the client',
      { resultType: 'input_required', inputRequests: {} },
      'answered tools/call with a wrong result: result.resultType: expected complete, got another',
    ],
  ])('an answer with %s is a fault of the control, and denies', async (_what, result, words) => {
    const { response, asked } = await ask([audit(), answering(result as never)]);
    expect(response).toMatchObject({ id: 1, error: { code: -32603, message: 'internal error' } });
    expect(asked).toBe(0);
    expect(await lines.find(({ message }) => message === 'internal error')).toMatchObject({
      error: { type: 'ControlFault', control: 'cache', message: words },
    });
    const line = await lines.find((line) => line['event'] === 'call');
    expect(line).not.toHaveProperty('answeredBy');
    expect(line).toMatchObject({ code: 'internal', decisions: [{ control: 'cache', decision: 'internal' }] });
  });

  let other: Answer | undefined;
  test.each([
    ['answers twice', (call: Call) => (call.answer(HIT), call.answer(HIT)), 'answered a call twice'],
    [
      'answers after next()',
      async (call: Call, next: Next) => (await next(call), call.answer(HIT)),
      'answered a call that it passed on with next()',
    ],
    [
      'answers if next() fails',
      (call: Call, next: Next) => next(call).catch(() => call.answer(HIT)),
      'answered a call that it passed on with next()',
    ],
    [
      'calls next() after it answered',
      (call: Call, next: Next) => (call.answer(HIT), next(call)),
      'called next() for a call that it answered: return the answer',
    ],
    [
      'answers and returns before next() has settled',
      (call: Call, next: Next) => (void next(call), call.answer(HIT)),
      'called next() for a call that it answered: return the answer',
    ],
    ['returns the answer to another call', () => other ?? (undefined as never), 'returned an answer to another call'],
    [
      'answers and returns something else',
      (call: Call) => (call.answer(HIT), Promise.resolve({} as never)),
      'returned without calling next(): refuse by throwing, or return call.answer(result)',
    ],
  ] satisfies readonly (readonly [string, Control, string])[])(
    'a control that %s breaks a rule, and the call is denied',
    async (what, act, words) => {
      await ask([control('first', (call) => (other = call.answer(HIT)))]);
      const failing = control('failing', () => Promise.reject(new Denied()));
      const { response } = await ask([
        control('tested', act),
        ...(what === 'answers if next() fails' ? [failing] : []),
      ]);
      expect(response).toMatchObject({ error: { code: -32603 } });
      const { error } = await lines.find(({ message }) => message === 'internal error');
      expect(error).toMatchObject({ control: 'tested', message: expect.stringMatching(/^control tested /) });
      if (!what.includes('settled')) expect(error).toHaveProperty('message', `control tested ${words}`);
    },
  );

  test('an observing control notes what it would have answered, and the upstream is asked', async () => {
    const observed = (act: Control) => ask([audit(), auditOnly(control('cache', act)), control('inner', pass)]);
    const decisions = async (): Promise<unknown> => {
      const line = await lines.find((line) => line['event'] === 'call');
      lines.start();
      return (line['decisions'] as JsonObject[]).filter(({ decision }) => decision === undefined);
    };
    const upstreams = { asked: 1, response: { result: JSON.parse(FROM_UPSTREAM) as unknown } };
    expect(await observed((call) => call.answer(HIT))).toMatchObject(upstreams);
    expect(await decisions()).toEqual([{ control: 'cache', wouldAnswer: 'ok' }]);
    expect(await observed((call) => call.answer({ ...HIT, isError: true }))).toMatchObject(upstreams);
    expect(await decisions()).toEqual([{ control: 'cache', wouldAnswer: 'tool-error' }]);
    for (const broken of [
      (call) => call.answer({}),
      (call, next) => (call.answer(HIT), next(call)),
      (call) => (call.answer(HIT), Promise.reject(new Error())),
      async (call, next) => (await next(call), call.answer(HIT)),
    ] satisfies Control[]) {
      expect(await observed(broken)).toMatchObject(upstreams);
      expect(await decisions()).toEqual([{ control: 'cache', wouldDeny: 'internal' }]);
    }
  });

  test('the audit line names the control, and its decision', async () => {
    await ask([audit(), answering()]);
    expect(await lines.find((line) => line['event'] === 'call')).toMatchObject({
      outcome: 'ok',
      status: 200,
      answeredBy: 'cache',
      upstream: 'default',
      decisions: [
        { control: 'cache', decision: 'answer', ms: expect.any(Number) },
        { control: 'audit', decision: 'pass' },
      ],
    });
  });

  test('an answer ends a concurrent call of a limit, as a reply does', async () => {
    await using upstream = await startUpstream(withSessions(way.result(FROM_UPSTREAM)));
    const limited = rateLimit({ concurrency: { perCaller: 1 } });
    await using front = await startFront(upstream, { controls: [limited, answering()], caller: fixed({ sub: 'ann' }) });
    for (let i = 0; i < 3; i++) expect(responseOf(await callTool(front, way))).toHaveProperty('result');
  });

  test('a control adds a tool that the upstream does not have, if the policy listed before it permits it', async () => {
    const added = defineControl({
      name: 'added',
      setup: () => ({
        otherwise: 'pass',
        'tools/call': (call, next) =>
          call.params.name === 'now' ? call.answer({ content: [text('12:00')] }) : next(call),
        'tools/list': async (call, next) =>
          (await next(call)).mapResult(({ tools = [], ...others }) => ({
            ...others,
            tools: [...(tools as JsonObject[]), { name: 'now', inputSchema: { type: 'object' } }],
          })),
      }),
    });
    await using upstream = await startUpstream(withSessions(way.result({ tools: [] })));
    const policy = (...tools: string[]) => accessPolicy({ policies: [allow({ tools }), allow({ methods: ['*'] })] });
    const call = async (...controls: DefinedControl[]): Promise<unknown> => {
      await using front = await startFront(upstream, { controls, caller: fixed({ sub: 'ann' }) });
      return responseOf(await send(front, way.call('tools/call', { name: 'now', arguments: {} })));
    };
    expect(await call(policy('now'), added)).toMatchObject({ result: { content: [text('12:00')] } });
    expect(await call(policy('other'), added)).toMatchObject({ error: { code: -32602, message: 'Unknown tool: now' } });
    // Listed after it, the policy is not asked.
    expect(await call(added, policy('other'))).toMatchObject({ result: { content: [text('12:00')] } });
    expect(asked(upstream)).toBe(0);
  });

  test("the policy listed before it also filters an answer to the gateway's search, whatever the client calls it", async () => {
    const SEARCH = 'x_amz_bedrock_agentcore_search';
    const tool = (name: string) => ({ name, inputSchema: { type: 'object' } }) as const;
    const named = control('named', (call, next) => next(call.with({ ...call.params, name: SEARCH })), 'ignores');
    const found = { content: [], structuredContent: { tools: [tool('open'), tool('hidden')] } };
    const policy = accessPolicy({ policies: [allow({ tools: ['find', 'open'] })] });
    await using upstream = await startUpstream(withSessions(way.result(FROM_UPSTREAM)));
    await using front = await startFront(upstream, {
      controls: [policy, named, answering(found)],
      caller: fixed({ sub: 'ann' }),
    });
    const { result } = responseOf(await send(front, way.call('tools/call', { name: 'find', arguments: {} })));
    expect(result).toMatchObject({ structuredContent: { tools: [tool('open')] } });
  });

  test('tokenization listed before it gives it tokens, and makes or opens those of its answer', async () => {
    const EMAIL = 'mara.inventado@example.com';
    const args: unknown[] = [];
    const echo = (words: string): DefinedControl =>
      control('echo', (call) => {
        args.push((call.params as { readonly arguments?: unknown }).arguments);
        return call.answer({ content: [text(words)] });
      });
    const call = async (hideFrom: 'upstream' | 'client', words: string): Promise<unknown> => {
      await using upstream = await startUpstream(withSessions(way.result(FROM_UPSTREAM)));
      await using front = await startFront(upstream, {
        controls: [tokenization({ tenant: TENANT, detectors: [emails], hideFrom }), echo(words)],
        environment: bindRing(),
      });
      const message = way.call('tools/call', { name: 'x', arguments: { to: EMAIL } });
      return responseOf(await send(front, message)).result;
    };
    expect(await call('upstream', `sent to ${tokenOf(EMAIL)}`)).toMatchObject({ content: [text(`sent to ${EMAIL}`)] });
    expect(args).toEqual([{ to: tokenOf(EMAIL) }]);
    expect(JSON.stringify(await call('client', `sent to ${EMAIL}`))).toMatch(/sent to qtk_/);
  });

  test('validation listed before it checks the answer by the output schema of the tool', async () => {
    const outputSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const tools = [{ name: 'x', inputSchema: { type: 'object' }, outputSchema }];
    await using upstream = await startUpstream(withSessions(way.result({ tools })));
    const checked = validation({ results: { checkOutputSchema: true } });
    const call = async (structuredContent: JsonObject): Promise<unknown> => {
      const answers = control('made-up', (call, next) =>
        call.method === 'tools/call' ? call.answer({ content: [], structuredContent }) : next(call),
      );
      await using front = await startFront(upstream, { controls: [checked, answers] });
      return responseOf(await callTool(front, way));
    };
    expect(await call({ n: 1 })).toHaveProperty('result.structuredContent', { n: 1 });
    expect(await call({ n: 'SECRET' })).toMatchObject({ error: { code: -32603, message: 'internal error' } });
    const { error } = await lines.find(({ message }) => message === 'internal error');
    expect(error).toMatchObject({
      control: 'made-up',
      message:
        'control made-up answered a tool with a result that its own output schema does not allow: n: expected an integer, got a string',
    });
    expect(asked(upstream)).toBe(0);
  });

  test('an answer that is longer than inspected replies may be is refused if a control must read it', async () => {
    const long = answering({ content: [text('x'.repeat(2_000))] });
    const mapping = control('mapping', async (call, next) => (await next(call)).mapResult((result) => result));
    const limits = { maxInspectedReply: 1_024 };
    expect(await ask([long], { limits })).toHaveProperty('response.result');
    expect(await ask([mapping, long], { limits })).toMatchObject({
      response: { error: { data: { reason: 'inspection-failed' } } },
    });
  });

  test('a method that MCP does not have is answered with any object', async () => {
    await using upstream = await startUpstream(withSessions(way.result({})));
    const own = control('own', (call) => call.answer({ found: 1 }));
    await using front = await startFront(upstream, { controls: [own] });
    expect(responseOf(await send(front, way.call('acme/search', {}))).result).toEqual(shown(way, { found: 1 }));
  });

  test.each(['tasks/get', way.era === 'modern' ? 'subscriptions/listen' : 'initialize'])(
    '%s can not be answered',
    async (method) => {
      await using upstream = await startUpstream(withSessions(way.result({})));
      await using front = await startFront(upstream, { controls: [control('own', (call) => call.answer({}))] });
      const params = method === 'initialize' ? { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} } : {};
      expect((await send(front, way.call(method, { ...params, taskId: 't' }))).json().error?.code).toBe(-32603);
      expect(await lines.find(({ message }) => message === 'internal error')).toMatchObject({
        error: { control: 'own', message: expect.stringContaining(`${method} can't be answered by a control: `) },
      });
      expect(asked(upstream, method)).toBe(0);
    },
  );
});

const pass: Control = (call, next) => next(call);

test.each([
  ['notification', { body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' }],
  ['notification', { body: '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}' }],
  ['response', { body: '{"jsonrpc":"2.0","id":7,"result":{}}' }],
])('a %s (%j) can not be answered', async (kind, { body }) => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { controls: [control('own', (call) => call.answer(HIT))] });
  const reply = await send(front, { body, headers: ['MCP-Protocol-Version: 2025-11-25'] });
  expect(reply.status).toBe(500);
  expect(await lines.find(({ message }) => message === 'internal error')).toMatchObject({
    error: { control: 'own', message: `only a request can be answered, got a message of kind ${kind}` },
  });
  expect(upstream.received).toEqual([]);
});

test.each([
  ['GET', 'stream'],
  ['DELETE', 'end'],
] as const)('a bare %s can not be answered', async (method, kind) => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { controls: [control('own', (call) => call.answer(HIT))] });
  await fetch(`http://127.0.0.1:${front.port}/mcp`, { method, headers: { Accept: 'text/event-stream' } });
  expect(await lines.find(({ message }) => message === 'internal error')).toMatchObject({
    error: { message: `only a request can be answered, got a message of kind ${kind}` },
  });
  expect(upstream.received).toEqual([]);
});

test('in a batch, answers stand beside replies, in JSON and in a stream', async () => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { controls: [answering()] });
  const batch = (...methods: string[]) => ({
    body: JSON.stringify(methods.map((method, i) => ({ jsonrpc: '2.0', id: i + 1, method, params: { name: 'x' } }))),
    headers: ['MCP-Protocol-Version: 2025-03-26'],
  });
  expect(JSON.parse((await send(front, batch('tools/call', 'prompts/list'))).text)).toEqual([
    { jsonrpc: '2.0', id: 1, result: HIT },
    { jsonrpc: '2.0', id: 2, result: {} },
  ]);
  upstream.answer = (received, response) => {
    openEvents(response);
    response.end(event(`{"jsonrpc":"2.0","id":${idOf(received)},"result":{}}`));
  };
  const { text } = await send(front, batch('tools/call', 'prompts/list'));
  expect(text).toContain(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result: HIT })}\n\n`);
  expect(text).toContain('data: {"jsonrpc":"2.0","id":2,"result":{}}\n\n');
});

test.each(['legacy', 'auto'] as const)('a client of the SDK accepts the answers to every method (%s)', async (mode) => {
  const resource = { uri: 'x://1', name: 'one' };
  const canned = defineControl({
    name: 'canned',
    replies: 'ignores',
    setup: () => ({
      otherwise: 'pass',
      'tools/list': (call) => call.answer({ tools: [{ name: 'x', inputSchema: { type: 'object' } }] }),
      'tools/call': (call) => call.answer(HIT),
      'prompts/list': (call) => call.answer({ prompts: [{ name: 'p' }] }),
      'prompts/get': (call) => call.answer({ messages: [{ role: 'user', content: text('hi') }] }),
      'resources/list': (call) => call.answer({ resources: [resource] }),
      'resources/templates/list': (call) => call.answer({ resourceTemplates: [] }),
      'resources/read': (call) => call.answer({ contents: [{ uri: call.params.uri, text: 'read' }] }),
      'completion/complete': (call) => call.answer({ completion: { values: ['a'] } }),
    }),
  });
  const upstream = await startUpstream();
  const capabilities = { tools: {}, prompts: {}, resources: {}, completions: {} };
  upstream.answer = (received, response) => {
    const id = idOf(received);
    if (id === undefined) return void response.writeHead(202).end();
    const serverInfo = { name: 'u', version: '1' };
    const result = received.text.includes('"server/discover"')
      ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private', supportedVersions: ['2026-07-28'], capabilities }
      : { protocolVersion: '2025-11-25', capabilities, serverInfo };
    respondJson(response, `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
  };
  await using front = await startFront(upstream, { controls: [canned] });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${front.port}/mcp`)));
  expect((await client.listTools()).tools).toHaveLength(1);
  expect(await client.callTool({ name: 'x' })).toMatchObject(HIT);
  expect((await client.listPrompts()).prompts).toHaveLength(1);
  expect((await client.getPrompt({ name: 'p' })).messages).toHaveLength(1);
  expect((await client.listResources()).resources).toEqual([resource]);
  expect((await client.listResourceTemplates()).resourceTemplates).toEqual([]);
  expect((await client.readResource({ uri: 'x://1' })).contents).toEqual([{ uri: 'x://1', text: 'read' }]);
  const ref = { type: 'ref/prompt', name: 'p' } as const;
  expect((await client.complete({ ref, argument: { name: 'a', value: '' } })).completion.values).toEqual(['a']);
  await client.close();
  expect(upstream.received.filter(({ text }) => /"(?:tools|prompts|resources|completion)\//.test(text))).toEqual([]);
  await upstream[Symbol.asyncDispose]();
});
