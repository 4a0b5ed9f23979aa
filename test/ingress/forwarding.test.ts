import { describe, expect, it } from 'vitest';
import { audit } from '../../proxy/controls/audit/index.ts';
import { startFront } from '../support/front.ts';
import { connect, exchange, post, postBytes, request } from '../support/raw.ts';
import { openEvents, startUpstream } from '../support/upstream.ts';
import { LIST, MODERN, modern, PLATFORM } from './messages.ts';

/** Headers that a client may send and that the upstream must not get. */
const STRAY = [
  'Authorization: Bearer client-secret',
  'Cookie: session=client-secret',
  'Proxy-Authorization: Basic client-secret',
  'X-Api-Key: client-secret',
  'X-Amz-Security-Token: client-secret',
  'X-Amzn-Bedrock-AgentCore-Runtime-Custom-Who: client-secret',
  'X-Forwarded-For: 10.0.0.1',
  'X-Forwarded-Host: evil.example',
  'Forwarded: for=10.0.0.1',
  'Via: 1.1 somewhere',
  'TE: trailers',
  'Connection: keep-alive, X-Hop',
  'X-Hop: 1',
  'Referer: http://localhost/page',
  'User-Agent: a client',
  'Mcp-Custom: x',
];

describe('the upstream gets', () => {
  it.each([
    [
      'numbers beyond 2^53, 1.0, 1e400 and -0',
      '{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"x","arguments":{"n":[9007199254740993,1.0,1e400,-0,0.1e-7,12345678901234567890.12345]}}}',
    ],
    ['odd white space', ' \r\n\t{ "jsonrpc" :\t"2.0" ,\n"method":"tools/list", "id" : 1 }\n\n'],
    [
      'escapes and what they stand for',
      '{"jsonrpc":"2.0","id":"\\u0031","method":"tools\\/call","params":{"name":"\\u0061\\/","arguments":{"\\ud83d\\ude00":"😀\\ud800","z":1,"a":2}}}',
    ],
    [
      'unknown members and fields',
      '{"jsonrpc":"2.0","extra":{"x":[]},"id":1,"method":"x/unknown","params":{"whatever":null,"_meta":{"com.example/trace":"1"}}}',
    ],
    [
      'a key __proto__',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"__proto__":{"constructor":1}}}}',
    ],
    ['a modern request', modern('tools/call', '"name":"x","arguments":{"n":1.0}')],
    ['a large one', `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"${'é'.repeat(200_000)}"}}`],
  ])('the body byte for byte, if no control changes it: %s', async (_, body) => {
    await using upstream = await startUpstream();
    for (const controls of [[], [audit()]]) {
      await using front = await startFront(upstream, { controls });
      const bytes = postBytes(body);
      await using connection = await connect(front.port);
      // In two pieces, so that the body doesn't arrive in one.
      connection.send(bytes.subarray(0, bytes.length - 20));
      connection.send(bytes.subarray(bytes.length - 20));
      expect((await connection.reply()).status).toBe(200);
    }
    expect(upstream.received.map(({ body: seen }) => seen.equals(Buffer.from(body)))).toEqual([true, true]);
  });

  it('exactly the listed headers, in the legacy era', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const reply = await post(front.port, LIST, [
      ...STRAY,
      'MCP-Protocol-Version: 2025-06-18',
      'Accept-Encoding: br',
      `Traceparent: ${traceparent}`,
      'Tracestate: a=b',
      'Last-Event-ID: 7',
      'Mcp-Param-X: 1',
    ]);
    expect(reply.status).toBe(200);
    const expected = {
      host: `127.0.0.1:${upstream.port}`,
      accept: 'application/json, text/event-stream',
      'accept-encoding': 'br',
      'content-type': 'application/json',
      'content-length': String(LIST.length),
      'mcp-protocol-version': '2025-06-18',
      traceparent,
      tracestate: 'a=b',
      Connection: 'keep-alive',
    };
    expect(upstream.received.map(({ rawHeaders }) => rawHeaders)).toEqual([Object.entries(expected).flat()]);
    expect(upstream.received[0]?.rawHeaders.join('\n')).not.toContain('client-secret');
  });

  it('exactly the listed headers, in the modern era, behind the platform', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const body = modern('tools/call', '"name":"add"');
    const reply = await post(front.port, body, [
      ...STRAY,
      MODERN,
      PLATFORM,
      'Mcp-Session-Id: made-by-the-platform',
      'Last-Event-ID: 7',
    ]);
    expect(reply.status).toBe(200);
    const calls = upstream.received.filter(({ text }) => text === body);
    expect(calls.map(({ headerNames }) => headerNames)).toEqual([
      [
        'host',
        'accept',
        'content-type',
        'content-length',
        'mcp-protocol-version',
        'mcp-method',
        'mcp-name',
        'connection',
      ],
    ]);
    for (const seen of upstream.received)
      expect(seen.rawHeaders.join('\n')).not.toMatch(/client-secret|made-by|0123456789-/);
  });

  it('exactly the listed headers on GET and DELETE', async () => {
    await using upstream = await startUpstream((_, response) => {
      openEvents(response);
      response.end();
    });
    await using front = await startFront(upstream);
    for (const method of ['GET', 'DELETE'])
      await exchange(
        front.port,
        request(method, '/mcp', [...STRAY, 'Accept: text/event-stream', 'Last-Event-ID: 7'], undefined),
      );
    expect(upstream.received.map(({ method, headerNames }) => [method, ...headerNames])).toEqual([
      ['GET', 'host', 'accept', 'last-event-id', 'connection'],
      ['DELETE', 'host', 'accept', 'connection'],
    ]);
  });

  it('the request at the path of its binding, whatever path the client requested', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront({ url: `${upstream.url}/deep?key=1` });
    await exchange(front.port, request('POST', '/mcp/?evil=1#x', ['Content-Type: application/json'], LIST));
    expect(upstream.received.map(({ target }) => target)).toEqual(['/mcp/deep?key=1']);
  });
});

describe('a refusal', () => {
  it.each([
    ['a path', request('POST', '/nowhere?token=client-secret', STRAY, LIST)],
    ['a method', request('PUT', '/mcp?token=client-secret', STRAY, LIST)],
    ['a media type', request('POST', '/mcp', STRAY, LIST)],
    ['broken JSON', postBytes('{"password":"client-secret"', STRAY)],
    ['a duplicate key', postBytes('{"client-secret":1,"client-secret":2}', STRAY)],
    ['a broken envelope', postBytes('{"jsonrpc":"client-secret","client-secret":1}', STRAY)],
    ['a variant', postBytes('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"Name":"client-secret"}}', STRAY)],
    [
      'parameters',
      postBytes('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":{"client-secret":1}}}', STRAY),
    ],
    ['a version', postBytes(`[${LIST}]`, [...STRAY, `MCP-Protocol-Version: ${'x'.repeat(30)}client-secret`])],
    ['no HTTP', Buffer.from('client-secret\r\n\r\n')],
  ])('for %s repeats no header and no value of the call', async (_, bytes) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, bytes);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.json().error?.message).toMatch(/expected|not|same|differs|more/);
    expect(reply.raw + reply.text).not.toContain('client-secret');
    expect(upstream.received).toHaveLength(0);
  });
});
