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

const TEXT = { type: 'string' };
/** As a CRM declares it. */
const CONTACT = {
  type: 'object',
  properties: {
    lastName: { type: 'string', maxLength: 80 },
    email: { type: 'string', format: 'email', maxLength: 64 },
    phone: { type: 'string', maxLength: 20 },
    birthDate: { type: 'string', format: 'date' },
    note: TEXT,
  },
};
const CRM = [
  { name: 'add_contact', inputSchema: CONTACT, outputSchema: { type: 'object', properties: { row: CONTACT } } },
  { name: 'find_contact', inputSchema: { type: 'object', properties: { email: TEXT } } },
];

/** A CRM that keeps what it gets, and finds it by the address. */
function crm(rows: Record<string, string>[]): Parameters<typeof startUpstream>[0] {
  return ({ text }, response) => {
    const { id, method, params } = JSON.parse(text) as {
      id?: string;
      method: string;
      params: { name: string; arguments: Record<string, string> };
    };
    const base = { resultType: 'complete', ttlMs: 0, cacheScope: 'public' };
    if (method !== 'tools/call')
      return respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result: { ...base, tools: CRM } }));
    if (params.name === 'add_contact') rows.push(params.arguments);
    const found = rows.filter(({ email }) => email === params.arguments['email']);
    const told = found.map((row) => `${row['lastName']}, born ${row['birthDate']}, call ${row['phone']}`).join();
    const result = {
      content: [
        { type: 'text', text: told },
        { type: 'text', text: JSON.stringify({ rows: found }) },
      ],
      structuredContent: { rows: found },
    };
    respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
}

describe.each(eras)('%s', (_era, call) => {
  it('the CRM keeps only tokens that its schemas accept, and the client sees the data in later calls', async () => {
    const contact = {
      lastName: 'Lindqvist',
      email: 'Zoe.Lindqvist@example.com',
      phone: '+46 70 174 06 05',
      birthDate: '1980-02-03',
      note: 'call +46 70 174 06 05',
    };
    const rows: Record<string, string>[] = [];
    await using upstream = await startUpstream(crm(rows));
    await using front = await startFront(upstream, { ...(await page.load('crm.config.ts')), environment: bindRing() });
    await send(front, call('tools/call', { name: 'add_contact', arguments: contact }));
    const [row = {}] = rows;
    expect(Object.keys(row)).toEqual(Object.keys(contact));
    for (const value of Object.values(contact)) expect(JSON.stringify(row)).not.toContain(value);
    expect(row['phone']?.length).toBeLessThanOrEqual(20);
    expect(row['email']?.length).toBeLessThanOrEqual(64);
    expect(row['birthDate']).toMatch(/^(?:19|20)\d\d-\d\d-\d\d$/);
    const found = await send(front, call('tools/call', { name: 'find_contact', arguments: { email: contact.email } }));
    expect(responseOf(found).result).toMatchObject({
      content: [
        { text: 'Lindqvist, born 1980-02-03, call +46 70 174 06 05' },
        { text: JSON.stringify({ rows: [contact] }) },
      ],
      structuredContent: { rows: [contact] },
    });
  });

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
