/** What the tool search does with each message: answer, unwrap, refuse or pass it on. */
import { describe, expect, it, vi } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { log } from '../../proxy/base/log.ts';
import type { CallKind } from '../../proxy/call/call.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { type Message, readMessage } from '../../proxy/call/message.ts';
import type { OnRefused } from '../../proxy/call/wire.ts';
import type { Searched } from '../../proxy/pipeline/observer.ts';
import { ToolSearch } from '../../proxy/tool-search/tool-search.ts';
import { callOf as dispatchedCall, replyOf } from '../dispatch/fake.ts';
import { Beneath, callOf, Client, type Dispatched, exchangeOf, pages, reply } from './asked.ts';

const TOOLS = {
  tools: [{ name: 'refund', description: 'money back' }, { name: 'get_forecast' }, { name: 'get_time' }],
};
const SETTINGS = { pinned: [], names: { search: 'search_tools', call: 'call_tool' }, limit: 5 };

function searchOver(
  answer: (dispatched: Dispatched) => void = pages(TOOLS),
  toolRefusals: 'error' | 'result' = 'error',
) {
  const beneath = new Beneath(answer);
  const onRefused = vi.fn<OnRefused>();
  const onSearched = vi.fn<(searched: Searched) => void>();
  const search = new ToolSearch({ settings: SETTINGS, toolRefusals, maxInspectedReply: 10_000, onRefused, onSearched });
  const front = search.before(beneath);
  const send = async (
    message: Message | undefined,
    exchange = exchangeOf(),
    kind: CallKind = message?.kind ?? 'stream',
  ) => {
    const client = new Client();
    await front.dispatch(kind, message, exchange, client);
    return client;
  };
  return { beneath, front, search, onRefused, onSearched, send };
}

const searchFor = (query: string, more: object = {}): Message =>
  callOf({ name: 'search_tools', arguments: { query, ...more } });

const textIn = ({ body }: Client): unknown =>
  (JSON.parse(body) as { result: { content: { text: string }[] } }).result.content[0]?.text;

describe('a search', () => {
  it('is answered with the tools that fit best, as JSON with its length', async () => {
    const { send } = searchOver();
    const client = await send(searchFor('forecast'));
    const result = { content: [{ type: 'text', text: '{"tools":[{"name":"get_forecast"}]}' }] };
    expect(JSON.parse(client.body)).toEqual({ jsonrpc: '2.0', id: 1, result });
    expect([client.status, client.headers, client.ends]).toEqual([
      200,
      ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(client.body))],
      1,
    ]);
  });

  it('has the limit that it asks for, and the era of its client', async () => {
    const { send } = searchOver();
    const client = await send(searchFor('get', { limit: 1 }), exchangeOf('modern'));
    expect(textIn(client)).toBe('{"tools":[{"name":"get_forecast"}]}');
    expect(client.body).toContain('"resultType":"complete"');
  });

  it('is told to who counts searches', async () => {
    const { send, onSearched } = searchOver();
    const message = searchFor('forecast');
    const exchange = exchangeOf();
    const client = await send(message, exchange);
    expect(onSearched.mock.calls).toEqual([
      [{ exchange, message, status: 200, body: Buffer.from(client.body), outcome: 'ok', ms: expect.any(Number) }],
    ]);
    const [[{ ms }]] = onSearched.mock.calls as [[Searched]];
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThan(60_000);
  });

  it('is answered also if nobody counts searches', async () => {
    const options = {
      settings: SETTINGS,
      toolRefusals: 'error',
      maxInspectedReply: 10_000,
      onRefused: () => {},
    } as const;
    const client = new Client();
    const front = new ToolSearch(options).before(new Beneath(pages(TOOLS)));
    await front.dispatch('request', searchFor('forecast'), exchangeOf(), client);
    expect(textIn(client)).toBe('{"tools":[{"name":"get_forecast"}]}');
  });

  it('that asks for nothing is refused, and no list is asked for', async () => {
    const { beneath, onRefused, onSearched, send } = searchOver();
    const exchange = exchangeOf('modern');
    const client = await send(callOf({ name: 'search_tools' }), exchange);
    const { result } = JSON.parse(client.body) as { result: Record<string, unknown> };
    expect(result['isError']).toBe(true);
    expect(result['resultType']).toBe('complete');
    expect(textIn(client)).toBe('search_tools: expected an object with a query, got none');
    expect([client.status, client.ends]).toEqual([200, 1]);
    expect(client.headers.slice(-2)).toEqual(['Content-Length', String(Buffer.byteLength(client.body))]);
    expect([beneath.dispatched, onSearched.mock.calls]).toEqual([[], []]);
    expect(exchange.refusal).toBe('invalid-arguments');
    expect(onRefused.mock.calls).toEqual([
      ['invalid-arguments', { status: 200, body: client.body, errorId: expect.any(String), method: 'tools/call' }],
    ]);
  });

  it('over a list that can not be read is refused with its own id', async () => {
    const { send } = searchOver((each) => reply(each, { result: {} }));
    const said = vi.spyOn(log, 'info').mockImplementation(() => {});
    for (const [era, status] of [
      ['legacy', 200],
      ['modern', 502],
    ] as const) {
      const client = await send(searchFor('a'), exchangeOf(era));
      expect(JSON.parse(client.body)).toMatchObject({ id: 1, error: { data: { reason: 'upstream-invalid' } } });
      expect(client.status).toBe(status);
    }
    // Who gets the refusal writes the line.
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  it('over a list that is refused gets the same error and headers, with its own id', async () => {
    const headers = [
      'X-A',
      'a',
      'content-type',
      'application/json; charset=utf-8',
      'Content-Length',
      '999',
      'X-B',
      'b',
    ];
    const { onRefused, onSearched, send } = searchOver((each) =>
      reply(each, { error: { code: -31429, message: 'wait' } }, 429, headers),
    );
    const client = await send(searchFor('a'));
    const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-31429,"message":"wait"}}';
    expect([client.status, client.body, client.ends]).toEqual([429, body, 1]);
    const type = ['Content-Type', 'application/json'];
    expect(client.headers).toEqual([...type, 'X-A', 'a', 'X-B', 'b', 'Content-Length', String(body.length)]);
    expect(onSearched.mock.calls).toMatchObject([[{ status: 429, body: Buffer.from(body), outcome: 'rpc-error' }]]);
    expect(onRefused).not.toHaveBeenCalled();
  });

  it('over a list that is refused without JSON gets the same bytes', async () => {
    const headers = ['Content-Type', 'text/html', 'Content-Length', '3'];
    const { onSearched, send } = searchOver(({ sink }) => {
      sink.head(503, headers, false);
      sink.end(Buffer.from('<p>'));
    });
    const client = await send(searchFor('a'));
    expect([client.status, client.headers, client.body, client.ends]).toEqual([503, headers, '<p>', 1]);
    expect(onSearched.mock.calls).toMatchObject([[{ status: 503, body: Buffer.from('<p>'), outcome: 'rpc-error' }]]);
  });
});

describe('a call of a tool that was found', () => {
  const wrapped = callOf({ name: 'call_tool', arguments: { name: 'refund', arguments: { a: 1 } } });

  it('is dispatched as the client meant it, in its name', async () => {
    const { beneath, send } = searchOver((each) => reply(each, { result: {} }));
    const exchange = exchangeOf('legacy', 'ann', 'session');
    const client = await send(wrapped, exchange);
    const [{ kind, message, exchange: own, sink }] = beneath.dispatched as [Dispatched];
    expect([kind, message?.text, sink]).toEqual([
      'request',
      callOf({ name: 'refund', arguments: { a: 1 } }).text,
      client,
    ]);
    expect(client.body).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect([own.caller, own.era, own.inbound.sessionId]).toEqual([exchange.caller, 'legacy', 'session']);
    expect(own.facts).toEqual([{ toolSearch: 'call' }]);
    expect(Object.isFrozen(own.facts[0])).toBe(true);
    expect(own.channels.isUnseen).toBe(true);
    expect(own.aborted).toBe(false);
    exchange.abort();
    expect(own.aborted).toBe(true);
  });

  it.each([
    ['modern', true],
    ['legacy', false],
  ] as const)('has headers of a %s call derived again: %s', async (era, derive) => {
    const { beneath, send } = searchOver();
    const inbound = { ...NO_HEADERS, params: new Map([['region', 'x']]), derive: !derive, accept: 'a/b' };
    await send(wrapped, new Exchange(exchangeOf().caller, era, inbound, 9));
    const [{ exchange }] = beneath.dispatched as [Dispatched];
    expect(exchange.inbound).toEqual({ ...inbound, params: undefined, derive });
    expect(exchange.bytes).toBe(9);
  });

  it('that is unclear is refused, and nothing is dispatched', async () => {
    const { beneath, onRefused, send } = searchOver();
    const client = await send(callOf({ name: 'call_tool', arguments: {} }));
    expect(textIn(client)).toBe('call_tool: expected name to be the name of a tool, got none');
    expect(beneath.dispatched).toEqual([]);
    expect(onRefused).toHaveBeenCalledTimes(1);
  });

  it('with a key that stands twice in it is refused as an invalid request', async () => {
    const { send } = searchOver();
    const twice = readMessage(wrapped.text);
    const text = wrapped.text.replace('{"a":1}', '{"a":1,"a":2}');
    const client = await send({ ...twice, text, bodyEnd: twice.bodyEnd + 6 });
    expect(JSON.parse(client.body)).toMatchObject({
      id: 1,
      error: { code: -32600, data: { reason: 'invalid-request' } },
    });
    expect(client.body).toContain('the same key twice in one object');
  });

  it('that fails in another way is an internal error, which only the log explains', async () => {
    const said = vi.spyOn(log, 'error').mockImplementation(() => {});
    const { send } = searchOver();
    const client = await send({
      ...wrapped,
      get bodyStart(): number {
        throw new TypeError('broken');
      },
    });
    said.mockRestore();
    expect(JSON.parse(client.body)).toMatchObject({
      error: { message: 'internal error', data: { reason: 'internal' } },
    });
  });
});

it.each(['search_tools', 'call_tool'])('refuses %s as a notification, which no upstream gets', async (name) => {
  const { beneath, onRefused, send } = searchOver();
  const client = await send(callOf({ name, arguments: { query: 'a', name: 'a' } }, {}));
  expect(client.status).toBe(400);
  expect(client.body).toContain(`${name} without an id: expected a request, got a notification`);
  expect(beneath.dispatched).toEqual([]);
  expect(onRefused.mock.calls).toMatchObject([['invalid-request', { status: 400, method: 'tools/call' }]]);
});

it('passes everything else on as it is', async () => {
  const { beneath, send } = searchOver(() => {});
  const exchange = exchangeOf();
  const messages = [
    callOf({ name: 'refund' }),
    readMessage('{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"search_tools"}}'),
    readMessage('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
    undefined,
  ];
  for (const message of messages) await send(message, exchange);
  expect(beneath.dispatched.map(({ message }) => message)).toEqual(messages);
  expect(beneath.dispatched.map(({ kind }) => kind)).toEqual(['request', 'request', 'request', 'stream']);
  for (const dispatched of beneath.dispatched) expect(dispatched.exchange).toBe(exchange);
});

it('knows the sessions that the dispatcher knows', () => {
  const { front } = searchOver();
  expect(front.isOpen(exchangeOf('legacy', 'ann', 'open'))).toBe(true);
  expect(front.isOpen(exchangeOf('legacy', 'ann', 'other'))).toBe(false);
});

it('shortens the lists of clients, and not the one that it searches', async () => {
  const { beneath, search, send } = searchOver();
  const next = search.around(() => Promise.resolve(replyOf()));
  const call = dispatchedCall({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect((await next(call)).transforms).toHaveLength(1);
  await send(searchFor('a'));
  const [{ exchange }] = beneath.dispatched as [Dispatched];
  const own = Object.assign(Object.create(call) as typeof call, { exchange });
  expect((await next(own)).transforms).toEqual([]);
});

it('answers refused calls with a result for a model, if the proxy does', async () => {
  const refusing = async (toolRefusals: 'error' | 'result'): Promise<unknown> => {
    const { beneath, send } = searchOver(pages(TOOLS), toolRefusals);
    beneath.dispatch = () => {
      throw new Denied('no');
    };
    return JSON.parse((await send(searchFor('a'))).body) as unknown;
  };
  expect(await refusing('error')).toHaveProperty('error');
  expect(await refusing('result')).toHaveProperty('result.isError', true);
});
