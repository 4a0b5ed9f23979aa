/** The configs of docs/personal-data.md reach the goals that the page names. */
import { describe, expect, it } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { bindRing } from '../controls/tokenization/keys.ts';
import { responseOf } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { eras } from '../upstream/messages.ts';
import { send } from '../upstream/messages.ts';
import { usePages } from './page.ts';

const page = usePages(
  ['docs/personal-data.md'],
  ['crm.config.ts', 'cards.config.ts', 'support.config.ts', 'both.config.ts'],
);

const ADDRESS = 'mara@example.com';
const PHONE = '+1 415 555 2671';
const CARD = '4111 1111 1111 1111';
const PERSONAL = [ADDRESS, PHONE, 'Inventado', '1980-02-03'];
const TOOLS = ['look_up', 'save'].map((name) => ({ name, inputSchema: { type: 'object' } }));

/** What the upstream received and a client of a group saw: of a call with personal data, and of a reply with it. */
async function tried(
  config: ProxyConfig,
  call: (typeof eras)[number][1],
  group: string,
): Promise<{ readonly received: string; readonly seen: string }> {
  let received = '';
  await using upstream = await startUpstream(({ text }, response) => {
    const { id, method, params } = JSON.parse(text) as {
      id?: string;
      method: string;
      params: { arguments?: Record<string, unknown> };
    };
    const base = { resultType: 'complete', ttlMs: 0, cacheScope: 'public' };
    if (method === 'tools/call') received += text;
    const result =
      method === 'tools/list'
        ? { ...base, tools: TOOLS }
        : {
            content: [{ type: 'text', text: `${ADDRESS}, call ${PHONE}, card ${CARD}` }],
            structuredContent: { ...params.arguments, email: ADDRESS, mobile: PHONE, card: CARD },
          };
    respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  await using front = await startFront(upstream, { ...config, caller: header('x-claims'), environment: bindRing() });
  const args = {
    email: ADDRESS,
    phone: PHONE,
    customer: { lastName: 'Inventado' },
    birthDate: '1980-02-03',
    card: CARD,
  };
  const who = [`X-Claims: ${JSON.stringify({ sub: group, 'cognito:groups': [group] })}`];
  const reply = await send(front, call('tools/call', { name: 'save', arguments: args }), who);
  return { received, seen: JSON.stringify(responseOf(reply)) };
}

describe.each(eras)('%s', (_era, call) => {
  it('no personal data leaves to the CRM, and the client sees its own again', async () => {
    const { received, seen } = await tried(await page.load('crm.config.ts'), call, 'anyone');
    expect(received).toMatch(/qtk/i);
    for (const value of PERSONAL) {
      expect(received).not.toContain(value);
      expect(seen).toContain(value);
    }
  });

  it('the model never sees card numbers, and the upstream gets them', async () => {
    const { received, seen } = await tried(await page.load('cards.config.ts'), call, 'anyone');
    expect(received).toContain(CARD);
    expect(seen).not.toContain(CARD);
    expect(seen).toContain('REDACTED_PAYMENT_CARD');
  });

  it('support sees e-mail addresses but no telephone numbers, and interns see neither', async () => {
    const config = await page.load('support.config.ts');
    const { seen: support } = await tried(config, call, 'support');
    const { seen: intern } = await tried(config, call, 'interns');
    expect(support).toContain(`"email":"${ADDRESS}"`);
    expect(support).not.toContain(PHONE);
    expect(intern).not.toContain(ADDRESS);
    expect(intern).not.toContain(PHONE);
  });

  it('both sides work without the addresses', async () => {
    const { received, seen } = await tried(await page.load('both.config.ts'), call, 'anyone');
    for (const text of [received, seen]) {
      expect(text).toMatch(/qtk/i);
      expect(text).not.toContain(ADDRESS);
    }
  });
});
