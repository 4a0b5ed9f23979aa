/** A task returns its call's result by another method: a control on the call must see it there as well. */
import { describe, expect, test } from 'vitest';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { TASKS } from '../conformance/fixture/tasks.ts';
import { startFront } from '../support/front.ts';
import { connect, type RawReply, request } from '../support/raw.ts';
import { event, openEvents, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { parsed } from '../upstream/legacy-upstream.ts';
import { eras, initialize, legacy, modern, send } from '../upstream/messages.ts';

/** Hides the word in the results of tools, and says which tool it was. */
const redacting = (): DefinedControl =>
  defineControl({
    name: 'redacting',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': async (call, next) =>
        (await next(call)).mapMessages((message) =>
          JSON.parse(JSON.stringify(message).replaceAll('secret', `by ${call.params.name}`)),
        ),
      // It looks at the reply and does not change it.
      'prompts/get': async (call, next) =>
        (await next(call)).mapMessages((message) => message, { contains: 'nothing that there is' }),
    }),
  });

/** Looks only at lists. */
const filtering = (): DefinedControl =>
  defineControl({
    name: 'filtering',
    setup: () => ({
      otherwise: 'pass',
      'tools/list': async (call, next) => (await next(call)).mapResult((result) => ({ ...result, tools: [] })),
    }),
  });

const content = { content: [{ type: 'text', text: 'secret' }] };

/** Every tool call becomes the task `t`, whose messages contain "secret" wherever possible. */
function startTasks(asked: { readonly fails?: boolean; readonly method?: string } = {}): Promise<Upstream> {
  let sessions = 0;
  return startUpstream((request, response) => {
    const { id, method } = request.method === 'GET' ? { id: undefined, method: 'GET' } : parsed(request);
    const answer = (result: unknown): void => respondJson(response, { jsonrpc: '2.0', id, result });
    const task = { taskId: 't', status: 'completed' };
    if (method === 'initialize') {
      response.setHeader('Mcp-Session-Id', `s${++sessions}`);
      answer({ protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } });
    } else if (method === 'tools/call')
      answer(request.header('mcp-method') === undefined ? { task } : { resultType: 'task', ...task });
    else if (method === 'tasks/result')
      return asked.fails === true
        ? respondJson(response, { jsonrpc: '2.0', id, error: { code: -32000, message: 'secret' } })
        : answer(content);
    else if (method === 'tasks/cancel') answer({ ...task, result: content });
    else if (method === 'resources/list' || method === 'prompts/get' || request.method === 'GET') {
      openEvents(response);
      response.write(
        event({ jsonrpc: '2.0', method: asked.method ?? 'notifications/tasks', params: { ...task, result: content } }),
      );
      response.end(request.method === 'GET' ? undefined : event({ jsonrpc: '2.0', id, result: { resources: [] } }));
    } else if (method === 'tasks/get' && asked.fails === true)
      answer({ resultType: 'complete', ...task, status: 'failed', error: { code: -32000, message: 'secret' } });
    else if (method === 'tasks/get')
      answer({
        resultType: 'complete',
        ...task,
        result: content,
        inputRequests: { ask: { method: 'elicitation/create', params: { message: 'secret' } } },
      });
    else if (method === 'subscriptions/listen') {
      openEvents(response);
      response.end(
        event({
          jsonrpc: '2.0',
          method: 'notifications/tasks',
          params: { ...task, error: { code: 1, message: 'secret' } },
        }),
      );
    } else answer({});
  });
}

const params = { name: 'x', arguments: {}, task: {}, _meta: { extensions: TASKS } };

async function listen(port: number, session: string | undefined): Promise<RawReply> {
  await using client = await connect(port);
  client.send(request('GET', '/mcp', ['Accept: text/event-stream', `Mcp-Session-Id: ${session}`], undefined));
  return await client.reply();
}

describe.each(eras)('in the %s era', (era) => {
  const ask = (
    port: number,
    session: string | undefined,
    method: string,
    args: Readonly<Record<string, unknown>>,
  ): Promise<RawReply> => send({ port }, era === 'legacy' ? legacy(method, args, { session }) : modern(method, args));
  const opened = async (port: number): Promise<string | undefined> =>
    era === 'legacy' ? (await send({ port }, initialize())).header('mcp-session-id') : undefined;
  const methods = era === 'legacy' ? ['tasks/result', 'tasks/get'] : ['tasks/get', 'subscriptions/listen'];

  test('the result of a task gets the treatment of the call that began it', async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    await ask(front.port, session, 'tools/call', params);
    for (const method of methods) {
      const { text } = await ask(front.port, session, method, { taskId: 't' });
      expect(text).not.toContain('secret');
      expect(text).toContain('by x');
    }
  });

  test.each(['notifications/tasks', 'notifications/tasks/status'])(
    "%s on another call's stream gets that treatment, too",
    async (method) => {
      await using upstream = await startTasks({ method });
      await using front = await startFront(upstream, { controls: [redacting()] });
      const session = await opened(front.port);
      await ask(front.port, session, 'tools/call', params);
      const streamed = [
        await ask(front.port, session, era === 'legacy' ? 'resources/list' : 'prompts/get', { name: 'p' }),
      ];
      if (era === 'legacy') streamed.push(await listen(front.port, session));
      for (const { text } of streamed) {
        expect(text).not.toContain('secret');
        expect(text).toContain('by x');
      }
    },
  );

  test("%s is refused on another call's stream if the call is unknown", async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    expect(
      (await ask(front.port, session, era === 'legacy' ? 'resources/list' : 'prompts/get', { name: 'p' })).text,
    ).not.toContain('secret');
  });

  test('the result of cancelling a task gets that treatment', async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    expect((await ask(front.port, session, 'tasks/cancel', { taskId: 't' })).text).toContain('"code":-31409');
    await ask(front.port, session, 'tools/call', params);
    expect((await ask(front.port, session, 'tasks/cancel', { taskId: 't' })).text).toContain('by x');
  });

  test('the error that ends a task gets that treatment', async () => {
    await using upstream = await startTasks({ fails: true });
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    const method = era === 'legacy' ? 'tasks/result' : 'tasks/get';
    expect((await ask(front.port, session, method, { taskId: 't' })).text).toContain('"code":-31409');
    await ask(front.port, session, 'tools/call', params);
    expect((await ask(front.port, session, method, { taskId: 't' })).text).toContain('by x');
  });

  test('the result of a task is refused if the call is unknown', async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    for (const method of methods) {
      const { text } = await ask(front.port, session, method, { taskId: 't' });
      expect(text).not.toContain('secret');
      expect(text).toContain('"code":-31409');
    }
  });

  test('the result of a task is refused if two calls claim the same task', async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = await opened(front.port);
    await ask(front.port, session, 'tools/call', params);
    await ask(front.port, session, 'tools/call', { ...params, name: 'y' });
    for (const method of methods)
      expect((await ask(front.port, session, method, { taskId: 't' })).text).toContain('"code":-31409');
  });

  test("the result of a task passes unchanged if a control transforms other replies, but not the call's", async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream, { controls: [filtering()] });
    const session = await opened(front.port);
    await ask(front.port, session, 'tools/call', params);
    for (const method of methods)
      expect((await ask(front.port, session, method, { taskId: 't' })).text).toContain('"secret"');
  });

  test('the result of a task passes unchanged if no control transforms anything', async () => {
    await using upstream = await startTasks();
    await using front = await startFront(upstream);
    const session = await opened(front.port);
    for (const method of methods)
      expect((await ask(front.port, session, method, { taskId: 't' })).text).toContain('"secret"');
  });
});

test('another session does not know the task, whatever its id', async () => {
  await using upstream = await startTasks();
  await using front = await startFront(upstream, { controls: [redacting()] });
  const [mine, other] = [await send(front, initialize()), await send(front, initialize())].map((reply) =>
    reply.header('mcp-session-id'),
  );
  await send(front, legacy('tools/call', params, { session: mine }));
  expect((await send(front, legacy('tasks/result', { taskId: 't' }, { session: other }))).text).toContain(
    '"code":-31409',
  );
  expect((await send(front, legacy('tasks/result', { taskId: 't' }, { session: mine }))).text).toContain('by x');
});

describe('a stream that no control looks at', () => {
  /** Looks at only one tool. */
  const masking = (): DefinedControl =>
    defineControl({
      name: 'masking',
      setup: () => ({
        otherwise: 'pass',
        'tools/call': async (call, next) => {
          const reply = await next(call);
          return call.params.name === 'secret'
            ? reply.mapMessages((message) => JSON.parse(JSON.stringify(message).replaceAll('classified', 'masked')))
            : reply;
        },
      }),
    });
  const completed = '"taskId":"t","status":"completed","result":{"content":[{"type":"text","text":"classified"}]}';
  const related = (id: string): string =>
    `{"message":"classified","_meta":{"io.modelcontextprotocol/related-task":{"taskId":"${id}"}}}`;

  describe.each(eras)('in the %s era', (era) => {
    test.each([
      ['a message of a task', `{"jsonrpc":"2.0","method":"notifications/tasks","params":{${completed}}}`],
      [
        'a message of a task, by the method of 2025-11-25',
        `{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{${completed}}}`,
      ],
      [
        'a method, a key and an id that are spelled with escapes',
        String.raw`{"jsonrpc":"2.0","m\u0065thod":"notifications\/task\u0073","par\u0061ms":{${completed.replace('taskId', String.raw`task\u0049d`).replace('"t"', String.raw`"\u0074"`)}}}`,
      ],
      ['a message in a batch', `[{"jsonrpc":"2.0","method":"notifications/tasks","params":{${completed}}}]`],
      ['a question about a task', `{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":${related('t')}}`],
      [
        'a question whose key is spelled with escapes',
        String.raw`{"jsonrpc":"2.0","method":"notifications/message","params":${related('t')
          .replace('related-task', String.raw`related\u002Dtask`)
          .replace('io.modelcontextprotocol/', String.raw`io.modelcontextprotocol\/`)}}`,
      ],
    ])("%s gets the treatment of the task's call there, too", async (_what, message) => {
      await using upstream = await startUpstream((request, response) => {
        const { id, method, params } = parsed(request) as { id: unknown; method: string; params?: { name?: string } };
        if (method === 'initialize') response.setHeader('Mcp-Session-Id', 's');
        if (method === 'initialize')
          return respondJson(response, {
            jsonrpc: '2.0',
            id,
            result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } },
          });
        if (params?.name === 'secret')
          return respondJson(response, {
            jsonrpc: '2.0',
            id,
            result: { task: { taskId: 't' }, taskId: 't', resultType: 'task' },
          });
        openEvents(response);
        response.end(`data: ${message}\n\n${event({ jsonrpc: '2.0', id, result: {} })}`);
      });
      await using front = await startFront(upstream, { controls: [masking()] });
      const session = era === 'legacy' ? (await send(front, initialize())).header('mcp-session-id') : undefined;
      const ask = (method: string, args: Readonly<Record<string, unknown>>): Promise<RawReply> =>
        send(front, era === 'legacy' ? legacy(method, args, { session }) : modern(method, args));
      const streams = [
        ['tools/call', { name: 'other' }],
        ['prompts/get', { name: 'p' }],
        ['acme/unknown', {}],
      ] as const;
      // It is still unknown, so it must not be sent, and the call of that stream is answered all the same.
      for (const [method, args] of streams) {
        const { text } = await ask(method, args);
        expect(text).not.toContain('classified');
        expect(text).toContain('"id":1,"result":{}');
      }
      await ask('tools/call', { name: 'secret', task: {} });
      for (const [method, args] of streams) {
        const { text } = await ask(method, args);
        expect(text).not.toContain('classified');
        expect(text).toContain('masked');
      }
    });
  });
});

test.each([
  ['task', '{"name":"secret","task":{}}'],
  ['task, spelled with an escape', String.raw`{"name":"secret","\u0074as\u006b":{}}`],
])(
  'a call that asks for a task (%s), which no control looks at, is recognised as one whatever its upstream writes',
  async (_what, params) => {
    await using upstream = await startUpstream((request, response) => {
      const { id, method } = parsed(request);
      if (method === 'tools/call')
        respondJson(response, String.raw`{"jsonrpc":"2.0","id":${String(id)},"result":{"task":{"t\u0061skId":"t"}}}`);
      else respondJson(response, { jsonrpc: '2.0', id, result: content });
    });
    await using front = await startFront(upstream, { controls: [filtering()] });
    await send(front, { body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`, headers: [] });
    expect((await send(front, legacy('tasks/result', { taskId: 't' }))).text).toContain('"secret"');
  },
);
