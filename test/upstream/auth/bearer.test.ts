import { afterEach, describe, expect, test, vi } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { bearer } from '../../../proxy/upstream/auth/bearer.ts';
import { everythingOf, exchange } from './exchange.ts';
import { serve } from './loopback.ts';

afterEach(() => void vi.useRealTimers());

/** An upstream that accepts one key, in one header. */
const taking = (header: string, key: () => string) =>
  serve((request, response) => void response.writeHead(request.headers[header] === key() ? 200 : 401).end());

describe('a fixed secret', () => {
  test('is sent in Authorization as a bearer token', async () => {
    await using upstream = await taking('authorization', () => 'Bearer k-1');
    expect(await exchange(bearer({ secret: async () => 'k-1' }), upstream.url)).toEqual({ status: 200, attempts: 1 });
  });

  test('is sent without a prefix in the header that the upstream expects', async () => {
    await using upstream = await taking('x-api-key', () => 'k 1=');
    expect(await exchange(bearer({ header: 'X-Api-Key', secret: async () => 'k 1=' }), upstream.url)).toEqual({
      status: 200,
      attempts: 1,
    });
  });

  test('is read once for any number of calls', async () => {
    let reads = 0;
    await using upstream = await taking('authorization', () => 'Bearer k-1');
    const auth = bearer({ secret: async () => (reads++, 'k-1') });
    await Promise.all(Array.from({ length: 20 }, () => exchange(auth, upstream.url)));
    await exchange(auth, upstream.url);
    expect(reads).toBe(1);
  });

  test('is read again after a 401, and the call is retried once if the secret has changed', async () => {
    let key = 'k-1';
    await using upstream = await taking('authorization', () => `Bearer ${key}`);
    const auth = bearer({ secret: async () => key });
    await exchange(auth, upstream.url);
    key = 'k-2';
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 2 });
  });

  test('is not used for a retry if it has not changed', async () => {
    let reads = 0;
    await using upstream = await taking('authorization', () => 'Bearer other');
    const auth = bearer({ secret: async () => (reads++, 'k-1') });
    for (let call = 0; call < 3; call++)
      expect(await exchange(auth, upstream.url)).toEqual({ status: 401, attempts: 1 });
    expect(reads).toBe(2);
  });

  test('is read again after a 401 to a request that is not known', async () => {
    let key = 'k-1';
    const auth = bearer({ secret: async () => key });
    await auth.apply({ method: 'GET', host: 'h', path: '/', body: undefined, headers: [] });
    key = 'k-2';
    expect(await auth.refused(401, {})).toBe(true);
  });

  test('that is one character long is sent', async () => {
    await using upstream = await taking('x-api-key', () => 'k');
    const auth = bearer({ header: 'x-api-key', secret: async () => 'k' });
    expect(await exchange(auth, upstream.url)).toEqual({ status: 200, attempts: 1 });
  });

  test('that cannot be read in time is an error that names it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const auth = bearer({ secret: () => new Promise<never>(() => {}) });
    const applied = auth.apply({ method: 'GET', host: 'h', path: '/', body: undefined, headers: [] });
    const failed = expect(applied).rejects.toThrow("fetching the upstream's secret took more than 15 s");
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
  });

  test('is not read again after a 403', async () => {
    let reads = 0;
    await using upstream = await serve((_request, response) => void response.writeHead(403).end());
    await exchange(bearer({ secret: async () => (reads++, 'k-1') }), upstream.url);
    expect(reads).toBe(1);
  });

  test.each([
    ['a line break', 'k\r\nx-admin: 1', 'a value with a line break'],
    ['a line break at its end', 'k\n', 'a value with a line break'],
    ['a control character', 'k\0', 'a value with characters that a header cannot carry'],
    ['letters beyond ASCII', 'schlüssel', 'a value with characters that a header cannot carry'],
    ['no characters', '', 'nothing'],
  ])('with %s is never sent', async (_what, secret, got) => {
    await using upstream = await serve((_request, response) => void response.end());
    const error: unknown = await exchange(
      bearer({ header: 'x-api-key', secret: async () => secret }),
      upstream.url,
    ).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamFailure);
    expect(error).toMatchObject({
      code: 'upstream-auth',
      message: `the upstream's secret is ${got}, expected one line of visible ASCII: store the bare key`,
    });
    if (secret !== '') expect(everythingOf(error)).not.toContain(secret);
    expect(upstream.requests).toEqual([]);
  });

  test('that is a private key is never sent', async () => {
    await using upstream = await serve((_request, response) => void response.end());
    const secret = '-----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY-----';
    const error: unknown = await exchange(bearer({ secret: async () => secret }), upstream.url).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'upstream-auth',
      message:
        "the upstream's secret is a private key, which would be sent there: expected one line of visible ASCII, the bare key",
    });
    expect(everythingOf(error)).not.toContain('MIIE');
    expect(upstream.requests).toEqual([]);
  });

  test.each([
    'Host',
    'Origin',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Content-Length',
    'Content-Type',
    'Content-Encoding',
    'Accept',
    'Accept-Encoding',
    'MCP-Protocol-Version',
    'mcp-session-id',
    'Mcp-Method',
    'Mcp-Name',
    'Mcp-Param-Region',
    'Last-Event-ID',
    'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id',
    'Traceparent',
    'Tracestate',
    'x key',
    'x:y',
    'x\r\ny',
    'x\n',
    ' x',
    'x'.repeat(257),
    '',
  ])('is refused the header %j', (header) => {
    expect(() => bearer({ header, secret: async () => 'k' })).toThrow(
      expect.objectContaining({
        code: 'upstream-auth',
        message: expect.stringContaining('expected authorization or a header of the upstream') as string,
      }),
    );
  });
});
