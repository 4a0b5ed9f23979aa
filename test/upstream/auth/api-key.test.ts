/** A key in the query: sent with each request, read again if it is refused, and shown nowhere. */
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { apiKey } from '../../../proxy/upstream/auth/api-key.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { emptyResult, startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../messages.ts';

afterEach(() => {
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

test('an empty key is refused', async () => {
  const auth = apiKey({ parameter: 'key', secret: async () => '' });
  const request = { method: 'POST' as const, host: 'a', path: '/mcp', body: undefined, headers: [] };
  await expect(Promise.resolve(auth.apply(request))).rejects.toThrow("the upstream's key is nothing");
});
