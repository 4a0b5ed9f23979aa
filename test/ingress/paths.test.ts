import { describe, expect, it, vi } from 'vitest';
import { targetOf } from '../../proxy/ingress/target.ts';
import { errorData } from '../support/error-data.ts';
import { startFront } from '../support/front.ts';
import { connect, exchange, post, postBytes, request, USUAL } from '../support/raw.ts';
import { idOf, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { LIST, MODERN, modern, PING } from './messages.ts';

describe('the endpoint', () => {
  it.each(['/mcp', '/mcp/', '/mcp?x=1'])('accepts a POST at %s', async (path) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('POST', path, USUAL, LIST));
    expect(reply.status).toBe(200);
    expect(reply.text).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect(upstream.received).toHaveLength(1);
  });

  it.each([
    '/',
    '/mcp/x',
    '/mcpx',
    '/MCP',
    '//mcp',
    '/x/../mcp',
    '/%6dcp',
    'http://localhost',
    'http://localhost/',
    'http://localhost/mcpx',
    'HTTP://localhost//mcp',
    '*',
  ])('is not at %s: 404 as a JSON-RPC error without id', async (path) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('POST', path, USUAL, LIST));
    expect(reply.status).toBe(404);
    expect(reply.header('content-type')).toBe('application/json');
    expect(reply.json()).toEqual({
      jsonrpc: '2.0',
      error: {
        code: -32600,
        message: `expected the path /mcp, got ${path === '*' ? '*, which stands for the server as a whole' : 'another'}`,
        data: errorData('not-found'),
      },
    });
    expect(upstream.received).toHaveLength(0);
  });

  it.each(['http://localhost/mcp', 'HTTP://LOCALHOST:8000/mcp/', 'https://127.0.0.1/mcp?x=1'])(
    'accepts a POST whose target is a whole URL (RFC 9112, 3.2.2): %s',
    async (target) => {
      await using upstream = await startUpstream();
      await using front = await startFront(upstream);
      expect((await exchange(front.port, request('POST', target, USUAL, LIST))).status).toBe(200);
      expect((await exchange(front.port, request('GET', target, [], undefined))).header('allow')).toBeUndefined();
      expect(upstream.received.map(({ method, target }) => [method, target])).toEqual([
        ['POST', '/mcp'],
        ['GET', '/mcp'],
      ]);
    },
  );

  it('checks the host in such a URL like the one in the header, and neither replaces the other', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const [target, host] of [
      ['http://evil.example/mcp', 'localhost'],
      ['http://localhost/mcp', 'evil.example'],
      ['http://localhost.evil.example/mcp', 'localhost'],
    ] as const) {
      for (const method of ['POST', 'GET', 'DELETE']) {
        const reply = await exchange(
          front.port,
          request(method, target, [...USUAL, `Host: ${host}`], method === 'POST' ? LIST : undefined),
        );
        expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([403, 'forbidden-host']);
      }
    }
    for (const target of [
      'http://localhost@evil.example/mcp',
      'http://user@localhost/mcp',
      'http:///mcp',
      'ftp://localhost/mcp',
    ]) {
      expect((await exchange(front.port, request('POST', target, USUAL, LIST))).status).toBe(400);
    }
    expect(upstream.received).toHaveLength(0);
  });

  it('is no tunnel: a target that is an authority is refused in words, and its connection ends', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(
      `CONNECT upstream.example:443 HTTP/1.1\r\nHost: upstream.example\r\n\r\n${request('POST', '/mcp', USUAL, LIST).toString()}`,
    );
    const reply = await connection.reply();
    expect([reply.status, reply.header('allow'), reply.header('connection')]).toEqual([
      405,
      'POST, GET, DELETE',
      'close',
    ]);
    expect(reply.json().error?.message).toBe('expected POST, GET, DELETE, got CONNECT: there are no tunnels here');
    await connection.closed;
    expect(upstream.received).toHaveLength(0);
  });

  it.each([
    ['PUT', '/mcp', [], 'POST, GET, DELETE'],
    ['PATCH', '/mcp', [], 'POST, GET, DELETE'],
    ['OPTIONS', '/mcp', [], 'POST, GET, DELETE'],
    ['QUERY', '/mcp/', ['MCP-Protocol-Version: 2025-11-25'], 'POST, GET, DELETE'],
    ['PUT', '/mcp', [MODERN], 'POST'],
    ['OPTIONS', 'http://localhost/mcp', [MODERN], 'POST'],
    ['POST', '/ping', [], 'GET, HEAD'],
    ['DELETE', '/ping?x', [MODERN], 'GET, HEAD'],
  ])('refuses %s %s with 405, %o, and names what is supported: %s', async (method, target, headers, allow) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request(method, target, headers, undefined));
    expect([reply.status, reply.header('allow')]).toEqual([405, allow]);
    const why = allow === 'POST' ? ', which this protocol version does not have' : '';
    expect(reply.json().error?.message).toBe(`expected ${allow}, got ${method}${why}`);
    expect(upstream.received).toHaveLength(0);
  });

  it.each([
    ['POST', '/mcp', LIST],
    ['GET', '/ping', undefined],
  ])('accepts 256 headers, and refuses one more: %s %s', async (method, target, body) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const own = method === 'POST' ? USUAL : [];
    // The Host, and the Content-Length of a body, are added.
    const more = 256 - own.length - (body === undefined ? 1 : 2);
    const headers = [...own, ...Array.from({ length: more }, (_, i) => `X-${i}: y`)];
    expect((await exchange(front.port, request(method, target, headers, body))).status).toBe(200);
    const reply = await exchange(front.port, request(method, target, [...headers, 'X: y'], body));
    expect([reply.status, reply.json().error]).toEqual([
      431,
      { code: -32600, message: 'expected at most 256 headers, got more', data: errorData('too-many-headers') },
    ]);
  });

  it('keeps an idle connection for longer than most load balancers do', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    expect((await post(front.port, LIST, ['Connection: keep-alive'])).header('keep-alive')).toBe('timeout=75');
  });

  it.each([
    ['modern', modern('tools/list'), [MODERN], true],
    ['legacy', LIST, [], false],
  ])('ends a %s call at the upstream when its client closes: %s', async (_, body, headers, ends) => {
    const answered = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<boolean>();
    await using upstream = await startUpstream((seen, response) => {
      if (seen.text !== body) return respondJson(response, `{"jsonrpc":"2.0","id":${idOf(seen)},"result":{}}`);
      response.on('close', () => closed.resolve(!response.writableFinished));
      return answered.promise.then(() => respondJson(response, '{"jsonrpc":"2.0","id":1,"result":{}}'));
    });
    await using front = await startFront(upstream);
    const connection = await connect(front.port);
    connection.send(postBytes(body, headers));
    await vi.waitFor(() => expect(upstream.received.some(({ text }) => text === body)).toBe(true));
    connection.destroy();
    if (!ends) {
      // Another call passes meanwhile.
      expect((await post(front.port, PING)).status).toBe(200);
      answered.resolve();
    }
    expect(await closed.promise).toBe(ends);
  });

  it('treats an upgrade or an unknown expectation as a plain request', async () => {
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

describe('a target', () => {
  it.each([
    ['/mcp', '/mcp', undefined],
    ['/mcp?x=/y?z', '/mcp', undefined],
    ['/?x', '/', undefined],
    ['/http://h/x', '/http://h/x', undefined],
    ['http://h', '/', 'h'],
    ['http://h?x', '/', 'h'],
    ['http://h#x', '#x', 'h'],
    ['HTTPS://h:1/mcp/?x', '/mcp/', 'h:1'],
    ['http://h/a@b', '/a@b', 'h'],
  ])('%s has the path %s and the authority %s', (url, path, authority) => {
    expect(targetOf(url)).toEqual({ path, authority });
  });

  it.each([
    '',
    'mcp',
    'h:80',
    'http:/mcp',
    'http://',
    'http:///mcp',
    'http://?x',
    'http://u@h/mcp',
    'x http://h/mcp',
    'ftp://h/',
  ])('is none that the proxy reads: %j', (url) => {
    expect(() => targetOf(url)).toThrow(
      expect.objectContaining({
        message: 'expected a target such as /mcp, or an http URL with a host and no user; got another target',
      }),
    );
  });

  it('that stands for the server as a whole is named in the refusal', () => {
    expect(() => targetOf('*')).toThrow(
      expect.objectContaining({ message: 'expected the path /mcp, got *, which stands for the server as a whole' }),
    );
  });
});

describe('GET and DELETE', () => {
  it('are sent to a legacy upstream', async () => {
    await using upstream = await startUpstream((seen, response) => {
      if (seen.method !== 'GET') return void response.writeHead(405, { 'Content-Length': 0 }).end();
      openEvents(response);
      response.end('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n');
    });
    await using front = await startFront(upstream);
    const stream = await exchange(
      front.port,
      request('GET', '/mcp/', ['Accept: text/event-stream', 'MCP-Protocol-Version: 2025-11-25'], undefined),
    );
    expect(stream.status).toBe(200);
    expect(stream.text).toBe('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n');
    const ended = await exchange(
      front.port,
      request('DELETE', '/mcp', ['MCP-Protocol-Version: 2025-11-25'], undefined),
    );
    expect(ended.status).toBe(405);
    expect(upstream.received.map(({ method, body }) => [method, body.length])).toEqual([
      ['GET', 0],
      ['DELETE', 0],
    ]);
  });

  it.each(['GET', 'DELETE'])('are not part of the modern era: %s gets a 405', async (method) => {
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
  it('answers GET and HEAD /ping itself, with any Host or none', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await exchange(front.port, request('GET', '/ping', ['Host: anything.example'], undefined));
    expect([reply.status, reply.header('content-type'), reply.text]).toEqual([
      200,
      'application/json',
      '{"status":"Healthy"}',
    ]);
    expect((await exchange(front.port, 'GET /ping HTTP/1.1\r\n\r\n')).status).toBe(200);
    expect((await exchange(front.port, 'GET /ping HTTP/1.0\r\n\r\n')).status).toBe(200);
    await using connection = await connect(front.port);
    connection.send('HEAD /ping HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await connection.head()).status).toBe(200);
    expect(upstream.received).toHaveLength(0);
  });

  it.each([
    ['/mcp', 'Host: localhost'],
    ['/mcp/', 'Host: localhost'],
    ['/mcp', 'Host: anything.example'],
  ])('answers the method ping at %s with %s itself, in front of a dead upstream', async (path, host) => {
    await using front = await startFront({ url: 'http://127.0.0.1:1/mcp' });
    const reply = await exchange(front.port, request('POST', path, [...USUAL, host], PING));
    expect([reply.status, reply.text]).toEqual([200, '{"jsonrpc":"2.0","id":"p","result":{}}']);
  });

  it('answers ping without a caller even if one is required', async () => {
    const { header } = await import('../../proxy/callers/header.ts');
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { caller: header('x-caller') });
    expect((await post(front.port, PING)).status).toBe(200);
    expect((await post(front.port, LIST)).status).toBe(403);
  });

  it.each([
    ['modern _meta', modern('ping', '', 'p'), []],
    ['a modern version header', PING, [MODERN]],
  ])('does not know the method ping with %s: 404 and -32601', async (_, body, headers) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await post(front.port, body, headers);
    expect(reply.status).toBe(404);
    expect(reply.json()).toMatchObject({
      id: 'p',
      error: { code: -32601, message: 'ping is not a method of this protocol version' },
    });
    expect(upstream.received).toHaveLength(0);
  });
});
