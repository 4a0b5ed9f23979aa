/** Which answers to a ping reach the client, and which are given up. Without an upstream. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NOBODY } from '../../proxy/call/caller.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import { readMessage } from '../../proxy/call/message.ts';
import type { Dispatching } from '../../proxy/dispatch/dispatching.ts';
import { Guards } from '../../proxy/ingress/guards.ts';
import { keptAlive, type Ping } from '../../proxy/ingress/keep-alive.ts';
import type { Sink } from '../../proxy/reply/deliver.ts';
import { NotingSink } from './noting-sink.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

interface Asked {
  /** Whether the ping was answered by its session. */
  readonly kept: Promise<boolean>;
  readonly client: NotingSink;
  /** The call that was dispatched, and where its reply goes. */
  readonly call: () => { readonly exchange: Exchange; readonly sink: Sink } | undefined;
}

function ask(headers: Readonly<Record<string, string>> = { 'mcp-session-id': 's' }, given: Partial<Ping> = {}): Asked {
  let call: { readonly exchange: Exchange; readonly sink: Sink } | undefined;
  const dispatcher: Dispatching = {
    async dispatch(kind, message, exchange, sink) {
      expect([kind, message?.method, exchange.era]).toEqual(['request', 'ping', 'legacy']);
      call = { exchange, sink };
    },
    isOpen: ({ inbound }) => [inbound.sessionId, inbound.runtimeSessionId].includes('s'),
  };
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, { host: 'localhost' }, headers);
  const client = new NotingSink();
  const kept = keptAlive(
    {
      message: readMessage('{"jsonrpc":"2.0","id":1,"method":"ping"}', 10),
      request,
      bytes: 40,
      guards: new Guards({ listenHost: '127.0.0.1', allowedHosts: [] }),
      dispatcher,
      readCaller: () => NOBODY,
      identifying: undefined,
      ...given,
    },
    client,
  );
  return { kept, client, call: () => call };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whether a ping was answered by its session, which takes no more than some turns. */
async function soon(kept: Promise<boolean>): Promise<boolean | 'nothing yet'> {
  const late = async (): Promise<'nothing yet'> => {
    for (let turns = 0; turns < 50; turns++) await turn();
    return 'nothing yet';
  };
  return await Promise.race([kept, late()]);
}

describe('a ping', () => {
  test.each([
    ['no session', {}, false],
    ['a session that is not open', { 'mcp-session-id': 'other' }, false],
    ['a session of the platform that is not open', { 'x-amzn-bedrock-agentcore-runtime-session-id': 'other' }, false],
    ['an open session', { 'mcp-session-id': 's' }, true],
    ['an open session of the platform', { 'x-amzn-bedrock-agentcore-runtime-session-id': 's' }, true],
    ['a host that is not allowed', { 'mcp-session-id': 's', host: 'evil.example' }, false],
  ])('that names %s is passed on, or not', async (_what, headers, passes) => {
    const { kept, client, call } = ask(headers);
    await turn();
    expect(call() !== undefined).toBe(passes);
    call()?.sink.head(200, [], false);
    call()?.sink.end();
    expect(await soon(kept)).toBe(passes);
    expect([client.isWhole, vi.getTimerCount()]).toEqual([passes, 0]);
  });

  test.each([
    [200, true],
    [404, true],
    [499, true],
    [500, false],
    [503, false],
  ])('that is answered with %i has that answer: %s', async (status, has) => {
    const { kept, client, call } = ask();
    await turn();
    call()?.sink.head(status, ['X-A', 'b'], true);
    call()?.sink.write(Buffer.from('one '));
    expect(client.status).toBe(0);
    call()?.sink.end(Buffer.from('two'));
    expect(await soon(kept)).toBe(has);
    expect([client.status, client.headers, client.flushed, client.written.join('')]).toEqual(
      has ? [status, ['X-A', 'b'], false, 'one two'] : [0, [], undefined, ''],
    );
    expect(call()?.exchange.signal.aborted).toBe(!has);
  });

  test.each([
    ['denied', false],
    ['session-not-found', true],
  ] as const)('whose refusal is %s has that answer: %s', async (refusal, has) => {
    const { kept, call } = ask();
    await turn();
    const { exchange, sink } = call() ?? {};
    exchange?.refused(0, refusal);
    sink?.head(404, [], false);
    sink?.end();
    expect(await soon(kept)).toBe(has);
  });

  test('whose answer is cut has none, and its call ends', async () => {
    const { kept, client, call } = ask();
    await turn();
    call()?.sink.head(200, [], false);
    call()?.sink.cut();
    expect([await soon(kept), client.status, call()?.sink.gone]).toEqual([false, 0, true]);
    expect(call()?.exchange.signal.aborted).toBe(true);
    // What comes later is no answer.
    call()?.sink.end();
    expect(client.isWhole).toBe(false);
  });

  test.each([
    [64 * 1024, true],
    [64 * 1024 + 1, false],
  ])('may have an answer of %i bytes: %s', async (size, may) => {
    const { kept, client, call } = ask();
    await turn();
    call()?.sink.head(200, [], false);
    const chunk = Buffer.alloc(size - 10, 'x');
    expect(call()?.sink.write(chunk)).toBe(true);
    chunk.fill('y');
    call()?.sink.end(Buffer.alloc(10, 'x'));
    expect(await soon(kept)).toBe(may);
    expect(client.written.join('')).toBe(may ? 'x'.repeat(size) : '');
  });

  test('waits for its answer for two seconds', async () => {
    const { kept, client, call } = ask();
    await turn();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(call()?.sink.gone).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect([await soon(kept), call()?.sink.gone, call()?.exchange.signal.aborted]).toEqual([false, true, true]);
    expect(client.status).toBe(0);
  });

  test('whose caller is found too late is not passed on', async () => {
    const caller = Promise.withResolvers<typeof NOBODY>();
    const { kept, call } = ask(undefined, { readCaller: () => caller.promise });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await soon(kept)).toBe(false);
    caller.resolve(NOBODY);
    await turn();
    expect(call()).toBeUndefined();
  });

  test('without a session is a probe, whose caller nobody asks for', async () => {
    const readCaller = vi.fn<() => typeof NOBODY>(() => NOBODY);
    expect(await soon(ask({}, { readCaller }).kept)).toBe(false);
    expect(readCaller).not.toHaveBeenCalled();
  });

  test('without a caller is not passed on', async () => {
    const refuse = (): never => {
      throw new Error('no caller');
    };
    const { kept, call } = ask(undefined, { readCaller: refuse });
    expect([await soon(kept), call(), vi.getTimerCount()]).toEqual([false, undefined, 0]);
  });

  test('makes no writer wait', async () => {
    const { call } = ask();
    await turn();
    let waits = true;
    call()?.sink.onDrain(() => (waits = false));
    expect([waits, call()?.sink.settled]).toEqual([false, false]);
  });
});
