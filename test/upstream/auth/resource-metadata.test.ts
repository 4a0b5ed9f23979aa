/** Which metadata of an upstream is fetched, and what it must say. How a call then fails: `client-credentials.test.ts`. */
import type http from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { issuerCheck } from '../../../proxy/upstream/auth/resource-metadata.ts';
import { startElsewhere } from '../../support/elsewhere.ts';
import { serve } from './loopback.ts';

afterEach(() => {
  vi.useRealTimers();
});

const ISSUER = new URL('https://idp.example.test/pool');
const DIFFERS = { code: 'upstream-auth', message: expect.stringContaining('names another issuer') as string };

/** An upstream whose metadata names issuers. */
async function upstreamNaming(servers: unknown, status = 200) {
  const accepted: (string | undefined)[] = [];
  const listener: http.RequestListener = (request, response) => {
    accepted.push(request.headers.accept);
    response.writeHead(status).end(JSON.stringify(servers === undefined ? {} : { authorization_servers: servers }));
  };
  const server = await serve(listener);
  const { host } = new URL(server.url);
  const check = issuerCheck(ISSUER);
  return {
    ...server,
    accepted,
    host,
    check: (challenge = `Bearer resource_metadata="${server.url}/m"`, at = host) => check(challenge, at),
  };
}

describe('metadata that names', () => {
  test.each([
    ['the issuer', ['https://idp.example.test/pool']],
    ['it among others', ['https://other.example.test', 'https://idp.example.test/pool/']],
    ['it by its discovery URL', ['https://idp.example.test/pool/.well-known/openid-configuration']],
    ['nobody', []],
    ['no texts', [7, null]],
    ['no list', 'https://other.example.test'],
    ['nothing', undefined],
  ])('%s confirms or says nothing', async (_what, servers) => {
    await using upstream = await upstreamNaming(servers);
    await expect(upstream.check()).resolves.toBeUndefined();
    expect(upstream.requests).toEqual(['GET /m']);
    expect(upstream.accepted).toEqual(['application/json']);
  });

  test('others is a failure that shows three of them, in short', async () => {
    const long = `https://a.example.test/${'x'.repeat(300)}`;
    await using upstream = await upstreamNaming([7, long, 'https://b', 'https://c', 'https://d']);
    await expect(upstream.check()).rejects.toMatchObject({
      code: 'upstream-auth',
      message: `the upstream names another issuer: got "${long.slice(0, 200)}", "https://b", "https://c", expected "https://idp.example.test/pool": correct UPSTREAM_ISSUER if you trust the upstream`,
    });
  });

  test('others, but with another status than 200, says nothing', async () => {
    await using upstream = await upstreamNaming(['https://b'], 500);
    await expect(upstream.check()).resolves.toBeUndefined();
  });
});

test.each(['null', '7', '"x"', '<html>'])('metadata of %s says nothing', async (body) => {
  await using server = await serve((_request, response) => void response.end(body));
  const check = issuerCheck(ISSUER)(`Bearer resource_metadata="${server.url}/m"`, new URL(server.url).host);
  await expect(check).resolves.toBeUndefined();
  expect(server.requests).toHaveLength(1);
});

test('metadata that can’t be fetched says nothing', async () => {
  await using server = await serve((request) => void request.socket.destroy());
  const check = issuerCheck(ISSUER)(`Bearer resource_metadata="${server.url}/m"`, new URL(server.url).host);
  await expect(check).resolves.toBeUndefined();
  expect(server.requests).toHaveLength(1);
});

describe('a challenge', () => {
  test('is read in any case and with spaces, and its host compared in any case', async () => {
    await using upstream = await upstreamNaming(['https://b']);
    const spelled = `Bearer realm="x", Resource_Metadata  =  "${upstream.url}/m"`;
    await expect(upstream.check(spelled, upstream.host.toUpperCase())).rejects.toMatchObject(DIFFERS);
    const path = 'x'.repeat(2048 - upstream.url.length - 1);
    await expect(upstream.check(`resource_metadata="${upstream.url}/${path}"`)).rejects.toMatchObject(DIFFERS);
  });

  test.each([
    ['none', () => 'Bearer'],
    ['no URL', () => 'Bearer resource_metadata="/m"'],
    ['a URL that is too long', (self: string) => `resource_metadata="${self}/${'x'.repeat(2048)}"`],
    ['an empty one', () => 'resource_metadata=""'],
    ['a URL with a backslash', (self: string) => `resource_metadata="${self}\\\\m"`],
    ['another host', (self: string) => `resource_metadata="${self.replace('127.0.0.1', 'localhost')}/m"`],
    ['another protocol', (self: string) => `resource_metadata="${self.replace('http:', 'https:')}/m"`],
  ])('with %s is not followed', async (_what, challenge) => {
    await using upstream = await upstreamNaming(['https://b']);
    await expect(upstream.check(challenge(upstream.url))).resolves.toBeUndefined();
    expect(upstream.requests).toEqual([]);
  });

  test('from another machine is followed over https only, from this one over http only', async () => {
    await using elsewhere = await startElsewhere(['gw.example.test'], (_request, response) => {
      response.end('{"authorization_servers":["https://b"]}');
    });
    const check = issuerCheck(ISSUER);
    await check('resource_metadata="http://gw.example.test/m"', 'gw.example.test');
    expect(elsewhere.requests).toEqual([]);
    await expect(check('resource_metadata="https://gw.example.test/m"', 'gw.example.test')).rejects.toMatchObject(
      DIFFERS,
    );
    expect(elsewhere.requests).toEqual(['GET https://gw.example.test/m']);
    await check('resource_metadata="https://127.0.0.1:9/m"', '127.0.0.1:9');
    expect(elsewhere.requests).toHaveLength(1);
  });

  test('is answered from memory for ten seconds, and fetched again for another address', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using upstream = await upstreamNaming(['https://b']);
    const ask = (path: string) =>
      expect(upstream.check(`resource_metadata="${upstream.url}${path}"`)).rejects.toMatchObject(DIFFERS);
    vi.advanceTimersByTime(60_000);
    await ask('/m');
    vi.advanceTimersByTime(10_000);
    await ask('/m');
    expect(upstream.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await ask('/m');
    expect(upstream.requests).toHaveLength(2);
    await ask('/n');
    expect(upstream.requests).toEqual(['GET /m', 'GET /m', 'GET /n']);
  });
});
