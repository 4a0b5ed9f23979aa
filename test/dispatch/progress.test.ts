/** Progress belongs to the call whose token it names, however the token is spelled and on any stream. */
import { describe, expect, test } from 'vitest';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, postBytes } from '../support/raw.ts';
import { event, openEvents, startUpstream } from '../support/upstream.ts';
import { bytesOf, legacy, modern, send } from '../upstream/messages.ts';
import { startWorld, type Stream, type World } from './session.ts';

/** Hides the word in results of the tool `secret`, and reads no other tool. */
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

const progress = (token: string): string =>
  event(
    `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${token},"progress":1,"message":"classified"}}`,
  );
const end = event('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"end"}}');

/** Returns what the upstream sent in a stream, without the error that replaces the response that it never sent. */
function sentIn(stream: string): string {
  return stream.replace(
    /event: message\ndata: \{"jsonrpc":"2\.0","id":[^\n]*"reason":"upstream-invalid"[^\n]*\n\n$/,
    '',
  );
}

/** Sends a tool call with exactly this text as `_meta`, and returns its stream after the headers. */
async function callWith(world: World, session: string, id: string, name: string, meta: string): Promise<Stream> {
  const before = world.streams.length;
  const stream = await world.send(
    postBytes(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}","arguments":{}${meta}}}`, [
      `Mcp-Session-Id: ${session}`,
      'MCP-Protocol-Version: 2025-11-25',
    ]),
  );
  expect(world.streams).toHaveLength(before + 1);
  return stream;
}

/** The text of a call's `_meta`, and the token that the upstream reads from it. */
const spellings = [
  [',"_meta":{"progressToken":"t"}', '"t"'],
  [String.raw`,"_meta":{"progress\u0054oken":"t"}`, '"t"'],
  [String.raw`,"_meta":{"\u0070\u0072ogressToken":"t"}`, '"t"'],
  [String.raw`,"\u005fmeta":{"progressToke\u006E":"t"}`, '"t"'],
  [String.raw`,"_meta":{"progressToken":"\u0074"}`, '"t"'],
  [',"_meta":{"progressToken":"t"}', String.raw`"\u0074"`],
  [',"_meta":{"progressToken":"a/b"}', String.raw`"a\/b"`],
  [String.raw`,"_meta":{"progressToken":"\ud83d\ude00"}`, '"😀"'],
  [',"_meta":{"progressToken":1}', '1.0'],
  [',"_meta":{"progressToken":1e0}', '1'],
  [',"_meta":{"progressToken":1}', '"1"'],
  [',"_meta":{"progressToken":"1"}', '1'],
] as const;

describe.each(spellings)('of a call with %s, progress under %s', (meta, token) => {
  test("gets that call's treatment on a GET stream, on another call's stream, and on its own", async () => {
    await using world = await startWorld([masking()]);
    const session = await world.session();
    await using own = await callWith(world, session, '1', 'secret', meta);
    await using other = await callWith(world, session, '2', 'other', '');
    await using listening = await world.get(session);
    for (const stream of [own, other, listening]) {
      stream.out?.end(progress(token) + end);
      const text = await stream.rest();
      expect(text).not.toContain('classified');
      expect(text).toContain('masked');
    }
  });
});

describe('progress that may belong to another call', () => {
  test.each([
    ['a token that another call uses', ',"_meta":{"progressToken":"t"}'],
    ['a token that another call uses, spelled differently', String.raw`,"_meta":{"progress\u0054oken":"\u0074"}`],
  ])("%s is passed on only on the calls' own streams", async (_what, meta) => {
    await using world = await startWorld([masking()]);
    const session = await world.session();
    await using first = await callWith(world, session, '1', 'other', ',"_meta":{"progressToken":"t"}');
    await using second = await callWith(world, session, '2', 'secret', meta);
    await using third = await callWith(world, session, '3', 'third', '');
    await using listening = await world.get(session);
    for (const stream of [third, listening]) {
      stream.out?.end(progress('"t"') + end);
      expect(sentIn(await stream.rest())).toBe(end);
    }
    second.out?.end(progress('"t"') + end);
    expect(await second.rest()).toContain('masked');
    expect(first.status).toBe(200);
  });

  test('is not passed on before the reply of the second call has headers, nor after the first ends', async () => {
    await using world = await startWorld([masking()]);
    const session = await world.session();
    await using first = await callWith(world, session, '1', 'other', ',"_meta":{"progressToken":"t"}');
    first.out?.end(event('{"jsonrpc":"2.0","id":1,"result":{}}'));
    await first.rest();
    let answered = false;
    world.upstream.answer = ((before) => (request, response) => {
      if (!request.text.includes('"secret"')) return before(request, response);
      answered = true;
    })(world.upstream.answer);
    const arrived = world.upstream.received.length;
    void world
      .send(
        postBytes(
          '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"secret","arguments":{},"_meta":{"progressToken":"t"}}}',
          [`Mcp-Session-Id: ${session}`],
        ),
      )
      .catch(() => undefined);
    await world.upstream.arrival(arrived);
    await using listening = await world.get(session);
    listening.out?.end(progress('"t"') + end);
    expect(await listening.rest()).toBe(end);
    expect(answered).toBe(true);
  });

  test('is not passed on if it names an unknown token', async () => {
    await using world = await startWorld([masking()]);
    const session = await world.session();
    await using call = await callWith(world, session, '1', 'other', ',"_meta":{"progressToken":"t"}');
    await using listening = await world.get(session);
    for (const stream of [call, listening]) {
      stream.out?.end(progress('"unknown"') + progress('null') + end);
      expect(sentIn(await stream.rest())).toBe(end);
    }
  });

  test('is passed on on the stream of a call without a token, as its own', async () => {
    await using world = await startWorld([masking()]);
    await using call = await callWith(world, await world.session(), '1', 'secret', '');
    call.out?.end(progress('"unknown"') + end);
    expect(await call.rest()).toContain('masked');
  });
});

describe("in the modern era, and without sessions, progress on another call's stream", () => {
  test.each([
    ['modern', (name: string, meta: object) => modern('tools/call', { name, arguments: {}, _meta: meta }, name)],
    [
      'legacy',
      (name: string, meta: object) => legacy('tools/call', { name, arguments: {}, _meta: meta }, { id: name }),
    ],
  ] as const)(
    'gets the treatment of the call with its token, and is left out if no call or two calls use it (%s)',
    async (_era, call) => {
      await using upstream = await startUpstream((request, response) => {
        openEvents(response);
        if (request.text.includes('"other"')) response.end(progress('"t"') + progress('"own"') + end);
      });
      await using front = await startFront(upstream, { controls: [masking()] });
      const other = async (): Promise<string> => (await send(front, call('other', { progressToken: 'own' }))).text;
      expect(sentIn(await other())).toBe(progress('"own"') + end);
      await using first = await connect(front.port);
      first.send(bytesOf(call('secret', { progressToken: 't' })));
      await first.head();
      const treated = await other();
      expect(treated).toContain('"progressToken":"t","progress":1,"message":"masked"');
      await using second = await connect(front.port);
      second.send(bytesOf(call('third', { progressToken: 't' })));
      await second.head();
      expect(sentIn(await other())).toBe(progress('"own"') + end);
    },
  );
});

test('without a control that transforms replies, progress passes unchanged, whatever its token', async () => {
  await using world = await startWorld([]);
  await using listening = await world.get(await world.session());
  listening.out?.end(progress('"unknown"'));
  expect(await listening.rest()).toBe(progress('"unknown"'));
});

test("the progress of a task continues under its call's token, with that call's treatment", async () => {
  await using world = await startWorld([masking()]);
  const session = await world.session();
  const before = world.upstream.answer;
  world.upstream.answer = (request, response) => {
    if (!request.text.includes('"secret"')) return before(request, response);
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end('{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"k","status":"working"}}}');
  };
  const sent = {
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"secret","task":{},"_meta":{"progressToken":"t"}}}',
    headers: [`Mcp-Session-Id: ${session}`],
  };
  expect((await send(world.front, sent)).text).toContain('"taskId"');
  await using listening = await world.get(session);
  listening.out?.end(progress('"t"'));
  expect(await listening.rest()).toContain('masked');
});

test.each(['ProgressToken', 'progresstoken', 'progre\u017fsToken'])(
  'a key of _meta that some readers take for progressToken is refused: %s',
  async (key) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await send(front, modern('tools/call', { name: 'x', _meta: { [key]: 't' } }));
    expect([reply.status, reply.json().error?.code]).toEqual([400, -32600]);
    expect(upstream.received).toEqual([]);
  },
);
