/** What one request becomes: a call, or a refusal. Without the rest of a proxy. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, test, vi } from 'vitest';
import { Unauthenticated } from '../../proxy/base/errors.ts';
import { CallerToken, CallerTokens } from '../../proxy/call/caller-tokens.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import type { IngressOptions } from '../../proxy/ingress/options.ts';
import { connect, exchange, post, postBytes, request, USUAL } from '../support/raw.ts';
import { LIST, MODERN, modern, PING } from './messages.ts';
import { serve } from './served.ts';

const ELSEWHERE = 'Host: evil.example';
const CHUNKED = `${LIST.length.toString(16)}\r\n${LIST}\r\n0\r\n\r\n`;
const bare = (method: string, headers: readonly string[] = []): Buffer => request(method, '/mcp', headers, undefined);

describe('a request becomes a call', () => {
  it.each([
    ['of one message', postBytes(LIST), [['request', 'tools/list', 'legacy']]],
    ['of one modern message', postBytes(modern('tools/list'), [MODERN]), [['request', 'tools/list', 'modern']]],
    ['of a notification', postBytes('{"jsonrpc":"2.0","method":"x"}'), [['notification', 'x', 'legacy']]],
    ['that reads a stream', bare('GET'), [['stream', undefined, 'legacy']]],
    ['that ends a session', bare('DELETE'), [['end', undefined, 'legacy']]],
  ])('%s', async (_what, bytes, calls) => {
    await using served = await serve();
    expect((await exchange(served.port, bytes)).text).toBe('{}');
    expect(served.dispatched.map(({ kind, message, exchange: { era } }) => [kind, message?.method, era])).toEqual(
      calls,
    );
  });

  it('for each message of a batch', async () => {
    await using served = await serve();
    await post(served.port, `[${LIST},${LIST.replace('1', '2')}]`);
    expect(served.dispatched).toHaveLength(2);
  });

  it.each([
    ['a message', postBytes(LIST)],
    ['a bare request', bare('GET')],
  ])('once the proxy is ready for it, of the caller that is read then: %s', async (_what, bytes) => {
    const alice = { ...NOBODY, key: 'alice' };
    for (const caller of [alice, Promise.resolve(alice)]) {
      const ready = Promise.withResolvers<void>();
      const begin = vi.fn<() => Promise<void> | undefined>(() => ready.promise);
      const readCaller = vi.fn<IngressOptions['readCaller']>(() => caller);
      await using served = await serve({ begin, readCaller });
      await using connection = await connect(served.port);
      connection.send(bytes);
      await vi.waitFor(() => expect(begin).toHaveBeenCalledTimes(1));
      await setImmediate();
      expect(readCaller).not.toHaveBeenCalled();
      ready.resolve();
      expect((await connection.reply()).status).toBe(200);
      expect(served.dispatched[0]?.exchange.caller).toBe(alice);
    }
  });

  it('at once if nothing is left to prepare', async () => {
    await using served = await serve({ begin: () => undefined });
    expect((await post(served.port, LIST)).status).toBe(200);
    expect((await exchange(served.port, bare('GET'))).status).toBe(200);
  });

  it.each([
    ['a message', postBytes(LIST)],
    ['a bare request', bare('DELETE')],
  ])('with the tokens of its request, which are forgotten after it: %s', async (_what, bytes) => {
    const bearer = new CallerToken('a token');
    await using served = await serve({ identifying: { readTokens: () => new CallerTokens({ bearer }) } });
    await exchange(served.port, bytes);
    expect(served.dispatched[0]?.exchange.inbound.tokens?.bearer).toBe(bearer);
    await vi.waitFor(() => expect(bearer.isWhole).toBe(false));
  });
});

describe('a client that leaves', () => {
  it.each([
    ['a modern call', postBytes(modern('tools/list'), [MODERN]), false, true],
    ['a legacy call', postBytes(LIST), false, false],
    ['a legacy call whose time is over', postBytes(LIST), true, true],
    ['a stream', bare('GET'), false, true],
  ])('cancels %s, or not', async (_what, bytes, cut, cancels) => {
    const arrived = Promise.withResolvers<AbortSignal>();
    const left = Promise.withResolvers<void>();
    await using served = await serve({
      closing: { begun: cut, cut },
      dispatcher: {
        async dispatch(_kind, _message, call, sink) {
          arrived.resolve(call.signal);
          await vi.waitFor(() => expect(sink.gone).toBe(true));
          left.resolve();
        },
        isOpen: () => false,
      },
    });
    await using connection = await connect(served.port);
    connection.send(bytes);
    const signal = await arrived.promise;
    expect(signal.aborted).toBe(false);
    connection.destroy();
    await left.promise;
    expect(signal.aborted).toBe(cancels);
  });

  it('before its request is whole is not refused', async () => {
    await using served = await serve();
    await using connection = await connect(served.port);
    const closed = new Promise<void>((resolve) =>
      served.server.once('connection', (socket) => socket.once('close', resolve)),
    );
    await using second = await connect(served.port);
    second.send(request('POST', '/mcp', [...USUAL, 'Content-Length: 100'], '{'));
    connection.send(request('POST', '/mcp', [...USUAL, 'Content-Length: 100'], '{'));
    await setImmediate();
    second.destroy();
    connection.destroy();
    await closed;
    expect((await post(served.port, LIST)).status).toBe(200);
    expect(served.refused).toEqual([]);
  });
});

describe('a request is refused', () => {
  it.each([
    ['for its framing', request('POST', '/mcp', [...USUAL, 'Transfer-Encoding: x, chunked'], CHUNKED), 400, 'POST'],
    ['for its path', request('POST', '/other', USUAL, LIST), 404, 'POST'],
    ['for a path that only a snapshot has', request('POST', '/warm-up', [], ''), 404, 'POST'],
    ['for its media type', request('POST', '/mcp', [], LIST), 415, 'POST'],
    ['for its size', postBytes(`{"x":"${'x'.repeat(1_000)}"}`), 413, 'POST'],
    ['for bytes that are no UTF-8', postBytes(Buffer.from([0x7b, 0xff, 0x7d])), 400, 'POST'],
    ['for its depth', postBytes(LIST.replace('}', `,"x":${'['.repeat(10)}${']'.repeat(10)}}`)), 400, 'POST'],
    ['for its host', postBytes(LIST, [ELSEWHERE]), 403, 'tools/list'],
    ['for the host of a batch', postBytes(`[${LIST}]`, [ELSEWHERE]), 403, 'POST'],
    ['for the host of a bare request', bare('GET', [ELSEWHERE]), 403, 'GET'],
    ['for its method', bare('PUT'), 405, 'PUT'],
    ['for a method that only older versions have', bare('GET', [MODERN]), 405, 'GET'],
    ['for a header that differs', postBytes(LIST, ['Mcp-Method: tools/call']), 400, 'tools/list'],
    ['for a ping that its version lacks', postBytes(modern('ping'), [MODERN]), 404, 'ping'],
  ])('%s, and reported once, with its method', async (_what, bytes, status, method) => {
    await using served = await serve();
    const reply = await exchange(served.port, bytes);
    expect(reply.status).toBe(status);
    expect(served.refused).toEqual([expect.objectContaining({ status, method, why: undefined, body: reply.text })]);
    expect(served.dispatched).toEqual([]);
    await using silent = await serve({ onRefused: undefined });
    expect((await exchange(silent.port, bytes)).status).toBe(status);
  });

  it.each([
    ['POST', [], 'expected POST, GET, DELETE, got PUT'],
    ['POST', [MODERN], 'expected POST, got PUT, which this protocol version does not have'],
  ])('with the methods that there are, beginning with %s, with %j', async (_first, headers, message) => {
    await using served = await serve();
    expect((await exchange(served.port, bare('PUT', headers))).json().error?.message).toBe(message);
  });

  it('in words, for a ping that its version lacks', async () => {
    await using served = await serve();
    const reply = await post(served.port, modern('ping'), [MODERN]);
    expect(reply.json().error?.message).toBe('ping is not a method of this protocol version');
  });

  it.each([
    ['of the message that was read', LIST, 1],
    ['of a message that has no valid form', '{"jsonrpc":"2.0","id":"a","method":1}', 'a'],
    ['of no response, since it is no request', '{"jsonrpc":"2.0","id":5,"result":{}}', undefined],
  ])('with the id %s', async (_what, body, id) => {
    await using served = await serve();
    expect((await post(served.port, body, [ELSEWHERE])).json().id).toBe(id);
  });

  it.each([
    ['a message', postBytes(LIST), 'tools/list'],
    ['a batch', postBytes(`[${LIST}]`), 'POST'],
    ['a bare request', bare('GET'), 'GET'],
  ])('for its caller, with where to get a token and why it was refused: %s', async (_what, bytes, method) => {
    const readCaller = (): never => {
      throw new Unauthenticated('expected a token, got none', { hadToken: false });
    };
    const challenge = vi.fn<(host: string | undefined) => string>((host) => `Bearer realm="${host}"`);
    await using served = await serve({ readCaller, identifying: { challenge } });
    const reply = await exchange(served.port, bytes);
    expect([reply.status, reply.header('www-authenticate')]).toEqual([401, 'Bearer realm="localhost"']);
    expect(served.refused).toEqual([
      expect.objectContaining({ code: 'unauthenticated-caller', method, why: 'expected a token, got none' }),
    ]);
    for (const identifying of [undefined, {}]) {
      await using other = await serve({ readCaller, identifying });
      const refusal = await exchange(other.port, bytes);
      expect([refusal.status, refusal.header('www-authenticate')]).toEqual([403, undefined]);
    }
  });
});

test.each(['/ping', '/ping?x'])('a probe of %s is answered whatever its host', async (path) => {
  await using served = await serve();
  const reply = await exchange(served.port, request('GET', path, [ELSEWHERE], undefined));
  expect([reply.status, reply.text]).toEqual([200, '{"status":"Healthy"}']);
});

test('a ping is answered whatever its host, without preparation and caller', async () => {
  const never = vi.fn<() => never>();
  await using served = await serve({ begin: never, readCaller: never });
  const reply = await post(served.port, PING, [ELSEWHERE]);
  expect([reply.status, reply.text]).toEqual([200, '{"jsonrpc":"2.0","id":"p","result":{}}']);
  expect(never).not.toHaveBeenCalled();
});

test('the call before a snapshot prepares for it, and is answered then', async () => {
  const ready = Promise.withResolvers<void>();
  const warmUp = vi.fn<() => Promise<void>>(() => ready.promise);
  await using served = await serve({ warmUp });
  await using connection = await connect(served.port);
  connection.send(request('POST', '/warm-up', [], ''));
  await vi.waitFor(() => expect(warmUp).toHaveBeenCalledTimes(1));
  let answered = false;
  const reply = connection.reply().finally(() => (answered = true));
  await setImmediate();
  expect(answered).toBe(false);
  ready.resolve();
  expect([(await reply).status, (await reply).header('content-type'), (await reply).text]).toEqual([
    200,
    'application/json',
    '{"status":"Warm"}',
  ]);
  expect((await exchange(served.port, request('GET', '/warm-up', [], undefined))).status).toBe(404);
  expect((await post(served.port, LIST)).status).toBe(200);
  expect(warmUp).toHaveBeenCalledTimes(1);
});
