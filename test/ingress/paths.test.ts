import { describe, expect, it } from 'vitest';
import { startFront } from '../support/front.ts';
import { connect, exchange, post, request, USUAL } from '../support/raw.ts';
import { openEvents, startUpstream } from '../support/upstream.ts';
import { LIST, MODERN, modern, PING } from './messages.ts';

describe('the endpoint', () => {
  it.each(['/mcp', '/mcp/', '/mcp?x=1'])('takes a POST at %s', async (path) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('POST', path, USUAL, LIST));
    expect(reply.status).toBe(200);
    expect(reply.text).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect(upstream.received).toHaveLength(1);
  });

  it.each(['/', '/mcp/x', '/mcpx', '/MCP', '//mcp', '/x/../mcp', '/%6dcp', 'http://localhost/mcp'])('is not at %s: 404 as a JSON-RPC error without id', async (path) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('POST', path, USUAL, LIST));
    expect(reply.status).toBe(404);
    expect(reply.header('content-type')).toBe('application/json');
    expect(reply.json()).toEqual({ jsonrpc: '2.0', error: { code: -32600, message: 'expected the path /mcp, got another', data: { reason: 'not-found' } } });
    expect(upstream.received).toHaveLength(0);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'QUERY'])('refuses %s with 405', async (method) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request(method, '/mcp', [], undefined));
    expect(reply.status).toBe(405);
    expect(reply.header('allow')).toContain('POST');
    expect(reply.json().error?.message).toContain(`got ${method}`);
    expect(upstream.received).toHaveLength(0);
  });

  it('treats an upgrade or an unknown expectation as the plain request it may be taken for', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const headers of [['Connection: Upgrade', 'Upgrade: h2c'], ['Expect: gold']]) {
      expect((await post(front.port, LIST, headers)).status).toBe(200);
    }
    for (const seen of upstream.received) {
      expect(seen.headerNames).not.toContain('upgrade');
      expect(seen.headerNames).not.toContain('expect');
    }
  });
});

describe('GET and DELETE', () => {
  it('go to a legacy upstream', async () => {
    await using upstream = await startUpstream((seen, response) => {
      if (seen.method !== 'GET') return void response.writeHead(405, { 'Content-Length': 0 }).end();
      openEvents(response);
      response.end('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n');
    });
    await using front = await startFront(upstream);
    const stream = await exchange(front.port, request('GET', '/mcp/', ['Accept: text/event-stream', 'MCP-Protocol-Version: 2025-11-25'], undefined));
    expect(stream.status).toBe(200);
    expect(stream.text).toBe('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n');
    const ended = await exchange(front.port, request('DELETE', '/mcp', ['MCP-Protocol-Version: 2025-11-25'], undefined));
    expect(ended.status).toBe(405);
    expect(upstream.received.map(({ method, body }) => [method, body.length])).toEqual([['GET', 0], ['DELETE', 0]]);
  });

  it.each(['GET', 'DELETE'])('do not exist in the modern era: %s is a 405', async (method) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request(method, '/mcp', [MODERN], undefined));
    expect(reply.status).toBe(405);
    expect(reply.header('allow')).toBe('POST');
    expect(reply.json().error).toMatchObject({ code: -32600, data: { reason: 'method-not-allowed' } });
    expect(reply.json()).not.toHaveProperty('id');
    expect(upstream.received).toHaveLength(0);
  });
});

describe('health', () => {
  it('answers GET and HEAD /ping itself, whatever Host is named or missing', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('GET', '/ping', ['Host: anything.example'], undefined));
    expect([reply.status, reply.header('content-type'), reply.text]).toEqual([200, 'application/json', '{"status":"Healthy"}']);
    expect((await exchange(front.port, 'GET /ping HTTP/1.1\r\n\r\n')).status).toBe(200);
    expect((await exchange(front.port, 'GET /ping HTTP/1.0\r\n\r\n')).status).toBe(200);
    await using connection = await connect(front.port);
    connection.send('HEAD /ping HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await connection.head()).status).toBe(200);
    expect(upstream.received).toHaveLength(0);
  });

  it.each([['/mcp', 'Host: localhost'], ['/mcp/', 'Host: localhost'], ['/mcp', 'Host: anything.example']])('answers the method ping at %s with %s itself, in front of a dead upstream', async (path, host) => {
    await using front = await startFront({ url: 'http://127.0.0.1:1/mcp' });
    const reply = await exchange(front.port, request('POST', path, [...USUAL, host], PING));
    expect([reply.status, reply.text]).toEqual([200, '{"jsonrpc":"2.0","id":"p","result":{}}']);
  });

  it('answers ping without a caller where one is demanded', async () => {
    const { header } = await import('../../proxy/caller.ts');
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { caller: header('x-caller') });
    expect((await post(front.port, PING)).status).toBe(200);
    expect((await post(front.port, LIST)).status).toBe(403);
  });

  it.each([
    ['modern _meta', modern('ping', '', 'p'), []],
    ['a modern version header', PING, [MODERN]],
  ])('knows no method ping with %s: 404 and -32601', async (_, body, headers) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await post(front.port, body, headers);
    expect(reply.status).toBe(404);
    expect(reply.json()).toMatchObject({ id: 'p', error: { code: -32601 } });
    expect(upstream.received).toHaveLength(0);
  });
});
