/** What a second issuer can say about callers: in policies, arguments and the audit trail. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JwksOptions } from '../../proxy/callers/issuers.ts';
import { jwks } from '../../proxy/callers/jwks.ts';
import { accessPolicy, allow } from '../../proxy/controls/access-policy/index.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { enrichment } from '../../proxy/controls/enrichment/index.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { CALLERS_KEY, tokenOf } from '../upstream/auth/callers-tokens.ts';
import { eras, send } from '../upstream/messages.ts';

const CORP = 'https://id.corp.example';
const PARTNER = 'https://id.partner.example';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

/** @param partner the options of the partner's issuer */
async function world(partner: Pick<JwksOptions, 'prefix' | 'claims'>) {
  const keys = { keys: [{ ...CALLERS_KEY.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] };
  const published = await startLoopback((_request, response) => void response.end(JSON.stringify(keys)));
  const upstream = await startUpstream((request, response) => {
    const { id, method, params } = JSON.parse(request.text);
    const inputSchema = { type: 'object', properties: { customer: { type: 'string' } } };
    const tools = ['pay', 'wipe', 'write', 'read'].map((name) => ({ name, inputSchema }));
    const result = method === 'tools/list' ? { tools, ttlMs: 60_000 } : { structuredContent: params.arguments ?? {} };
    respondJson(response, { jsonrpc: '2.0', id, result: { resultType: 'complete', content: [], ...result } });
  });
  const jwksUri = `${published.url}/keys`;
  const front = await startFront(upstream, {
    caller: jwks([
      { issuer: CORP, audience: 'mcp', jwksUri },
      { issuer: PARTNER, audience: 'mcp', jwksUri, ...partner },
    ]),
    controls: [
      audit(),
      accessPolicy({
        policies: [
          allow({ caller: 'ann', tools: ['pay'] }),
          allow({ group: 'admins', tools: ['wipe'] }),
          allow({ scope: 'orders:write', tools: ['write'] }),
          allow({ caller: ['ann', 'partner/ann'], tools: ['read'] }),
        ],
      }),
      enrichment({ tools: { read: { arguments: { customer: { claim: 'org' } } } } }),
    ],
  });
  return {
    front,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await published[Symbol.asyncDispose]();
    },
  };
}

const SAID = { aud: 'mcp', groups: ['admins'], scope: 'orders:write', org: 'acme' };

test.each(eras)('a partner’s ann is not ours, nor an admin, nor of a tenant, %s', async (_era, message) => {
  await using w = await world({ prefix: 'partner/', claims: ['email'] });
  const outcome = async (iss: string, sub: string, name: string): Promise<string> => {
    const token = await tokenOf(sub, { ...SAID, iss });
    const { body, headers } = message('tools/call', { name });
    const sent = { body, headers: [...headers, `Authorization: Bearer ${token}`] };
    const { status, text } = await send(w.front, sent);
    const { result } = JSON.parse(text) as { result?: { structuredContent: { customer?: string } } };
    return status !== 200 || result === undefined ? 'refused' : (result.structuredContent.customer ?? 'permitted');
  };
  expect(await outcome(CORP, 'ann', 'pay')).toBe('permitted');
  expect(await outcome(CORP, 'bob', 'wipe')).toBe('permitted');
  expect(await outcome(CORP, 'bob', 'write')).toBe('permitted');
  expect(await outcome(CORP, 'ann', 'read')).toBe('acme');
  for (const tool of ['pay', 'wipe', 'write']) expect(await outcome(PARTNER, 'ann', tool)).toBe('refused');
  // It may read, but is believed no tenant.
  expect(await outcome(PARTNER, 'ann', 'read')).toBe('refused');
  const callers = lines.all.flatMap((line) => (line['event'] === 'call' ? [line['caller']] : []));
  expect(callers).toEqual(['ann', 'bob', 'bob', 'ann', 'partner/ann', 'partner/ann', 'partner/ann', 'partner/ann']);
});

test('a partner that has a say in everything is refused, unless the config says so', async () => {
  await expect(world({})).rejects.toThrow(
    'expected all issuers but one to have prefix and claims, got several without',
  );
  await using w = await world({ prefix: false, claims: 'all' });
  const [, message] = eras[0];
  const { body, headers } = message('tools/call', { name: 'pay' });
  const token = await tokenOf('ann', { ...SAID, iss: PARTNER });
  const { text } = await send(w.front, { body, headers: [...headers, `Authorization: Bearer ${token}`] });
  expect(text).toContain('"result"');
});
