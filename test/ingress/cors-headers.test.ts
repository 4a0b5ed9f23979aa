/** What pages of listed origins are told, and what is added to every reply. Without the rest of a proxy. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, test } from 'vitest';
import { Cors } from '../../proxy/ingress/cors.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { serve } from './served.ts';

const APP = 'https://app.example';
const cors = new Cors([APP, 'http://localhost:6274']);
const asking = (headers: readonly string[], method = 'OPTIONS'): Buffer => request(method, '/mcp', headers, undefined);
const told = (reply: RawReply): Record<string, string | undefined> =>
  Object.fromEntries(
    ['allow-origin', 'allow-methods', 'allow-headers', 'max-age', 'expose-headers', 'allow-credentials'].map((name) => [
      name,
      reply.header(`access-control-${name}`),
    ]),
  );
const ORIGIN = `Origin: ${APP}`;
const POSTS = 'Access-Control-Request-Method: POST';
// Written out, so that a header that is lost from the proxy's list fails here.
const EXPOSED = 'Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After';
const SENT = [
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
];

test.each([
  [APP, true],
  ['http://localhost:6274', true],
  ['https://APP.example', false],
  ['https://app.example.com', false],
  ['null', false],
  [undefined, false],
])('the origin %s is listed: %s', (origin, listed) => {
  expect(cors.allows(origin)).toBe(listed);
});

describe('the question of a browser', () => {
  it('is answered with what may be sent', async () => {
    await using served = await serve({ cors });
    const reply = await exchange(served.port, asking([ORIGIN, POSTS]));
    expect([reply.status, reply.text, told(reply)]).toEqual([
      204,
      '',
      {
        'allow-origin': APP,
        'allow-methods': 'POST, GET, DELETE',
        'allow-headers': undefined,
        'max-age': '600',
        'expose-headers': EXPOSED,
        'allow-credentials': undefined,
      },
    ]);
    expect(served.refused).toEqual([]);
  });

  it.each([
    ...SENT.map((name): [string, string | undefined] => [name, name]),
    ['mcp-param-a', 'mcp-param-a'],
    [`mcp-param-${'x'.repeat(128)}`, `mcp-param-${'x'.repeat(128)}`],
    [`mcp-param-${'x'.repeat(129)}`, undefined],
    ['mcp-param-', undefined],
    ['mcp-param-a/b', undefined],
    ['x-mcp-param-a', undefined],
    ['cookie', undefined],
    ['x-api-key', undefined],
    [SENT.join(','), SENT.join(', ')],
    ['Accept \t,\tAUTHORIZATION , cookie,mcp-name', 'accept, authorization, mcp-name'],
  ])('about the headers %s is answered with %s', async (asked, allowed) => {
    await using served = await serve({ cors });
    const reply = await exchange(served.port, asking([ORIGIN, POSTS, `Access-Control-Request-Headers: ${asked}`]));
    expect([reply.status, reply.header('access-control-allow-headers')]).toEqual([204, allowed]);
  });

  it.each([
    ['without a method to ask for', [ORIGIN], 405],
    ['of another page', ['Origin: https://other.example', POSTS], 403],
    ['without a page', [POSTS], 405],
  ])('is none %s', async (_what, headers, status) => {
    await using served = await serve({ cors });
    const reply = await exchange(served.port, asking(headers));
    expect([reply.status, reply.header('access-control-allow-methods')]).toEqual([status, undefined]);
  });

  it('is a question only by its own method', async () => {
    await using served = await serve({ cors });
    const reply = await exchange(served.port, asking([ORIGIN, POSTS], 'GET'));
    expect([reply.status, reply.text]).toEqual([200, '{}']);
  });
});

describe('a reply', () => {
  /** Answers each request with these headers, through the class of responses. */
  async function replying(headers: readonly string[] | undefined, bytes: Buffer): Promise<RawReply> {
    const server = createServer({ ServerResponse: cors.responses() }, (_, response) => {
      if (headers === undefined) response.writeHead(200);
      else response.writeHead(200, headers as string[]);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await exchange((server.address() as AddressInfo).port, bytes);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('says to a listed page that it may read it, and varies by origin', async () => {
    const reply = await replying(['X-A', 'b'], asking([ORIGIN], 'GET'));
    expect([reply.header('x-a'), reply.header('vary')]).toEqual(['b', 'Origin']);
    expect(told(reply)).toMatchObject({ 'allow-origin': APP, 'expose-headers': EXPOSED });
  });

  it.each([[['Origin: https://other.example']], [[]]])(
    'varies by origin for others, and says no more: %j',
    async (headers) => {
      const reply = await replying(undefined, asking(headers, 'GET'));
      expect(reply.header('vary')).toBe('Origin');
      expect(Object.values(told(reply)).every((value) => value === undefined)).toBe(true);
    },
  );

  it("loses what the upstream says of origins, which means the proxy's own address", async () => {
    const other = ['X-A', 'access-control-x', 'X-Access-Control-B', 'c'];
    const own = ['Access-Control-Allow-Origin', '*', ...other, 'ACCESS-CONTROL-Max-Age', '9'];
    const reply = await replying(own, asking([ORIGIN], 'GET'));
    expect([reply.header('access-control-allow-origin'), reply.header('access-control-max-age')]).toEqual([
      APP,
      undefined,
    ]);
    expect([reply.header('x-a'), reply.header('x-access-control-b')]).toEqual(['access-control-x', 'c']);
    expect(reply.raw).not.toContain('*');
  });

  it('to a question keeps what answers it', async () => {
    const reply = await replying(['Access-Control-Max-Age', '9'], asking([ORIGIN]));
    expect(reply.header('access-control-max-age')).toBe('9');
  });
});
