/** The bytes of the proxy's own answer to a ping, and which messages get it. */
import { expect, test } from 'vitest';
import { startFront } from '../support/front.ts';
import { post, USUAL } from '../support/raw.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';

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
