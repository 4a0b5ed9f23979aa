import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { release } from '../../proxy/base/release.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { control } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import { connect } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { bytesOf, modern } from '../upstream/messages.ts';

describe('a released chunk', () => {
  test('is empty for code that still holds it', () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const view = chunk.subarray(10, 20);
    release(chunk);
    expect([chunk.length, view.length]).toEqual([0, 0]);
  });

  test('is left unchanged if its memory is shared', () => {
    const whole = Buffer.alloc(128 * 1024, 'x');
    release(whole.subarray(0, 64 * 1024));
    const pooled = Buffer.from('y'.repeat(100));
    const largePooled = Buffer.allocUnsafe((Buffer.poolSize >>> 1) - 1);
    release(pooled);
    release(largePooled);
    const shared = Buffer.from(new SharedArrayBuffer(64 * 1024));
    release(shared);
    expect([whole.length, pooled.length, largePooled.length, shared.length]).toEqual([
      128 * 1024,
      100,
      (Buffer.poolSize >>> 1) - 1,
      64 * 1024,
    ]);
  });
});

test('Node passes on copies of what it read, so that its buffer may be released', async () => {
  await using upstream = await startUpstream((_request, response) => void response.end(Buffer.alloc(300_000, 'x')));
  const agent = new http.Agent({ keepAlive: true });
  const response = await new Promise<http.IncomingMessage>((resolve) => http.get(upstream.url, { agent }, resolve));
  const memory: Record<'read' | 'body', Set<unknown>> = { read: new Set(), body: new Set() };
  response.socket.on('data', (chunk: Buffer) => memory.read.add(chunk.buffer));
  response.on('data', (chunk: Buffer) => memory.body.add(chunk.buffer));
  await once(response, 'end');
  agent.destroy();
  expect(memory.read.size).toBeGreaterThan(1);
  expect(memory.body.size).toBeGreaterThan(1);
  expect(memory.read.isDisjointFrom(memory.body)).toBe(true);
});

const ways = [
  ['no control', () => []],
  ['audit', () => [audit()]],
  [
    'a control that reads it',
    () => [control('reading', async (call, next) => (await next(call)).mapResult((result) => result))],
  ],
] as const;

describe.each(ways)('with %s', (_name, controls) => {
  test('large replies arrive completely at clients that read late, or slowly, at the same time', async () => {
    const texts = Array.from({ length: 4 }, () => randomBytes(9_000_000).toString('base64'));
    await using upstream = await startUpstream((request, response) => {
      const { id } = JSON.parse(request.text) as { id: number };
      const body = `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${texts[id]}"}]}}`;
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      // In pieces that the proxy reads one by one, some of them while the client isn't reading.
      for (let at = 0; at < body.length; at += 30_000) response.write(body.slice(at, at + 30_000));
      response.end();
    });
    await using front = await startFront(upstream, { controls: controls() });
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    const arrived = await Promise.all(
      texts.map(async (_text, id) => {
        await using client = await connect(front.port);
        client.send(bytesOf(modern('tools/call', { name: 'x', arguments: {} }, id)));
        client.socket.pause();
        await sleep(100);
        client.socket.resume();
        const reply = await client.reply();
        return digest((reply.json().result as { content: [{ text: string }] }).content[0].text);
      }),
    );
    expect(arrived).toEqual(texts.map(digest));
  });
});
