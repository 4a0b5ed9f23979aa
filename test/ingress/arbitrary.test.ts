import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../support/front.ts';
import { connect, post } from '../support/raw.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { LIST, PING } from './messages.ts';

let upstream: Upstream;
let front: Front;

beforeAll(async () => {
  upstream = await startUpstream((seen, response) => {
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(`{"jsonrpc":"2.0","id":1,"result":{"bytes":${seen.body.length}}}`);
  });
  front = await startFront(upstream, { limits: { maxBody: 4096 } });
});

afterAll(async () => {
  expect((await post(front.port, PING)).status).toBe(200);
  await front[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** Whether a body was either refused in JSON-RPC or forwarded unchanged. */
async function settled(body: Buffer, headers: readonly string[]): Promise<boolean> {
  const before = upstream.received.length;
  const reply = await post(front.port, body, headers);
  const arrived = upstream.received.slice(before);
  if (reply.status >= 400) {
    const { jsonrpc, error } = reply.json();
    return jsonrpc === '2.0' && typeof error?.code === 'number' && error.message !== '' && arrived.length === 0;
  }
  return (
    arrived.every((seen) => body.includes(seen.body)) && (arrived.length > 0 || reply.text.includes('"result":{}'))
  );
}

const mutated = fc
  .tuple(
    fc.constantFrom(
      LIST,
      PING,
      `[${LIST},${PING}]`,
      '{"jsonrpc":"2.0","id":"é","method":"tools/call","params":{"name":"a\\n","arguments":{"k":[1.0,{"k":2}]}}}',
    ),
    fc.nat(),
    fc.nat(6),
    fc.uint8Array({ maxLength: 6 }),
  )
  .map(([text, at, cut, put]) => {
    const bytes = Buffer.from(text);
    const i = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, i), put, bytes.subarray(i + cut)]);
  });

describe('any input', () => {
  it('as a body is forwarded unchanged or refused in JSON-RPC', async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      mutated,
      mutated,
    );
    const versions = fc.constantFrom(
      [],
      ['MCP-Protocol-Version: 2025-03-26'],
      ['MCP-Protocol-Version: 2026-07-28'],
      ['MCP-Protocol-Version: ,'],
    );
    await fc.assert(
      fc.asyncProperty(bodies, versions, async (body, headers) => {
        expect(await settled(body, headers)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('as bytes of a connection is answered or ends it, and does not affect other connections', async () => {
    const lines = fc.constantFrom(
      'POST /mcp HTTP/1.1',
      'GET /mcp HTTP/1.1',
      'Host: localhost',
      'Content-Length: 5',
      'Content-Length: 0',
      'Transfer-Encoding: chunked',
      'Content-Type: application/json',
      'Connection: close',
      '',
      '',
      '5',
      '0',
      LIST,
      ': ',
      '\u0000',
    );
    const bytes = fc.oneof(
      fc.array(lines, { maxLength: 12 }).map((parts) => Buffer.from(parts.join('\r\n'))),
      fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        await using connection = await connect(front.port);
        connection.send(sent);
        connection.finish();
        await connection.closed;
        expect((await post(front.port, PING)).status).toBe(200);
      }),
      { numRuns: 150 },
    );
  });
});
