import { once } from 'node:events';
/**
 * A whole proxy behind a forward proxy and with a private authority: the upstream, the token endpoint and the keys of
 * callers are at names of other machines, over real sockets and TLS.
 */
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { useNetwork } from '../../proxy/network/network.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Certificate, createAuthority, selfSigned } from '../support/certificate.ts';
import { type ForwardProxyOptions, startForwardProxy } from '../support/forward-proxy.ts';
import { startFront } from '../support/front.ts';
import { eras, modern, send } from '../upstream/messages.ts';

const authority = createAuthority();
const UPSTREAM = 'mcp.example.test';
const ISSUER = 'idp.example.test';

const lines = new Lines();
beforeEach(() => {
  vi.stubEnv('PROXY_TEST_SECRET', 'client-secret');
  vi.stubEnv('PROXY_TEST_CA', authority.cert);
  lines.start();
});
afterEach(() => {
  lines.stop();
  useNetwork();
  vi.unstubAllEnvs();
});

interface Machine extends AsyncDisposable {
  readonly port: number;
  /** `METHOD host/path`, with the credentials. */
  readonly requests: string[];
}

/** A server for several names: answers MCP, metadata and token requests. */
async function startMachine(
  certificate: Certificate | undefined = authority.issue([UPSTREAM, ISSUER]),
): Promise<Machine> {
  const requests: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    const { host, authorization } = request.headers;
    requests.push(`${request.method} ${host}${request.url} ${authorization?.split(' ', 1)[0] ?? '-'}`);
    if (request.headers['proxy-authorization'] !== undefined) requests.push('the credentials of the proxy');
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/.well-known') === true)
      response.end(JSON.stringify({ issuer: `https://${ISSUER}`, token_endpoint: `https://${ISSUER}/token` }));
    else if (request.url === '/token') response.end('{"access_token":"t","token_type":"Bearer","expires_in":300}');
    else response.end('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}');
  };
  const server = certificate === undefined ? http.createServer(answer) : https.createServer({ ...certificate }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const proxyTo = (machine: Machine, options: Partial<ForwardProxyOptions> = {}) =>
  startForwardProxy({
    reaches: (asked) => (/^(?:mcp|idp)\.example\.test:(?:443|80)$/.test(asked) ? machine.port : undefined),
    ...options,
  });

const OAUTH = {
  UPSTREAM_AUTH: 'oauth',
  UPSTREAM_ISSUER: `https://${ISSUER}`,
  UPSTREAM_CLIENT_ID: 'me',
  UPSTREAM_SECRET: 'env:PROXY_TEST_SECRET',
};
const front = (environment: Readonly<Record<string, string>>) =>
  startFront({ url: `https://${UPSTREAM}/mcp` }, { environment: { CA_BUNDLE: 'env:PROXY_TEST_CA', ...environment } });
const call = modern('tools/call', { name: 'x', arguments: {} });

/** What the log says of the last refusal. */
const whyOf = async (): Promise<unknown> => (await lines.find((line) => line['event'] === 'refused'))['why'];

test.each(eras)('upstream and token endpoint are reached through the same proxy: %s', async (_era, message) => {
  await using machine = await startMachine();
  await using proxy = await proxyTo(machine);
  await using started = await front({ ...OAUTH, HTTPS_PROXY: proxy.url });
  for (let n = 0; n < 3; n++)
    expect((await send(started, message('tools/call', { name: 'x', arguments: {} }))).status).toBe(200);
  expect(proxy.asked.filter((asked) => asked === `CONNECT ${UPSTREAM}:443`)).toHaveLength(1);
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${ISSUER}:443`, `CONNECT ${UPSTREAM}:443`]));
  expect(machine.requests.filter((request) => request.includes('/mcp')).every((each) => each.endsWith('Bearer'))).toBe(
    true,
  );
});

test('what NO_PROXY names is connected to directly, and everything else is not', async () => {
  await using machine = await startMachine();
  await using proxy = await proxyTo(machine);
  await using started = await front({ ...OAUTH, HTTPS_PROXY: proxy.url, NO_PROXY: UPSTREAM });
  // The name has no address outside of the proxy.
  expect((await send(started, call)).status).toBe(502);
  expect(proxy.asked).toEqual([`CONNECT ${ISSUER}:443`, `CONNECT ${ISSUER}:443`]);
  expect(await whyOf()).toContain(`${UPSTREAM}: the upstream can't be reached: ENOTFOUND`);
});

describe('a proxy that wants credentials', () => {
  test('gets them, and the upstream and the log do not', async () => {
    await using machine = await startMachine();
    await using proxy = await proxyTo(machine, { credentials: 'me:p@ss' });
    const { port } = new URL(proxy.url);
    await using started = await front({ ...OAUTH, HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${port}` });
    expect((await send(started, call)).status).toBe(200);
    expect(machine.requests).not.toContain('the credentials of the proxy');
  });

  test.each([
    ['http://127.0.0.1', 'wants credentials (407): give it http://USER:PASSWORD@HOST:PORT'],
    ['http://me:wr0ng@127.0.0.1', 'does not accept its credentials (407): check USER:PASSWORD in its URL'],
  ])('and refuses %s: the log says what to do, the client learns no more than the code', async (url, advice) => {
    await using machine = await startMachine();
    await using proxy = await proxyTo(machine, { credentials: 'me:p@ss' });
    await using started = await front({ HTTPS_PROXY: `${url}:${proxy.port}` });
    const reply = await send(started, call);
    expect(reply.status).toBe(502);
    expect(reply.json().error?.message).toBe("the upstream can't be reached: EPROXYAUTH");
    const why = await whyOf();
    expect(why).toContain(`the forward proxy http://127.0.0.1:${proxy.port} ${advice}`);
    expect(why).not.toMatch(/wr0ng|p@ss|Basic/);
  });
});

describe('credentials of the proxy in a secret', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ['as they are', 'me:p@ss:word'],
    ['as JSON', '{"username":"me","password":"p@ss:word","engine":"squid"}'],
  ])('are read before the first call: %s', async (_case, text) => {
    vi.stubEnv('TEST_FORWARD_PROXY', text);
    await using machine = await startMachine();
    await using proxy = await proxyTo(machine, { credentials: 'me:p@ss:word' });
    await using started = await front({ HTTPS_PROXY: proxy.url, FORWARD_PROXY_SECRET: 'env:TEST_FORWARD_PROXY' });
    expect((await send(started, call)).status).toBe(200);
    expect(lines.text).not.toContain('p@ss');
  });

  test.each([
    ['also of a process that a snapshot was taken of', 'start'],
    ['also of one that is warmed up by a hook', 'hook'],
  ])('are read after the warm-up, %s', async (_case, mode) => {
    vi.stubEnv('TEST_FORWARD_PROXY', 'me:old');
    await using machine = await startMachine();
    await using proxy = await proxyTo(machine, { credentials: 'me:new' });
    await using started = await front({
      HTTPS_PROXY: proxy.url,
      FORWARD_PROXY_SECRET: 'env:TEST_FORWARD_PROXY',
      WARM_UP: mode,
    });
    vi.stubEnv('TEST_FORWARD_PROXY', 'me:new');
    expect((await send(started, call)).status).toBe(200);
  });

  test.each(['p@ss', '{"username":"me"}', 'me:p@ss\r\nX-Other: 1', ''])(
    'must be a pair, and are not repeated: %j',
    async (text) => {
      vi.stubEnv('TEST_FORWARD_PROXY', text);
      await using machine = await startMachine();
      await using proxy = await proxyTo(machine, { credentials: 'me:p@ss' });
      const failed: unknown = await front({
        HTTPS_PROXY: proxy.url,
        FORWARD_PROXY_SECRET: 'env:TEST_FORWARD_PROXY',
      }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(String(failed)).toMatch(/FORWARD_PROXY_SECRET: expected USER:PASSWORD|TEST_FORWARD_PROXY/);
      expect(String(failed)).not.toContain('p@ss');
    },
  );

  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:squid-AbCdEf';
  test.each([
    [{ FORWARD_PROXY_SECRET: SECRET }, 'expected HTTPS_PROXY or HTTP_PROXY beside it, got neither'],
    [
      { FORWARD_PROXY_SECRET: SECRET, HTTPS_PROXY: 'http://me:pass@squid.example:3128', NO_PROXY: '.amazonaws.com' },
      'expected no user name and password in HTTPS_PROXY and HTTP_PROXY',
    ],
    [
      { FORWARD_PROXY_SECRET: SECRET, HTTPS_PROXY: 'http://squid.example:3128' },
      'NO_PROXY: expected secretsmanager.eu-west-1.amazonaws.com in it',
    ],
    [
      { FORWARD_PROXY_SECRET: 'pass', HTTPS_PROXY: 'http://squid.example:3128' },
      'FORWARD_PROXY_SECRET: got another text',
    ],
  ])('the bindings %j are a fault', async (bindings, fault) => {
    await expect(front(bindings)).rejects.toThrow(fault);
  });
});

test('a proxy that opens no tunnel to the host is an error that names both', async () => {
  await using machine = await startMachine();
  await using proxy = await proxyTo(machine, { reaches: () => undefined });
  await using started = await front({ HTTPS_PROXY: proxy.url });
  expect((await send(started, call)).json().error?.message).toBe("the upstream can't be reached: EPROXYREFUSED");
  expect(await whyOf()).toContain(`opens no tunnel to ${UPSTREAM}:443 (HTTP 403): allow it there, or name the host`);
});

test('a proxy that is down is an error that names it', async () => {
  await using started = await front({ HTTPS_PROXY: 'http://127.0.0.1:1' });
  expect((await send(started, call)).status).toBe(502);
  expect(await whyOf()).toContain("the forward proxy http://127.0.0.1:1 can't be reached (ECONNREFUSED)");
});

test('a proxy over TLS is checked like any server', async () => {
  await using machine = await startMachine();
  await using proxy = await proxyTo(machine, { certificate: authority.issue(['proxy.example.test']) });
  await using started = await front({ ...OAUTH, HTTPS_PROXY: proxy.url });
  expect((await send(started, call)).status).toBe(200);
  await using stranger = await proxyTo(machine, { certificate: selfSigned() });
  await using refused = await front({ HTTPS_PROXY: stranger.url });
  expect((await send(refused, call)).status).toBe(502);
  expect(await whyOf()).toContain("can't be reached (DEPTH_ZERO_SELF_SIGNED_CERT)");
});

test('TLS is checked to its end: a proxy that leads elsewhere gets no call', async () => {
  await using machine = await startMachine(authority.issue(['other.example.test']));
  await using proxy = await proxyTo(machine);
  await using started = await front({ HTTPS_PROXY: proxy.url });
  expect((await send(started, call)).status).toBe(502);
  expect(machine.requests).toEqual([]);
});

test.each(['https://169.254.169.254/mcp', 'https://[fd00:ec2::254]/mcp', 'https://metadata.google.internal/mcp'])(
  'a forbidden address is refused although a proxy would connect: %s',
  async (url) => {
    await expect(startFront({ url }, { environment: { HTTPS_PROXY: 'http://127.0.0.1:1' } })).rejects.toThrow(
      'expected a host other than',
    );
  },
);

describe('CA_BUNDLE', () => {
  test('is trusted besides the public authorities, without a proxy as well', async () => {
    await using machine = await startMachine();
    await using started = await startFront(
      { url: `https://127.0.0.1:${machine.port}/mcp` },
      { environment: { CA_BUNDLE: 'env:PROXY_TEST_CA' } },
    );
    expect((await send(started, call)).status).toBe(200);
  });

  test('names itself where a certificate is of an unknown authority', async () => {
    await using machine = await startMachine();
    await using started = await startFront({ url: `https://127.0.0.1:${machine.port}/mcp` });
    const reply = await send(started, call);
    expect(reply.json().error?.message).toBe("the upstream can't be reached: UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(await whyOf()).toContain('bind CA_BUNDLE to the certificate of that authority (caFile in a deployment)');
  });

  test('that is broken ends the start, and says which block', async () => {
    const file = join(tmpdir(), `ca-${process.pid}.pem`);
    await writeFile(file, `${authority.cert}${authority.key}`);
    await expect(front({ CA_BUNDLE: `file:${file}` })).rejects.toThrow(
      'CA_BUNDLE: expected certificates in PEM, got in block 2 of 2 (line 10) a PRIVATE KEY',
    );
  });

  test.each([
    ['file:/nowhere/ca.pem', 'CA_BUNDLE: expected a file that can be read (ENOENT)'],
    ['built', 'CA_BUNDLE: expected ca.pem beside the bundle, where caFile of a deployment puts it, got none (ENOENT)'],
    ['-----BEGIN CERTIFICATE-----', 'CA_BUNDLE: expected where certificates are: file:PATH'],
    ['cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE', 'CA_BUNDLE: expected where certificates are'],
  ])('as %s is a fault', async (bundle, fault) => {
    await expect(front({ CA_BUNDLE: bundle })).rejects.toThrow(fault);
  });
});
