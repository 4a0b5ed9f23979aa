/** A key in the query: sent with each request, read again if it is refused, and shown nowhere. */
import type http from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { apiKey } from '../../../proxy/upstream/auth/api-key.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import type { RawReply } from '../../support/raw.ts';
import { emptyResult, startUpstream } from '../../support/upstream.ts';
import { eras, modern, send } from '../messages.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const bind = (bindings: Readonly<Record<string, string>>): readonly string[] => {
  const faults = new Faults();
  readUpstream(
    {
      UPSTREAM_URL: 'https://a.example/mcp?v=1',
      UPSTREAM_AUTH: 'api-key',
      UPSTREAM_SECRET: 'file:/run/key',
      ...bindings,
    },
    'default',
    faults,
  );
  return faults.errors;
};

test('it is sent once with each request, encoded, also after a refusal, and appears in no log line or error', async () => {
  vi.stubEnv('TEST_KEY', 'k&y=1/ü');
  const lines = new Lines();
  lines.start();
  await using upstream = await startUpstream((request, response) =>
    upstream.received.length === 1 ? void response.writeHead(401).end() : emptyResult(request, response),
  );
  await using front = await startFront(upstream, {
    environment: {
      UPSTREAM_URL: `${upstream.url}?v=1`,
      UPSTREAM_AUTH: 'api-key',
      UPSTREAM_PARAMETER: 'api.key',
      UPSTREAM_SECRET: 'env:TEST_KEY',
    },
  });
  const refused = await send(front, modern('tools/list'));
  const answered = await send(front, modern('tools/list'));
  lines.stop();
  expect([refused.status, answered.status]).toEqual([502, 200]);
  const target = '/mcp?v=1&api.key=k%26y%3D1%2F%C3%BC';
  expect(upstream.received.map((request) => request.target)).toEqual([target, target]);
  const shown = `${inspect(lines, { depth: 10 })}${refused.text}`;
  expect(shown).not.toMatch(/k&y|k%26y/);
});

describe.each(eras)('an upstream that repeats its own URL, %s', (_era, message) => {
  const KEY = 's3cr3t&/k"ey';
  const through = async (answer: (target: string, response: http.ServerResponse) => void): Promise<RawReply> => {
    vi.stubEnv('TEST_KEY', KEY);
    await using upstream = await startUpstream((request, response) => answer(request.target, response));
    await using front = await startFront(upstream, {
      environment: { UPSTREAM_AUTH: 'api-key', UPSTREAM_PARAMETER: 'key', UPSTREAM_SECRET: 'env:TEST_KEY' },
    });
    return await send(front, message('tools/list'));
  };
  const everything = ({ raw, text }: RawReply): string => raw + text;

  test.each<[string, (target: string) => string]>([
    ['as it was sent', (target) => `Cannot POST ${target}`],
    ['decoded', (target) => `<p>${decodeURIComponent(target)}`],
    ['in JSON', (target) => JSON.stringify({ instance: decodeURIComponent(target) })],
    ['in JSON of PHP', (target) => JSON.stringify({ instance: decodeURIComponent(target) }).replaceAll('/', '\\/')],
    ['in HTML', (target) => decodeURIComponent(target).replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in lower case', (target) => target.replaceAll('%26', '%26').replaceAll('%2F', '%2f')],
  ])('gives it to no client in a failing answer: %s', async (_case, body) => {
    for (const status of [400, 403, 404, 500]) {
      const reply = await through((target, response) => response.writeHead(status).end(`before ${body(target)} after`));
      expect([reply.status, everything(reply)]).toEqual([status, expect.not.stringContaining('s3cr3t')]);
      expect(reply.text).toMatch(/^before .*key=\[key\].* after$/);
    }
  });

  test('gives it to no client in a compressed one, or one that is too long to read', async () => {
    const zipped = await through((target, response) =>
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync(target)),
    );
    expect([zipped.status, zipped.text, zipped.header('content-encoding')]).toEqual([404, '/mcp?key=[key]', undefined]);
    const long = await through((target, response) => response.writeHead(500).end(`${'x'.repeat(100_000)}${target}`));
    expect([long.status, long.text]).toEqual([500, '']);
  });

  test('gives it to no client in a header', async () => {
    const reply = await through((target, response) =>
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-location': target,
          link: `<${target}&page=2>; rel="next"`,
          location: 'https://internal.example',
          'x-request-url': `http://upstream${target}`,
          'x-kept': 'yes',
        })
        .end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', tools: [] } })),
    );
    expect([reply.status, everything(reply)]).toEqual([200, expect.not.stringContaining('s3cr3t')]);
    expect(['x-kept', 'location', 'link', 'x-request-url'].map((name) => reply.header(name))).toEqual([
      'yes',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('is otherwise passed on byte for byte', async () => {
    const body = '{"jsonrpc":"2.0", "id":1,"error":{"code":-32000,"message":"no"}}';
    const reply = await through((_target, response) =>
      response.writeHead(400, { 'content-type': 'application/json', 'content-length': body.length }).end(body),
    );
    expect([reply.status, reply.text]).toEqual([400, body]);
  });
});

test('a rotated key is read again after a 401, and not after a 403', async () => {
  const keys = ['old', 'new'];
  const auth = apiKey({ parameter: 'key', secret: async () => keys.shift() ?? 'new' });
  const request = { method: 'POST' as const, host: 'a', path: '/mcp', body: undefined, headers: [] };
  const first = { ...request };
  await auth.apply(first);
  expect(first.path).toBe('/mcp?key=old');
  expect(await auth.refused(403, {}, first)).toBe(false);
  expect(await auth.refused(401, {}, first)).toBe(true);
  const second = { ...request };
  await auth.apply(second);
  expect(second.path).toBe('/mcp?key=new');
});

test.each([
  [{}, 'UPSTREAM_PARAMETER: expected the name of a query parameter, got nothing'],
  [{ UPSTREAM_PARAMETER: 'a b' }, 'UPSTREAM_PARAMETER: expected the name of a query parameter, got "a b"'],
  [
    { UPSTREAM_PARAMETER: 'v' },
    'UPSTREAM_URL: expected a URL without the parameter v, which carries the key of UPSTREAM_SECRET, got one with it',
  ],
])('the bindings %j are a fault', (bindings, fault) => {
  expect(bind(bindings)).toEqual([fault]);
});

const REQUEST = { method: 'POST' as const, host: 'a', path: '/mcp', body: undefined, headers: [] };

test.each([
  ['empty', '', "the upstream's key is nothing, expected one: store the bare key"],
  [
    'a private key',
    '-----BEGIN PRIVATE KEY----- MIIE -----END PRIVATE KEY-----',
    "the upstream's key is a private key, which would be sent there: expected the bare key",
  ],
])('a key that is %s is refused', async (_, secret, message) => {
  const request = { ...REQUEST };
  const applied = Promise.resolve(apiKey({ parameter: 'key', secret: async () => secret }).apply(request));
  await expect(applied).rejects.toMatchObject({ code: 'upstream-auth', message });
  expect(request.path).toBe('/mcp');
});

test('a key that takes too long to read is named in the error', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const applied = Promise.resolve(apiKey({ parameter: 'key', secret: () => new Promise(() => {}) }).apply(REQUEST));
  vi.advanceTimersByTime(15_000);
  await expect(applied).rejects.toThrow("fetching the upstream's key took more than 15 s");
});

test('a parameter with characters of a query is encoded, and a refusal without its request is of the key that is kept', async () => {
  const keys = ['old', 'new'];
  const auth = apiKey({ parameter: 'a&b', secret: async () => keys.shift() ?? 'none' });
  const first = { ...REQUEST };
  await auth.apply(first);
  expect(first.path).toBe('/mcp?a%26b=old');
  expect(await auth.refused(401, {})).toBe(true);
  const second = { ...REQUEST };
  await auth.apply(second);
  expect(second.path).toBe('/mcp?a%26b=new');
});
