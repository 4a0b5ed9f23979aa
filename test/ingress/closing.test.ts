/** How connections and calls end when the process is told to. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../proxy/controls/index.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Front, startFront } from '../support/front.ts';
import { connect, request } from '../support/raw.ts';
import { event, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { bytesOf, eras } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

/** Far longer than the test: if it were waited for, the test would fail. */
const GRACE_MS = 600_000;
const RESULT = { jsonrpc: '2.0', id: 1, result: {} };

/** A proxy that doesn't end before it is told to. */
function front(upstream: { readonly url: string }): Promise<Front> {
  return startFront(upstream, { controls: [audit()] });
}

describe.each(eras)('%s, when the proxy ends', (_era, call) => {
  const bytes = bytesOf(call('tools/call', { name: 'x', arguments: {} }));

  test('a call under way gets its answer, which ends the connection, and nothing else is waited for', async () => {
    let answer = (): void => {};
    await using upstream = await startUpstream((_, response) => {
      answer = () => respondJson(response, RESULT);
    });
    const { port, proxy } = await front(upstream);
    await using connection = await connect(port);
    connection.send(bytes);
    await upstream.arrival(0);
    const ended = proxy.close(GRACE_MS);
    answer();
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection')]).toEqual([200, 'close']);
    await connection.closed;
    await ended;
  });

  test('a client that goes on calling on its connection gets at most one more answer', async () => {
    let finish = (): void => {};
    await using upstream = await startUpstream((received, response) => {
      if (received !== upstream.received[0]) return respondJson(response, RESULT);
      openEvents(response);
      finish = () => void response.end(event(RESULT));
    });
    const { port, proxy } = await front(upstream);
    await using connection = await connect(port);
    connection.send(bytes);
    // The headers of the stream were sent as those of a connection that stays open.
    expect((await connection.head()).header('connection')).toBe('keep-alive');
    const ended = proxy.close(GRACE_MS);
    finish();
    while ((await connection.piece()) !== undefined);
    let more = 0;
    while (!connection.isClosed) {
      connection.send(bytes);
      const reply = await connection.reply().catch(() => undefined);
      if (reply !== undefined) more++;
    }
    expect(more).toBeLessThanOrEqual(1);
    await ended;
  });

  test('what the proxy answers itself ends the connection, too', async () => {
    let finish = (): void => {};
    await using upstream = await startUpstream((_, response) => {
      openEvents(response);
      finish = () => void response.end(event(RESULT));
    });
    const { port, proxy } = await front(upstream);
    await using connection = await connect(port);
    connection.send(bytes);
    await connection.head();
    const ended = proxy.close(GRACE_MS);
    connection.send(request('GET', '/ping', [], undefined));
    finish();
    while ((await connection.piece()) !== undefined);
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection')]).toEqual([200, 'close']);
    await connection.closed;
    await ended;
  });

  test('a call that is cut at the end of its time has its audit line before the proxy has ended', async () => {
    await using upstream = await startUpstream((_, response) => openEvents(response));
    const { port, proxy } = await front(upstream);
    await using connection = await connect(port);
    connection.send(bytes);
    await connection.head();
    await proxy.close(0);
    expect(lines.all).toContainEqual(expect.objectContaining({ event: 'call', outcome: 'cut' }));
  });
});
