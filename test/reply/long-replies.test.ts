/** A long reply under a control that searches all of it: in whatever chunks it arrives, and however slowly it is read. */
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { email, paymentCard, redaction } from '../../proxy/controls/index.ts';
import { startFront } from '../support/front.ts';
import { startUpstream } from '../support/upstream.ts';

const CARD = '4111 1111 1111 1111';
const SENTENCE = 'Order 4711 left the warehouse on time, and nothing is left to do. ';
const PLAIN = SENTENCE.repeat(20_000);
const controls = [redaction({ client: { detectors: [email(), paymentCard()] } })];

const bodyOf = (text: string): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${text}"}],"isError":false}}`);

/** Cuts a body at these positions. */
function cutAt(body: Buffer, ...positions: readonly number[]): Buffer[] {
  const all = [0, ...positions, body.length];
  return all.slice(1).map((end, i) => body.subarray(all[i], end));
}

/** What the client gets, if the upstream writes these chunks one by one. @param pauseMs before each read */
async function through(chunks: readonly Buffer[], pauseMs = 0): Promise<string> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  await using upstream = await startUpstream(async (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length });
    for (const chunk of chunks) {
      await new Promise((written) => response.write(chunk, written));
      // The proxy reads it apart from the next one.
      await new Promise((later) => setTimeout(later, 5));
    }
    response.end();
  });
  await using front = await startFront(upstream, { controls });
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{}}}';
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  return await new Promise((resolve, reject) => {
    const sent = request({ port: front.port, path: '/mcp', method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('end', () => resolve(text));
      response.on('data', (part: string) => {
        text += part;
        if (pauseMs === 0) return;
        response.pause();
        setTimeout(() => response.resume(), pauseMs);
      });
    });
    sent.on('error', reject).end(body);
  });
}

describe('a long reply', () => {
  const clean = bodyOf(PLAIN);
  const middle = 700_000;
  const found = Buffer.concat([clean.subarray(0, middle), Buffer.from(` ${CARD} `), clean.subarray(middle)]);

  test.each([
    ['in one piece', cutAt(clean)],
    ['with a short first and last chunk', cutAt(clean, 20, clean.length - 3)],
    ['with many short chunks', cutAt(clean, ...Array.from({ length: 40 }, (_, i) => 1_000 * (i + 1) + (i % 7)))],
  ])('with nothing to find arrives as it was sent, %s', async (_, chunks) => {
    expect(await through(chunks)).toBe(clean.toString('latin1'));
  });

  test('arrives whole at a client that reads slowly', async () => {
    expect(await through(cutAt(clean, 300_000), 2)).toBe(clean.toString('latin1'));
  });

  test.each([
    ['within a chunk', [400_000]],
    ['across a border of two chunks', [middle + 8]],
    ['across three chunks', [middle + 5, middle + 9]],
    ['across chunks of a byte', Array.from({ length: 30 }, (_, i) => middle + i)],
    ['at the end of a short last chunk', [found.length - 700_000, middle + 40]],
  ])('is read where it has something to find %s', async (_, positions) => {
    const text = await through(cutAt(found, ...positions.toSorted((a, b) => a - b)));
    expect(text).not.toContain(CARD);
    expect(text).toContain('REDACTED_PAYMENT_CARD');
    expect(text.length).toBe(found.length - CARD.length + 'REDACTED_PAYMENT_CARD'.length);
  });
});
