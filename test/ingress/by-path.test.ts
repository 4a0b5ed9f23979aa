/** What a path and a method decide before a body is read. Without the rest of a proxy. */
import { describe, expect, it } from 'vitest';
import { Cors } from '../../proxy/ingress/cors.ts';
import { ProtectedResource } from '../../proxy/ingress/protected-resource.ts';
import { exchange, type RawReply, request, USUAL } from '../support/raw.ts';
import { LIST } from './messages.ts';
import { serve } from './served.ts';

const APP = 'https://app.example';
const cors = new Cors([APP]);
const resource = new ProtectedResource({
  issuers: ['https://login.example'],
  scopes: [],
  publicUrl: new URL('https://tools.example/mcp'),
});
const DOCUMENT = '/.well-known/oauth-protected-resource';
const ASKS = 'Access-Control-Request-Method: POST';
const said = (reply: RawReply): readonly unknown[] => [
  reply.status,
  reply.text === '' ? '' : reply.json().error?.message,
];

describe('the endpoint', () => {
  it.each(['/mcp', '/mcp/', '/mcp?x', 'http://localhost/mcp', 'http://127.0.0.1:80/mcp/'])(
    'is at %s',
    async (target) => {
      await using served = await serve();
      expect((await exchange(served.port, request('POST', target, USUAL, LIST))).text).toBe('{}');
    },
  );

  it.each(['/', '/mcp/x', '/MCP', '/ping/', '/warm-up', DOCUMENT, 'http://localhost'])(
    'is not at %s, nor is anything else',
    async (target) => {
      await using served = await serve();
      expect(said(await exchange(served.port, request('POST', target, USUAL, LIST)))).toEqual([
        404,
        'expected the path /mcp, got another',
      ]);
    },
  );

  it('has no other host in its target', async () => {
    await using served = await serve();
    const reply = await exchange(served.port, request('POST', 'http://evil.example/mcp', USUAL, LIST));
    expect(reply.json().error?.data?.['reason']).toBe('forbidden-host');
  });

  it.each([
    [undefined, 'http://localhost:3000', 200],
    [undefined, APP, 403],
    [cors, APP, 200],
    [cors, 'http://localhost:3000', 200],
    [cors, 'https://other.example', 403],
  ])(
    'takes calls of pages of its own and of listed origins, and of no others: %s, %s',
    async (given, origin, status) => {
      await using served = await serve({ cors: given });
      const reply = await exchange(served.port, request('POST', '/mcp', [...USUAL, `Origin: ${origin}`], LIST));
      expect(reply.status).toBe(status);
    },
  );

  it('answers the question of a listed page, with its methods', async () => {
    await using served = await serve({ cors });
    const reply = await exchange(served.port, request('OPTIONS', '/mcp', [`Origin: ${APP}`, ASKS], undefined));
    expect([reply.status, reply.header('access-control-allow-methods')]).toEqual([204, 'POST, GET, DELETE']);
    expect(served.refused).toEqual([]);
    const other = request('OPTIONS', '/mcp', [`Origin: https://other.example`, ASKS], undefined);
    expect((await exchange(served.port, other)).status).toBe(403);
  });
});

it.each([
  ['GET', '/ping', 200],
  ['GET', DOCUMENT, 200],
  ['POST', '/mcp', 200],
])('%s %s takes 256 headers, and no more', async (method, target, status) => {
  await using served = await serve({ resource });
  const own = method === 'POST' ? USUAL : [];
  const more = 256 - own.length - (method === 'POST' ? 2 : 1);
  const headers = [...own, ...Array.from({ length: more }, (_, i) => `X-${i}: y`)];
  const body = method === 'POST' ? LIST : undefined;
  expect((await exchange(served.port, request(method, target, headers, body))).status).toBe(status);
  expect(said(await exchange(served.port, request(method, target, [...headers, 'X: y'], body)))).toEqual([
    431,
    'expected at most 256 headers, got more',
  ]);
});

describe.each([
  ['the probe', '/ping', '{"status":"Healthy"}'],
  [
    'the document of the resource',
    DOCUMENT,
    '{"resource":"https://tools.example/mcp","authorization_servers":["https://login.example"],"bearer_methods_supported":["header"]}',
  ],
])('%s', (_what, target, body) => {
  it('can only be read', async () => {
    await using served = await serve({ resource });
    const reply = await exchange(served.port, request('GET', `${target}?x`, [], undefined));
    expect([reply.status, reply.header('content-type'), reply.text]).toEqual([200, 'application/json', body]);
    const head = await exchange(served.port, `HEAD ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([head.status, head.header('content-length'), head.text]).toEqual([200, String(body.length), '']);
    for (const method of ['POST', 'DELETE', 'OPTIONS']) {
      const refused = await exchange(served.port, request(method, target, [], undefined));
      expect([...said(refused), refused.header('allow')]).toEqual([
        405,
        `expected GET, HEAD, got ${method}`,
        'GET, HEAD',
      ]);
    }
    expect(served.dispatched).toEqual([]);
  });
});

it('a listed page may ask for the document, and only read it', async () => {
  await using served = await serve({ cors, resource });
  const reply = await exchange(served.port, request('OPTIONS', DOCUMENT, [`Origin: ${APP}`, ASKS], undefined));
  expect([reply.status, reply.header('access-control-allow-methods')]).toEqual([204, 'GET']);
  expect(served.refused).toEqual([]);
  const read = await exchange(served.port, request('GET', DOCUMENT, [`Origin: ${APP}`], undefined));
  expect([read.status, read.header('access-control-allow-origin')]).toEqual([200, APP]);
});

describe('the call before a snapshot', () => {
  const warmUp = (): Promise<void> => Promise.resolve();

  it.each([
    ['POST', '/warm-up', warmUp, '{"status":"Warm"}'],
    ['POST', '/warm-up?x', warmUp, '{"status":"Warm"}'],
    ['POST', '/warm-up', undefined, 404],
    ['GET', '/warm-up', warmUp, 404],
    ['POST', '/warm-up/', warmUp, 404],
    ['POST', '/other', warmUp, 404],
  ])('is %s %s where it is prepared for: %s', async (method, target, given, expected) => {
    await using served = await serve({ warmUp: given });
    const reply = await exchange(served.port, request(method, target, [], undefined));
    expect(reply.status === 200 ? reply.text : reply.status).toBe(expected);
    expect((await exchange(served.port, request('POST', '/mcp', USUAL, LIST))).text).toBe('{}');
  });
});
