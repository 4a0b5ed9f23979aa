/** What a client reads if the upstream that its call goes to does not answer it. */
import { describe, expect, it } from 'vitest';
import type { Answer } from '../support/upstream.ts';
import { respondJson } from '../support/upstream.ts';
import { legacy, LegacyClient } from './legacy.ts';
import { post, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

const UPSTREAMS = { upstreams: { math: { prefix: true }, crm: { prefix: true, firstByteMs: 200 } } };

/** Says what a server of the other era says to a request that it cannot place. */
const ofOtherEra: Answer = (_, response) =>
  respondJson(response, { jsonrpc: '2.0', error: { code: -32000, message: 'Bad Request' }, id: null }, { status: 400 });

const DOWN: readonly (readonly [what: string, answer: Answer, said: string])[] = [
  ['breaks the connection', (_, response) => void response.destroy(), "the upstream crm can't be reached: ECONNRESET"],
  ['hangs', () => {}, 'the upstream crm is slow: expected an answer within 200 ms, got none'],
  [
    'is at another path',
    (_, response) => void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>'),
    'the upstream crm answered HTTP 404 without a JSON-RPC response: check its address',
  ],
  [
    'answers nothing',
    (_, response) => void response.writeHead(405).end(),
    'the upstream crm answered HTTP 405 without a JSON-RPC response: check its address',
  ],
  [
    'is overloaded',
    (_, response) => void response.writeHead(503, { 'Content-Type': 'text/plain' }).end('down'),
    'the upstream crm answered HTTP 503 without a JSON-RPC response',
  ],
  [
    'refuses the credentials',
    (_, response) => void response.writeHead(401).end(),
    "the upstream crm answered HTTP 401: it refuses the proxy's own credentials",
  ],
  [
    'cuts its answer off',
    (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).write('{', () => void response.destroy());
    },
    "the upstream crm's answer broke off",
  ],
  [
    'sends no JSON',
    (_, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('x'),
    'the upstream crm sent a message that is not JSON, or that readers take for different ones',
  ],
];

describe('the error of a call names the upstream that', () => {
  it.each([
    ...DOWN,
    [
      'speaks only the other era',
      ofOtherEra,
      'the upstream crm answered HTTP 400 with the error -32000, which names no request: it may speak only the legacy era of MCP',
    ] as const,
  ])('%s, to a modern client', async (_, answer, said) => {
    await using math = await scripted({ 'tools/call': { content: [] } });
    await using crm = await scripted({});
    crm.answer = answer;
    await using several = await startSeveral({ math: math.url, crm: crm.url }, UPSTREAMS);
    const { message } = await post(several.proxy.url, 'tools/call', { name: 'crm___a' });
    expect(message).toMatchObject({ id: 1, error: { message: expect.stringContaining(said) as string } });
  });

  // For a session, 404 says that it is gone.
  it.each(DOWN.filter(([what]) => what !== 'is at another path'))('%s, to a legacy client', async (_, answer, said) => {
    await using math = await legacy('math');
    await using crm = await legacy('crm');
    await using several = await startSeveral({ math: math.url, crm: crm.url }, UPSTREAMS);
    const client = await LegacyClient.open(several.proxy.url);
    crm.answer = answer;
    const { status, text } = await client.call('crm___who', 7);
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { id: 7, error: { message: expect.stringContaining(said) as string } },
    ]);
    expect((await client.call('math___who')).text).toContain('ok of math');
  });

  it.each([
    [
      'speaks only the other era',
      ofOtherEra,
      'the upstream crm would not open a session: HTTP 400 with the error -32000: it may speak only the modern era of MCP',
    ],
    [
      'knows no initialize',
      (request: Parameters<Answer>[0], response: Parameters<Answer>[1]) => {
        const { id = null } = JSON.parse(request.text) as { id?: number };
        respondJson(response, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
      },
      'the upstream crm would not open a session: HTTP 200 with the error -32601: it may speak only the modern era of MCP',
    ],
    [
      'is at another path',
      (_: unknown, response: Parameters<Answer>[1]) =>
        void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>'),
      'the upstream crm would not open a session: HTTP 404: check its address',
    ],
  ])('%s since before its session, to a legacy client', async (_, answer, said) => {
    await using math = await legacy('math');
    await using crm = await legacy('crm');
    crm.answer = answer;
    await using several = await startSeveral({ math: math.url, crm: crm.url }, UPSTREAMS);
    const client = await LegacyClient.open(several.proxy.url);
    const { status, text } = await client.call('crm___who', 7);
    expect([status, JSON.parse(text)]).toMatchObject([200, { id: 7, error: { message: said } }]);
  });
});

it.each([
  ['text', 'text/plain', 'slow down', '30', 30],
  ['an error of a gateway', 'application/json', '{"message":"Rate exceeded"}', '30', 30],
  ['text, with a date', 'text/plain', 'slow down', new Date(Date.now() + 3_600_000).toUTCString(), 3600],
])('an upstream that refuses a call with 429 and %s says when to try again', async (_, type, text, after, seconds) => {
  await using math = await scripted({});
  await using crm = await scripted({});
  crm.answer = (_request, response) =>
    void response.writeHead(429, { 'Content-Type': type, 'Retry-After': after }).end(text);
  await using several = await startSeveral({ math: math.url, crm: crm.url }, UPSTREAMS);
  const { message, headers } = await post(several.proxy.url, 'tools/call', { name: 'crm___a' });
  // The rest of a second passes before the date is read.
  const wait = Number(headers.get('retry-after'));
  expect(wait).toBeLessThanOrEqual(seconds);
  expect(wait).toBeGreaterThan(0);
  expect(message.error?.message).toBe(
    `the upstream crm answered HTTP 429 without a JSON-RPC response: try again in ${wait} s`,
  );
  expect(Math.ceil(Number(message.error?.data?.['retryAfterMs']) / 1000)).toBe(wait);
});

it('an error of an upstream under the id of the request passes unchanged', async () => {
  await using math = await scripted({});
  await using crm = await scripted({ 'tools/call': { error: { code: -32602, message: 'Unknown tool: a' } } });
  await using several = await startSeveral({ math: math.url, crm: crm.url }, UPSTREAMS);
  const { text } = await post(several.proxy.url, 'tools/call', { name: 'crm___a' });
  expect(text).toBe('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: a"}}');
});
