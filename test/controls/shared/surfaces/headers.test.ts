/**
 * A header that no schema declares is forwarded as the client wrote it. If it contains something to hide, in any
 * spelling, the call is refused.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { secrets } from '../../../../proxy/controls/secrets/index.ts';
import { email, usSsn } from '../../../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import { way } from '../../../dispatch/forms.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { send } from '../../../upstream/messages.ts';
import { bindRing, TENANT } from '../../tokenization/keys.ts';
import { startRoute } from './carry.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const EMAIL = 'mara@example.com';
const KEY = `ghp_${'x4Q9'.repeat(9)}`;

describe.each([
  ['tokenization', EMAIL, () => tokenization({ tenant: TENANT, detectors: [email(), usSsn()] })],
  ['redaction', EMAIL, () => redaction({ upstream: { detectors: [email(), usSsn()] } })],
  ['secrets', KEY, () => secrets({ onFound: 'redact' })],
] as const)('%s', (name, value, control) => {
  const headed = async (...headers: readonly string[]): Promise<boolean> => {
    await using route = await startRoute({ controls: [control()], environment: bindRing() });
    const modern = way('modern', 'json');
    route.upstream.answer = modern.result({
      content: [],
      tools: [{ name: 'x', inputSchema: { type: 'object' } }],
      ttlMs: 1_000,
      cacheScope: 'public',
    });
    await send(route.front, modern.call('tools/call', { name: 'x', arguments: {} }), headers);
    return route.upstream.received.some(({ text }) => text.includes('"tools/call"'));
  };

  test.each([
    ['as plain text', value],
    ['percent-encoded', [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['with an escape', value.replace('a', '\\u0061').replace('g', '\\u0067')],
    ['as base64', `=?base64?${Buffer.from(value).toString('base64')}?=`],
    ['percent-encoded, as base64', `=?base64?${Buffer.from(encodeURIComponent(value)).toString('base64')}?=`],
  ])('refuses a call with a value to hide in a header: %s', async (_how, written) => {
    expect(await headed(`Mcp-Param-Q: ${written}`)).toBe(false);
  });

  test('forwards a header without anything to hide', async () => {
    expect(await headed('Mcp-Param-Q: 50%20percent', 'Mcp-Param-Ssn: none')).toBe(true);
  });

  test.runIf(name !== 'secrets')("uses the header's name as evidence of its value", async () => {
    expect(await headed('Mcp-Param-Ssn: 219099999')).toBe(false);
  });
});
