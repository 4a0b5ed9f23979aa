/** Distinguishes a refused credential from the upstream's own decision on a call, which is passed on unchanged. */
import { once } from 'node:events';
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Response } from '../../proxy/upstream/http/response.ts';
import { readAll } from '../../proxy/upstream/read.ts';
import { answers, readRefusal, refusedUs } from '../../proxy/upstream/refused-credentials.ts';
import { startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { legacy, modern, send } from './messages.ts';

async function refusalOf(status: number, headers: http.OutgoingHttpHeaders, body: string | Buffer) {
  await using server = await startLoopback((_request, response) => void response.writeHead(status, headers).end(body));
  const [response] = (await once(http.get(server.url), 'response')) as [http.IncomingMessage];
  return readRefusal(new Response(status, response.rawHeaders, await readAll(response)));
}

const type = (name: string) => ({ 'x-amzn-errortype': name });
const inTheFuture = { date: new Date(Date.now() + 3_600_000).toUTCString() };
const inThePast = { date: new Date(Date.now() - 3_600_000).toUTCString() };

describe("the upstream's refusal of the proxy's credentials", () => {
  test.each<[string, http.OutgoingHttpHeaders, string | Buffer, RegExp]>([
    [
      'a signature that expired, by a clock that is behind',
      { ...type('InvalidSignatureException:'), ...inTheFuture },
      '{}',
      /\(InvalidSignatureException\); the clock of this machine is 3[56]\d\d s behind the upstream's: set it/,
    ],
    [
      'a signature from the future',
      { ...type('SignatureDoesNotMatch'), ...inThePast },
      '{}',
      /3[56]\d\d s ahead of the upstream's/,
    ],
    [
      'a signature that does not match',
      type('InvalidSignatureException'),
      '{}',
      /check region, service and secret key/,
    ],
    [
      'a signature that does not match, named in the body',
      {},
      '{"__type":"com.amazon.coral.service#InvalidSignatureException"}',
      /\(InvalidSignatureException\); the signature does not match/,
    ],
    [
      'a signature that does not match, named in the body in gzip',
      { 'content-encoding': 'gzip' },
      gzipSync('{"__type":"InvalidSignatureException"}'),
      /\(InvalidSignatureException\); the signature does not match/,
    ],
    [
      'expired credentials',
      type('ExpiredTokenException:http://internal.amazon.com/x'),
      '{}',
      /\(ExpiredTokenException\); the credentials have expired/,
    ],
    ['an unknown key', type('UnrecognizedClientException'), '{}', /not known there/],
    ['a role without permission', type('AccessDeniedException'), '{}', /allow it to invoke this gateway or runtime/],
    ['an answer without a reason', {}, 'no', /check what UPSTREAM_AUTH uses/],
    ['an answer too long to read', {}, 'x'.repeat(100_000), /check what UPSTREAM_AUTH uses/],
    ['an invalid error name', type('<script>'), '{}', /HTTP 403; it refuses/],
  ])('is described: %s', async (_case, headers, body, words) => {
    expect((await refusedUs(await refusalOf(403, headers, body), true)).message).toMatch(words);
  });

  test.each<[string, number, http.OutgoingHttpHeaders, string | Buffer, boolean]>([
    [
      "the request's id",
      403,
      {},
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"denied by policy"}}',
      true,
    ],
    [
      "the request's id as a string",
      403,
      {},
      '{"jsonrpc":"2.0","id":"7","error":{"code":-32002,"message":"denied by policy"}}',
      true,
    ],
    [
      "the request's id, in gzip",
      403,
      { 'content-encoding': 'gzip' },
      gzipSync('{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"denied by policy"}}'),
      true,
    ],
    [
      "the request's id, after a byte order mark",
      403,
      {},
      '\uFEFF{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"denied by policy"}}',
      true,
    ],
    ['no id', 403, {}, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Authentication error"}}', false],
    ['another id', 403, {}, '{"jsonrpc":"2.0","id":0,"error":{"code":-32001,"message":"Authentication error"}}', false],
    [
      'the name of an AWS error with it',
      403,
      type('AccessDeniedException'),
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"x"}}',
      false,
    ],
    [
      'a challenge with it',
      403,
      { 'www-authenticate': 'Bearer' },
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"x"}}',
      false,
    ],
    ['status 401', 401, {}, '{"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"x"}}', false],
    ['no error', 403, {}, '{"jsonrpc":"2.0","id":7,"result":{}}', false],
    ['no JSON', 403, {}, '<html>', false],
  ])('is distinguished from its own decision on the call: %s', async (_case, status, headers, body, own) => {
    expect(answers(await refusalOf(status, headers, body), '7')).toBe(own);
  });
});

describe("a 403 under the request's id, from an upstream behind IAM", () => {
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-access-key');
  });
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ['legacy', legacy],
    ['modern', modern],
  ] as const)('reaches a %s client unchanged, after one request', async (_era, message) => {
    const body = '{"jsonrpc" : "2.0","id":1,"error":{"code":-32002,"message":"Tool execution denied by policy"}}';
    await using upstream = await startUpstream((request, response) => {
      if (request.text.includes('"initialize"') || request.text.includes('notifications/'))
        return respondJson(response, {
          jsonrpc: '2.0',
          id: 'proxy-initialize',
          result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } },
        });
      respondJson(response, body, { status: 403 });
    });
    await using front = await startFront(upstream, {
      environment: { UPSTREAM_URL: upstream.url, UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' },
    });
    const reply = await send(front, message('tools/call', { name: 'x', arguments: {} }));
    expect([reply.status, reply.text]).toEqual([403, body]);
    expect(upstream.received.filter((received) => received.text.includes('tools/call'))).toHaveLength(1);
  });

  test.each([
    ['legacy', legacy],
    ['modern', modern],
  ] as const)('reaches a %s client that asked for gzip in gzip', async (_era, message) => {
    const body = gzipSync(
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"Tool execution denied by policy"}}',
    );
    await using upstream = await startUpstream(
      (_request, response) =>
        void response.writeHead(403, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(body),
    );
    await using front = await startFront(upstream, { environment: { UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' } });
    const call = message('tools/call', { name: 'x', arguments: {} });
    const reply = await send(front, { ...call, headers: [...call.headers, 'Accept-Encoding: gzip'] });
    expect([reply.status, reply.body]).toEqual([403, body]);
    expect(upstream.received).toHaveLength(1);
  });
});
