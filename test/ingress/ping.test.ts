/** The bytes of the proxy's own answer to a ping, and which messages get it. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { NOBODY } from '../../proxy/call/caller.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { Guards } from '../../proxy/ingress/guards.ts';
import { answerPing, isPing } from '../../proxy/ingress/ping.ts';
import { startFront } from '../support/front.ts';
import { post, USUAL } from '../support/raw.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { NotingSink } from './noting-sink.ts';

test.each([
  ['{"jsonrpc":"2.0","id":1,"method":"ping"}', true],
  ['{"jsonrpc":"2.0","method":"ping"}', false],
  ['{"jsonrpc":"2.0","id":1,"method":"pings"}', false],
  ['{"jsonrpc":"2.0","id":1,"result":{}}', false],
])('%s is a ping: %s', (text, is) => {
  expect(isPing(readMessage(text, 10))).toBe(is);
});

/** Answers a ping as ingress does, with a session that is open or not. */
async function answered(isOpen: boolean): Promise<NotingSink> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, { host: 'localhost', 'mcp-session-id': 's' });
  const sink = new NotingSink();
  await answerPing(
    {
      guards: new Guards({ listenHost: '127.0.0.1', allowedHosts: [] }),
      readCaller: () => NOBODY,
      dispatcher: {
        async dispatch(kind, message, { caller, inbound, era }, to) {
          await new Promise(setImmediate);
          to.head(200, ['X-Seen', [kind, message?.method, caller.key, inbound.sessionId, era].join()], false);
          to.end(Buffer.from('from the upstream'));
        },
        isOpen: () => isOpen,
      },
      maxBody: 1_000,
      maxDepth: 10,
      maxInspectedReply: 1_000,
      headersTimeoutMs: 1_000,
      requestTimeoutMs: 1_000,
      closing: { begun: false, cut: false },
    },
    readMessage('{"jsonrpc":"2.0","id":"a","method":"ping"}', 10),
    request,
    40,
    sink,
  );
  return sink;
}

test('a ping in an open session is answered by the upstream, and by nobody else', async () => {
  expect(await answered(true)).toMatchObject({
    status: 200,
    headers: ['X-Seen', 'request,ping,,s,legacy'],
    flushed: false,
    written: ['from the upstream'],
    isWhole: true,
  });
});

test('any other ping is answered here, in one piece', async () => {
  const body = '{"jsonrpc":"2.0","id":"a","result":{}}';
  expect(await answered(false)).toMatchObject({
    status: 200,
    headers: ['Content-Type', 'application/json', 'Content-Length', String(body.length)],
    flushed: false,
    written: [body],
    isWhole: true,
  });
});

test.each(['1', '"a"', '-5'])('a ping with the id %s is answered with it', async (id) => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream);
  const reply = await post(front.port, `{"jsonrpc":"2.0","method":"ping","id":${id}}`, USUAL);
  const text = `{"jsonrpc":"2.0","id":${id},"result":{}}`;
  expect([reply.status, reply.text]).toEqual([200, text]);
  expect(reply.header('content-type')).toBe('application/json');
  expect(reply.header('content-length')).toBe(String(text.length));
  expect(upstream.received).toEqual([]);
});

test('a notification by that name is passed on, since nobody waits for an answer', async () => {
  await using upstream = await startUpstream((_, response) => void response.writeHead(202).end());
  await using front = await startFront(upstream);
  const sent = '{"jsonrpc":"2.0","method":"ping"}';
  const reply = await post(front.port, sent, USUAL);
  expect([reply.status, reply.text]).toEqual([202, '']);
  expect(upstream.received.map(({ text }) => text)).toEqual([sent]);
});

test('so is an error of the upstream for another method', async () => {
  await using upstream = await startUpstream((_, response) =>
    respondJson(response, { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no' } }),
  );
  await using front = await startFront(upstream);
  const reply = await post(front.port, '{"jsonrpc":"2.0","method":"pings","id":1}', USUAL);
  expect(reply.json().error?.message).toBe('no');
});
