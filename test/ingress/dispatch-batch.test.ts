/** What the messages of a batch become: a call each, or one refusal. Without the rest of a proxy. */
import { describe, expect, it, vi } from 'vitest';
import { CallerToken, CallerTokens } from '../../proxy/call/caller-tokens.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import { isArray } from '../../proxy/ingress/dispatch-batch.ts';
import { connect, post, postBytes } from '../support/raw.ts';
import { LIST, modern, PING } from './messages.ts';
import { serve } from './served.ts';

const V = 'MCP-Protocol-Version: 2025-03-26';
const ELSEWHERE = 'Host: evil.example';
const NOTE = '{"jsonrpc":"2.0","method":"x"}';

describe('a batch', () => {
  it.each([
    ['', []],
    [' \t\r\n', [V]],
  ])('that begins with %j, with the headers %j, is a call for each message', async (before, headers) => {
    const readCaller = vi.fn<() => typeof NOBODY>(() => NOBODY);
    await using served = await serve({ readCaller });
    const reply = await post(served.port, `${before}[${LIST},${NOTE}]`, [...headers, 'Accept-Encoding: br']);
    expect([reply.status, reply.text]).toEqual([200, '[{}]']);
    expect(
      served.dispatched.map(({ kind, message, exchange: { era, inbound } }) => [
        kind,
        message?.method,
        era,
        inbound.acceptEncoding,
        inbound.protocolVersion,
      ]),
    ).toEqual([
      ['request', 'tools/list', 'legacy', 'identity', headers.length === 0 ? undefined : '2025-03-26'],
      ['notification', 'x', 'legacy', 'identity', headers.length === 0 ? undefined : '2025-03-26'],
    ]);
    expect(readCaller).toHaveBeenCalledTimes(1);
  });

  it('that is long has all its calls', async () => {
    await using served = await serve({ maxBody: 1_000_000, maxInspectedReply: 1_000_000 });
    const long = LIST.replace('}', `,"params":{"cursor":"${'x'.repeat(2_000)}"}}`);
    const reply = await post(served.port, `[${Array.from({ length: 100 }, () => long).join(',')}]`);
    expect(reply.json()).toHaveLength(100);
    expect(served.dispatched).toHaveLength(100);
  });

  it('has its pings answered here', async () => {
    await using served = await serve();
    expect((await post(served.port, `[${PING},${LIST}]`)).text).toBe('[{"jsonrpc":"2.0","id":"p","result":{}},{}]');
    expect(served.dispatched.map(({ message }) => message?.method)).toEqual(['tools/list']);
  });

  it('of pings is a probe: any host, and no caller', async () => {
    const never = vi.fn<() => never>();
    await using served = await serve({ readCaller: never, begin: never });
    const reply = await post(served.port, `[${PING}]`, [ELSEWHERE]);
    expect(reply.text).toBe('[{"jsonrpc":"2.0","id":"p","result":{}}]');
    expect(never).not.toHaveBeenCalled();
    expect((await post(served.port, `[${PING},${LIST}]`, [ELSEWHERE])).status).toBe(403);
  });

  it('waits until the proxy is ready', async () => {
    const ready = Promise.withResolvers<void>();
    const begin = vi.fn<() => Promise<void>>(() => ready.promise);
    const readCaller = vi.fn<() => Promise<typeof NOBODY>>(() => Promise.resolve(NOBODY));
    await using served = await serve({ begin, readCaller });
    await using connection = await connect(served.port);
    connection.send(postBytes(`[${LIST}]`));
    await vi.waitFor(() => expect(begin).toHaveBeenCalledTimes(1));
    expect(readCaller).not.toHaveBeenCalled();
    ready.resolve();
    expect((await connection.reply()).text).toBe('[{}]');
    expect(served.dispatched[0]?.exchange.caller).toBe(NOBODY);
  });

  it('has its tokens forgotten once all its calls are over, even if one has failed', async () => {
    const bearer = new CallerToken('a token');
    const last = Promise.withResolvers<void>();
    const tokens = new CallerTokens({ bearer });
    await using served = await serve({
      identifying: { readTokens: () => tokens },
      dispatcher: {
        async dispatch(kind, _message, _exchange, sink) {
          sink.head(202, [], false);
          sink.end();
          if (kind === 'request') throw new Error('failed');
          await last.promise;
        },
        isOpen: () => false,
      },
    });
    expect((await post(served.port, `[${LIST},${NOTE}]`)).status).toBe(202);
    expect(bearer.isWhole).toBe(true);
    last.resolve();
    await vi.waitFor(() => expect(bearer.isWhole).toBe(false));
  });

  it.each([
    [false, false],
    [true, true],
  ])('whose client leaves while the time of calls is over (%s) is cancelled: %s', async (cut, cancels) => {
    const calls: Exchange[] = [];
    const left = Promise.withResolvers<void>();
    await using served = await serve({
      closing: { begun: cut, cut },
      dispatcher: {
        async dispatch(_kind, _message, exchange, sink) {
          calls.push(exchange);
          await vi.waitFor(() => expect(sink.gone).toBe(true));
          left.resolve();
        },
        isOpen: () => false,
      },
    });
    await using connection = await connect(served.port);
    connection.send(postBytes(`[${LIST},${NOTE}]`));
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    connection.destroy();
    await left.promise;
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([cancels, cancels]);
  });
});

describe('a batch is refused', () => {
  it.each([
    ['of another version', `[${LIST}]`, ['MCP-Protocol-Version: 2025-06-18'], '2025-06-18 has no batches'],
    [
      'of a version that is too long to name',
      `[${LIST}]`,
      [`MCP-Protocol-Version: ${'v'.repeat(30)}`],
      `version ${'v'.repeat(20)} has`,
    ],
    [
      'with a modern message',
      `[${LIST},${modern('x')}]`,
      [V],
      'expected one message: its protocol version has no batches',
    ],
    ['that is too deep', `[${'['.repeat(20)}`, [], 'nested too deeply'],
    ['that is no JSON', `[${LIST}`, [], 'JSON'],
    ['with a key twice', `[{"a":1,"a":2}]`, [], 'the same key twice'],
    ['that a header contradicts', `[${LIST},${NOTE}]`, ['Mcp-Method: tools/list'], 'header mismatch'],
  ])('%s, as a whole and without an id', async (_what, body, headers, message) => {
    await using served = await serve();
    const reply = await post(served.port, body, headers);
    expect([reply.status, reply.json().id]).toEqual([400, undefined]);
    expect(reply.json().error?.message).toContain(message);
    expect([served.dispatched, served.refused.length]).toEqual([[], 1]);
  });

  it('but not for a message that names the version of batches itself', async () => {
    await using served = await serve();
    const own = modern('x').replace('2026-07-28', '2025-03-26');
    expect((await post(served.port, `[${own}]`, [V])).text).toBe('[{}]');
  });
});

it.each([
  ['[]', true],
  [' \t\r\n[', true],
  ['{', false],
  ['{"a":[]}', false],
  ['5', false],
  ['', false],
  ['"["', false],
  ['\u00a0[', false],
])('%j is a batch: %s', (text, is) => {
  expect(isArray(text)).toBe(is);
});
