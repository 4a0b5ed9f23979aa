/** The HTTP server of ingress, without the rest of a proxy. */
import { expect, test } from 'vitest';
import { Cors } from '../../proxy/ingress/cors.ts';
import { connect, exchange, post, request, USUAL } from '../support/raw.ts';
import { LIST, PING } from './messages.ts';
import { serve } from './served.ts';

test('the limits of time are those of the deployment, and an idle connection outlives those of load balancers', async () => {
  await using served = await serve();
  const { headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount } = served.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount }).toEqual({
    headersTimeout: 40_000,
    requestTimeout: 50_000,
    keepAliveTimeout: 75_000,
    maxHeadersCount: 0,
  });
});

test('headers of 80 KB are taken, and those of more than 96 KiB are not', async () => {
  await using served = await serve();
  const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: ${'v'.repeat(4_000)}`);
  expect((await post(served.port, LIST, lines(20))).status).toBe(200);
  expect((await post(served.port, LIST, lines(25))).status).toBe(431);
  expect(served.dispatched).toHaveLength(1);
});

test('a repeated header is read as one value, never as its first', async () => {
  const seen: unknown[] = [];
  await using served = await serve({
    readCaller: ({ headers }) => {
      seen.push(headers.authorization);
      return { subject: undefined, claims: {}, key: '' };
    },
  });
  await post(served.port, LIST, ['Authorization: Bearer a', 'Authorization: Bearer b']);
  expect(seen).toEqual(['Bearer a, Bearer b']);
  const twice = ['Content-Type: application/json', 'Content-Type: text/plain'];
  expect((await post(served.port, LIST, twice)).status).toBe(415);
});

test('a request without a Host is refused in JSON, unless it is a probe', async () => {
  await using served = await serve();
  const without = (body: string): string =>
    `POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  expect((await exchange(served.port, without(LIST))).json().error?.message).toBe('expected a Host header, got none');
  expect((await exchange(served.port, without(PING))).status).toBe(200);
});

test('an unknown expectation is ignored', async () => {
  await using served = await serve();
  expect((await post(served.port, LIST, ['Expect: the-unexpected'])).status).toBe(200);
  expect(served.dispatched).toHaveLength(1);
});

test('bytes that are no request get a refusal in JSON', async () => {
  await using served = await serve();
  const reply = await exchange(served.port, 'garbage\r\n\r\n');
  expect([reply.status, reply.json().error?.message]).toEqual([400, 'not an HTTP/1.1 request']);
});

test('a tunnel is refused, and reported if anybody listens', async () => {
  for (const options of [{}, { onRefused: undefined }]) {
    await using served = await serve(options);
    const reply = await exchange(served.port, 'CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n');
    expect([reply.status, reply.header('connection')]).toEqual([405, 'close']);
    expect(served.refused).toEqual(
      'onRefused' in options ? [] : [expect.objectContaining({ code: 'method-not-allowed', method: 'CONNECT' })],
    );
  }
});

test('what follows a request whose body is not read is not taken for another', async () => {
  await using served = await serve();
  await using connection = await connect(served.port);
  connection.send(request('POST', '/mcp', ['Content-Type: text/plain', 'Content-Length: 100'], ''));
  const reply = await connection.reply();
  expect([reply.status, reply.header('connection')]).toEqual([415, 'close']);
  connection.send(Buffer.concat([Buffer.alloc(100, 'x'), request('POST', '/mcp', USUAL, LIST)]));
  await connection.closed;
  expect(served.dispatched).toEqual([]);
});

test.each([
  [false, 'keep-alive'],
  [true, 'close'],
])('once the server closes (%s), an answer ends its connection: %s', async (begun, connection) => {
  await using served = await serve({ closing: { begun, cut: false } });
  expect((await exchange(served.port, request('GET', '/ping', [], undefined))).header('connection')).toBe(connection);
});

test('replies vary by origin only if the deployment lists some', async () => {
  await using plain = await serve();
  expect((await post(plain.port, LIST)).header('vary')).toBeUndefined();
  await using listing = await serve({ cors: new Cors(['https://app.example']) });
  expect((await post(listing.port, LIST)).header('vary')).toBe('Origin');
});
