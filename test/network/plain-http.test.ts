/** An upstream without TLS: only at hosts that are named, with a warning, directly or through a forward proxy. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useNetwork } from '../../proxy/network/network.ts';
import { Lines } from '../dispatch/lines.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => {
  vi.stubEnv('PLAIN_TEST_KEY', 'the-key');
  lines.start();
});
afterEach(() => {
  lines.stop();
  useNetwork();
  vi.unstubAllEnvs();
});

const call = modern('tools/call', { name: 'x', arguments: {} });
const URL_OF = 'http://mcp.mesh.internal/mcp';

test.each([[undefined], ['mesh.internal'], ['other.internal'], ['xmcp.mesh.internal']])(
  'is refused if its host is not named: %s',
  async (hosts) => {
    await expect(
      startFront({ url: URL_OF }, { environment: hosts === undefined ? {} : { PLAIN_HTTP_HOSTS: hosts } }),
    ).rejects.toThrow(
      'UPSTREAM_URL: expected an https URL (http only to loopback, or to a host that PLAIN_HTTP_HOSTS names), got http://mcp.mesh.internal',
    );
  },
);

test.each(['*', '.internal', '*.mesh.internal', 'http://mcp.mesh.internal', 'mcp.mesh.internal:8080', '10.0.0.0/8'])(
  '%s names no exact host',
  async (hosts) => {
    await expect(startFront({ url: URL_OF }, { environment: { PLAIN_HTTP_HOSTS: hosts } })).rejects.toThrow(
      'PLAIN_HTTP_HOSTS: expected exact hosts without scheme and port, such as mcp.mesh.internal',
    );
  },
);

test.each(['http://169.254.169.254/mcp', 'http://[fd00:ec2::254]/mcp', 'http://metadata.google.internal/mcp'])(
  'a forbidden address stays forbidden: %s',
  async (url) => {
    await expect(startFront({ url }, { environment: { PLAIN_HTTP_HOSTS: new URL(url).hostname } })).rejects.toThrow(
      'expected a host other than',
    );
  },
);

test('nothing but an upstream may be without TLS', async () => {
  const environment = {
    PLAIN_HTTP_HOSTS: 'mcp.mesh.internal, idp.mesh.internal',
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_TOKEN_URL: 'http://idp.mesh.internal/token',
    UPSTREAM_CLIENT_ID: 'me',
    UPSTREAM_SECRET: 'env:PLAIN_TEST_KEY',
  };
  await expect(startFront({ url: URL_OF }, { environment })).rejects.toThrow(
    'UPSTREAM_TOKEN_URL: got http://idp.mesh.internal, expected https (http only to this machine)',
  );
});

const AT_START = (words: string): string =>
  `UPSTREAM_URL: calls to mcp.mesh.internal cross the network without TLS (PLAIN_HTTP_HOSTS), and with them ${words}: anyone on the way can read and change them`;

test.each<[Record<string, string>, string]>([
  [{}, 'no credentials'],
  [{ UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' }, 'signatures, which are good for that call only'],
  [{ UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:PLAIN_TEST_KEY' }, 'the credentials'],
])('a warning at the start says what crosses the network: %j', async (auth, words) => {
  await using _front = await startFront(
    { url: URL_OF },
    { environment: { PLAIN_HTTP_HOSTS: 'MCP.mesh.internal', ...auth } },
  );
  expect(await lines.find((line) => line['message'] === AT_START(words))).toMatchObject({ level: 'warn' });
});

test('through a forward proxy, requests are sent on by it and carry its credentials no further', async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}');
  });
  await using proxy = await startForwardProxy({
    reaches: (asked) => (asked === 'mcp.mesh.internal:80' ? upstream.port : undefined),
    credentials: 'me:pass',
  });
  const environment = {
    PLAIN_HTTP_HOSTS: 'mcp.mesh.internal',
    HTTP_PROXY: `http://me:pass@127.0.0.1:${proxy.port}`,
    UPSTREAM_AUTH: 'bearer',
    UPSTREAM_SECRET: 'env:PLAIN_TEST_KEY',
  };
  await using front = await startFront({ url: URL_OF }, { environment });
  expect((await send(front, call)).status).toBe(200);
  expect(proxy.asked).toEqual([`POST ${URL_OF}`]);
  expect(upstream.received[0]?.header('authorization')).toBe('Bearer the-key');
  expect(upstream.received[0]?.header('host')).toBe('mcp.mesh.internal');
  expect(upstream.received[0]?.header('proxy-authorization')).toBeUndefined();
  await using refused = await startFront(
    { url: URL_OF },
    { environment: { ...environment, HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } },
  );
  expect((await send(refused, call)).status).toBe(502);
});

test.each([403, 404, 502, 504])("a forward proxy's own page is no answer: HTTP %i", async (status) => {
  vi.stubEnv('PLAIN_TEST_KEY', 's3cr3t');
  await using proxy = await startLoopback((request, response) => {
    response
      .writeHead(status, { 'content-type': 'text/html;charset=utf-8', via: '1.1 squid.internal.corp' })
      .end(`<h1>squid.internal.corp</h1>could not get ${request.url}`);
  });
  const environment = {
    PLAIN_HTTP_HOSTS: 'mcp.mesh.internal',
    HTTP_PROXY: proxy.url,
    UPSTREAM_AUTH: 'api-key',
    UPSTREAM_PARAMETER: 'key',
    UPSTREAM_SECRET: 'env:PLAIN_TEST_KEY',
  };
  await using front = await startFront({ url: URL_OF }, { environment });
  const reply = await send(front, call);
  expect([reply.status, reply.json().error?.message]).toEqual([502, "the upstream can't be reached: EPROXYREFUSED"]);
  expect(reply.raw + reply.text).not.toMatch(/squid|s3cr3t/);
});
