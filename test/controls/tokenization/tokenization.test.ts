import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { header } from '../../../proxy/callers/header.ts';
import type { Decide } from '../../../proxy/controls/shared/decide.ts';
import { tokenization, type TokenizationOptions } from '../../../proxy/controls/tokenization/index.ts';
import { MARKERS } from '../../../proxy/controls/tokenization/token.ts';
import { responseOf, textsOf, type Way, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { type Front, type FrontOptions, startFront } from '../../support/front.ts';
import type { RawReply } from '../../support/raw.ts';
import {
  type Answer,
  emptyResult,
  event,
  idOf,
  openEvents,
  respondJson,
  startUpstream,
  type Upstream,
} from '../../support/upstream.ts';
import { send } from '../../upstream/messages.ts';
import { bindRing, emails, KEY, OTHER_KEY, names, TENANT, tokenOf, tokensWith } from './keys.ts';

const EMAIL = 'mara.inventado@example.com';
const TOKEN = tokenOf(EMAIL);
const NAME = 'Mara "Mia" Inventado';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

type Json = Readonly<Record<string, unknown>>;

interface Served extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly front: Front;
  /** The reply to a tool call, and the arguments that the upstream got; undefined if it got none. */
  call(
    name: string,
    args: Json,
    headers?: readonly string[],
  ): Promise<{ readonly reply: RawReply; readonly got: Json | undefined }>;
}

const echo = (args: Json): unknown => ({
  content: [{ type: 'text', text: `got ${JSON.stringify(args)}` }],
  structuredContent: args,
});

/** An upstream with tools that answers calls with the value of `result`. */
async function serve(
  way: Way,
  options: TokenizationOptions,
  {
    tools = [],
    result = echo,
    ...config
  }: FrontOptions & { readonly tools?: readonly unknown[]; readonly result?: (args: Json) => unknown } = {},
): Promise<Served> {
  let got: Json | undefined;
  const upstream = await startUpstream();
  upstream.answer = withSessions((received, response) => {
    const id = idOf(received);
    if (id === undefined) return emptyResult(received, response);
    const { method, params } = JSON.parse(received.text) as {
      readonly method: string;
      readonly params?: { readonly arguments?: Json };
    };
    if (method === 'tools/list')
      return respondJson(response, `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify({ tools })}}`);
    got = params?.arguments;
    const message = `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result(got ?? {}))}}`;
    if (way.form === 'json') return respondJson(response, message);
    openEvents(response);
    response.end(event(message));
  });
  const front = await startFront(upstream, { ...config, controls: [tokenization(options)], environment: bindRing() });
  return {
    upstream,
    front,
    async call(name, args, headers = []) {
      got = undefined;
      const reply = await send(front, way.call('tools/call', { name, arguments: args }), headers);
      return { reply, got };
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const SCHEMA = {
  type: 'object',
  properties: {
    to: { type: 'string', format: 'email' },
    page: { type: 'string', format: 'uri' },
    born: { type: 'string', format: 'date' },
    seen: { type: 'string', format: 'date-time' },
    ssn: { type: 'string', pattern: '^\\d{3}-\\d{2}-\\d{4}$' },
    card: { type: 'string', minLength: 13, maxLength: 19, pattern: '^\\d+$' },
    iban: { type: 'string', pattern: '^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$', maxLength: 34 },
    passport: { $ref: '#/$defs/passport' },
    account: { type: 'integer', minimum: 1_000_000 },
    note: { type: 'string' },
    people: {
      type: 'array',
      items: { type: 'object', properties: { id: { anyOf: [{ type: 'string', maxLength: 20 }, { type: 'null' }] } } },
    },
  },
  $defs: { passport: { type: 'string', maxLength: 9 } },
};
const RECORD = {
  to: EMAIL,
  page: 'https://crm.example.com/people/mara',
  born: '1984-07-15',
  seen: '2026-01-02T03:04:05Z',
  ssn: '078-05-1120',
  card: '4111111111111111',
  iban: 'DE89370400440532013000',
  passport: 'C01X00T47',
  account: 1234567890,
  note: `call ${EMAIL} today`,
  people: [{ id: 'P-4711-99812' }],
};
const fields = (
  [
    ['page', 'profile'],
    ['born', 'date-of-birth'],
    ['seen', 'seen'],
    ['ssn', 'us-ssn'],
    ['card', 'payment-card'],
    ['iban', 'iban'],
    ['passport', 'passport'],
    ['account', 'account'],
    ['people[*].id', 'person'],
  ] as const
).map(([path, type]) => ({ tool: 'save', path, type, reverses: true }));

const ajv = new Ajv2020({
  strict: false,
  formats: {
    email: /^[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+$/,
    uri: /^https?:\/\/\S+$/,
    date: /^\d{4}-\d\d-\d\d$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  },
});

describe.each(ways)('%s', (_name, way) => {
  test("gives the upstream tokens that satisfy the tool's schema, and the client its data", async () => {
    await using served = await serve(
      way,
      { tenant: TENANT, detectors: [emails], fields },
      { tools: [{ name: 'save', inputSchema: SCHEMA }] },
    );
    const { reply, got } = await served.call('save', RECORD);
    expect(ajv.validate(SCHEMA, got), JSON.stringify([got, ajv.errors])).toBe(true);
    for (const [key, value] of Object.entries(RECORD)) expect(got?.[key], key).not.toEqual(value);
    const seen = served.upstream.received.map(({ text, rawHeaders }) => text + rawHeaders.join()).join();
    for (const value of [
      EMAIL,
      'crm.example',
      '1984-07-15',
      '03:04:05',
      '078-05-1120',
      '4111111111111111',
      '0532013000',
      'C01X00T47',
      '1234567890',
      '4711',
    ])
      expect(seen).not.toContain(value);
    expect(responseOf(reply).result).toEqual({
      content: [{ type: 'text', text: `got ${JSON.stringify(RECORD)}` }],
      structuredContent: RECORD,
    });
  });

  test('gives a value the same token in every call, and forwards a call without findings unchanged', async () => {
    await using served = await serve(way, { tenant: TENANT, detectors: [emails] });
    const [first, second] = [
      await served.call('save', { to: EMAIL, n: 1.5 }),
      await served.call('find', { q: `who is ${EMAIL}?` }),
    ];
    expect(first.got).toEqual({ to: TOKEN, n: 1.5 });
    expect(second.got).toEqual({ q: `who is ${TOKEN}?` });
    const before = served.upstream.received.length;
    const { body } = way.call('tools/call', { name: 'find', arguments: { q: 'nobody' } });
    await served.call('find', { q: 'nobody' });
    expect(served.upstream.received[before]?.text).toBe(body);
  });

  test('refuses a call if no token fits the schema, without a value in the message, or redacts with whenNoToken: redact', async () => {
    const tools = [
      {
        name: 'save',
        inputSchema: {
          type: 'object',
          properties: {
            to: { type: 'string', maxLength: 30 },
            pin: { type: 'string', pattern: '^\\d{4}$' },
            phone: { type: 'string', maxLength: 20 },
            size: { enum: ['4711-large', 'small'] },
          },
        },
      },
    ];
    const options = {
      tenant: TENANT,
      detectors: [emails],
      fields: [
        { tool: 'save', path: 'pin', type: 'pin' },
        { tool: 'save', path: 'phone', type: 'phone' },
        { tool: 'save', path: 'size', type: 'size', reverses: true },
      ],
    } as const;
    await using served = await serve(way, options, { tools });
    for (const [args, name, type] of [
      [{ to: EMAIL }, 'to', 'email'],
      [{ pin: '4711' }, 'pin', 'pin'],
      // A token in the shape of a telephone number would come back as one.
      [{ phone: '+46 4711 123 456' }, 'phone', 'phone'],
      [{ size: '4711-large' }, 'size', 'size'],
    ] as const) {
      const { reply, got } = await served.call('save', args);
      expect(got).toBeUndefined();
      expect(responseOf(reply).result).toMatchObject({
        isError: true,
        content: [
          {
            text: `${name}: expected data that a token can replace, got ${type}, and the tool's schema accepts no token for it: leave it out`,
          },
        ],
      });
    }
    // The operator's way out is in the log only.
    const messages = lines.all.map(({ message }) => message);
    const listed = 'list the field under keep or in redaction';
    for (const told of [
      `to (type string, maxLength 30): widen the tool's schema, ${listed}, or set whenNoToken: 'redact'`,
      ...['pin (type string, pattern ^\\d{4}$)', 'phone (type string, maxLength 20)'].map(
        (limits) =>
          `${limits}: widen the tool's schema, list the field with reverses: true if the upstream has nothing but tokens in it, ${listed}, or set whenNoToken: 'redact'`,
      ),
      `size (enum): it has fixed values: ${listed}`,
    ])
      expect(messages).toContain(`no token fits ${told}`);
    // Ids, times and ports may have these digits by chance.
    const text = lines.text.replaceAll(/"(?:errorId|time)":"[^"]*"|127\.0\.0\.1:\d+/g, '');
    expect(text).not.toMatch(/4711|mara/);
    expect((await served.call('save', { to: 'nobody' })).got).toEqual({ to: 'nobody' });
    await using redacting = await serve(way, { ...options, whenNoToken: 'redact' }, { tools });
    expect((await redacting.call('save', { to: EMAIL, pin: '4711' })).got).toEqual({
      to: '[redacted]',
      pin: '[redacted]',
    });
    // A number that is too short for a token in its own shape.
    expect((await redacting.call('save', { to: 'nobody', pin: 4711 })).got).toEqual({ to: 'nobody', pin: null });
    await using outward = await serve(
      way,
      { tenant: TENANT, hideFrom: 'client', fields: [{ tool: '*', path: 'pin', type: 'pin' }], whenNoToken: 'redact' },
      { result: () => ({ content: [], structuredContent: { pin: 4711, other: 4711 } }) },
    );
    expect(responseOf((await outward.call('read', {})).reply).result).toHaveProperty('structuredContent', {
      pin: null,
      other: 4711,
    });
  });

  test('restores tokens for an upstream only at the fields in restore', async () => {
    await using served = await serve(way, {
      tenant: TENANT,
      detectors: [emails],
      restore: [{ tool: 'send_invoice', path: 'customer.email' }],
    });
    const args = { customer: { email: TOKEN, other: TOKEN }, body: `Dear ${TOKEN}` };
    expect((await served.call('send_invoice', args)).got).toEqual({
      ...args,
      customer: { email: EMAIL, other: TOKEN },
    });
    expect((await served.call('send_email', args)).got).toEqual(args);
    // At such a field the upstream should get the data.
    expect((await served.call('send_invoice', { customer: { email: EMAIL } })).got).toEqual({
      customer: { email: EMAIL },
    });
  });

  test('gives the client the same tokens in text and structured content, and restores them only at the fields in restore', async () => {
    const customer = { id: 'C-1', name: NAME, email: EMAIL, ssn: '078-05-1120' };
    const options: TokenizationOptions = {
      tenant: TENANT,
      hideFrom: 'client',
      detectors: [emails],
      fields: [
        { tool: 'lookup', path: 'name', type: 'name' },
        { tool: 'lookup', path: 'ssn', type: 'us-ssn' },
      ],
      restore: [{ tool: 'send_invoice', path: 'to' }],
    };
    const text = `${NAME} (078-05-1120) is at ${EMAIL}`;
    await using served = await serve(way, options, {
      result: (args) =>
        args['id'] === undefined
          ? echo({ done: true })
          : {
              content: [
                { type: 'text', text },
                { type: 'text', text: JSON.stringify(customer) },
              ],
              structuredContent: customer,
            },
    });
    const { reply } = await served.call('lookup', { id: 'C-1' });
    const result = responseOf(reply).result as {
      readonly content: readonly { readonly text: string }[];
      readonly structuredContent: Readonly<Record<string, string>>;
    };
    for (const value of [NAME, 'Mia', EMAIL, '078-05-1120']) expect(reply.text).not.toContain(value);
    const { name = '', email = '', ssn = '' } = result.structuredContent;
    expect(result.structuredContent).toEqual({ id: 'C-1', name, email: TOKEN, ssn });
    expect(result.content.map((block) => block.text)).toEqual([
      `${name} (${ssn}) is at ${email}`,
      JSON.stringify(result.structuredContent),
    ]);
    expect((await served.call('send_invoice', { to: email, body: `Dear ${name}` })).got).toEqual({
      to: EMAIL,
      body: `Dear ${name}`,
    });
    expect((await served.call('send_email', { to: email })).got).toEqual({ to: email });
  });

  test("gives the client tokens that satisfy the tool's outputSchema", async () => {
    const outputSchema = {
      type: 'object',
      properties: {
        ssn: { type: 'string', pattern: '^\\d{3}-\\d{2}-\\d{4}$' },
        born: { type: 'string', format: 'date' },
        account: { type: 'integer' },
      },
    };
    const record = { ssn: '078-05-1120', born: '1984-07-15', account: 1234567890 };
    const hidden = [
      { path: 'ssn', type: 'us-ssn' },
      { path: 'born', type: 'date-of-birth' },
      { path: 'account', type: 'account' },
    ].map((field) => ({ tool: 'lookup', ...field }));
    const restore = hidden.map(({ path, type }) => ({ tool: 'update', path, type }));
    await using served = await serve(
      way,
      { tenant: TENANT, hideFrom: 'client', fields: hidden, restore },
      {
        tools: [{ name: 'lookup', inputSchema: { type: 'object' }, outputSchema }],
        result: () => ({
          content: [{ type: 'text', text: 'born 1984-07-15, account 1234567890' }],
          structuredContent: record,
        }),
      },
    );
    const { reply } = await served.call('lookup', {});
    const { structuredContent } = responseOf(reply).result as { readonly structuredContent: Json };
    expect(ajv.validate(outputSchema, structuredContent)).toBe(true);
    for (const value of ['078-05-1120', '1984-07-15', '1234567890']) expect(reply.text).not.toContain(value);
    expect((await served.call('update', structuredContent)).got).toEqual(record);
    expect((await served.call('other', structuredContent)).got).toEqual(structuredContent);
  });

  test('restores a token without a marker in a later reply only at fields with reverses: true', async () => {
    const tools = [{ name: 'save', inputSchema: SCHEMA }];
    const field = { tool: '*', path: 'ssn', type: 'us-ssn' } as const;
    const later = (options: TokenizationOptions): Promise<Served> =>
      serve(way, options, { tools, result: () => echo({ ssn: '111-22-3333', other: '111-22-3333' }) });
    await using plain = await later({ tenant: TENANT, fields: [field] });
    expect(responseOf((await plain.call('get', {})).reply).result).toHaveProperty('structuredContent', {
      ssn: '111-22-3333',
      other: '111-22-3333',
    });
    await using reversing = await later({ tenant: TENANT, fields: [{ ...field, reverses: true }] });
    const shown = tokensWith().openShaped(TENANT, 'us-ssn', '111-22-3333');
    expect(responseOf((await reversing.call('get', {})).reply).result).toHaveProperty('structuredContent', {
      ssn: shown,
      other: '111-22-3333',
    });
  });

  test('restores the token of a field with reverses: true in the text beside it, too', async () => {
    await using served = await serve(
      way,
      {
        tenant: TENANT,
        fields: [
          { tool: '*', path: 'ssn', type: 'us-ssn', reverses: true },
          { tool: '*', path: 'account', type: 'account', reverses: true },
        ],
      },
      {
        result: () => ({
          content: [{ type: 'text', text: 'SSN 111-22-3333, account 1234567890, order 111-22-33334.' }],
          structuredContent: { other: '111-22-3333', ssn: '111-22-3333', account: 1234567890 },
        }),
      },
    );
    const ssn = tokensWith().openShaped(TENANT, 'us-ssn', '111-22-3333') ?? '';
    const account = tokensWith().number(TENANT, 'account', 1234567890, 'show') ?? 0;
    expect(responseOf((await served.call('get', {})).reply).result).toMatchObject({
      content: [{ text: `SSN ${ssn}, account ${account}, order 111-22-33334.` }],
      structuredContent: { other: '111-22-3333', ssn, account },
    });
  });

  test('asks before restoring, by caller, tool and field; a token that is denied at one place stays everywhere in the message', async () => {
    const asked: unknown[] = [];
    const decide: Decide = ({ caller }, action, resource, context) => {
      asked.push([caller.subject, action, resource, context]);
      return {
        verdict: context?.field === 'secret' ? 'deny' : context?.field === 'unclear' ? 'undecidable' : 'allow',
        policies: [],
      };
    };
    const other = tokenOf('ann@example.com');
    await using served = await serve(
      way,
      {
        tenant: TENANT,
        detectors: [emails],
        decide,
        restore: [
          { tool: 'send', path: 'secret' },
          { tool: 'send', path: 'open' },
        ],
      },
      {
        caller: fixed({ sub: 'bob' }),
        result: (args) => ({ content: [{ type: 'text', text: `${TOKEN} ${other}` }], structuredContent: args }),
      },
    );
    const { reply } = await served.call('read', { to: 'x', secret: TOKEN, open: other });
    expect(responseOf(reply).result).toEqual({
      content: [{ type: 'text', text: `${TOKEN} ann@example.com` }],
      structuredContent: { to: 'x', secret: TOKEN, open: 'ann@example.com' },
    });
    expect(asked).toContainEqual([
      'bob',
      'detokenize',
      { type: 'Tool', name: 'read' },
      { field: 'secret', to: 'client', kind: 'email' },
    ]);
    const refused = await served.call('send', { secret: TOKEN });
    expect([refused.got, responseOf(refused.reply).error?.code]).toEqual([undefined, -31403]);
    expect((await served.call('send', { open: TOKEN })).got).toEqual({ open: EMAIL });
    const unclear = await served.call('read', { unclear: TOKEN });
    expect(responseOf(unclear.reply).result).toHaveProperty('structuredContent.unclear', TOKEN);
  });

  test("does not open another tenant's tokens", async () => {
    await using served = await serve(
      way,
      { tenant: { claim: 'org' }, detectors: [emails] },
      { caller: header('x-caller') },
    );
    const as = (claims: Json): readonly string[] => [`x-caller: ${JSON.stringify(claims)}`];
    const { got } = await served.call('a', { to: EMAIL }, as({ sub: 'ann', org: 'acme' }));
    expect(got).toEqual({ to: TOKEN });
    const other = await served.call('a', { to: EMAIL, from: TOKEN }, as({ sub: 'eve', org: 'evil' }));
    expect(other.got?.['to']).not.toBe(TOKEN);
    expect(responseOf(other.reply).result).toHaveProperty('structuredContent.to', EMAIL);
    expect(other.reply.text).toContain(TOKEN.slice(0, 60));
    const none = await served.call('a', { to: EMAIL }, as({ sub: 'nil' }));
    expect([none.got, responseOf(none.reply).error?.message]).toEqual([
      undefined,
      'not permitted: expected a claim that names the tenant, got none',
    ]);
    expect((await served.call('a', { to: 'x' }, as({ sub: 'nil' }))).got).toEqual({ to: 'x' });
  });

  test('percent-encodes a restored value in a URL, and escapes its quotes in JSON in a text', async () => {
    await using served = await serve(
      way,
      { tenant: TENANT, detectors: [emails, names(NAME)], restoreInUrls: true },
      {
        result: (args) => ({
          content: [
            {
              type: 'text',
              text: `see https://x.example/?n=${String(args['name'])}&m=${String(args['mail'])} and ${JSON.stringify(args)}`,
            },
            { type: 'text', text: JSON.stringify(args) },
          ],
        }),
      },
    );
    const { reply, got } = await served.call('a', { name: NAME, mail: EMAIL });
    expect(got?.['name']).toMatch(/^Qtk_[\w-]+$/);
    const [first, second] = (
      responseOf(reply).result as { readonly content: readonly { readonly text: string }[] }
    ).content.map(({ text }) => text);
    expect(first).toContain(`see https://x.example/?n=Mara%20%22Mia%22%20Inventado&m=${EMAIL} and `);
    expect(JSON.parse(second ?? '')).toEqual({ name: NAME, mail: EMAIL });
  });

  test('restores a token at whatever byte the reply was split', async () => {
    await using served = await serve(way, { tenant: TENANT, detectors: [emails] });
    const body = (id: string): string => {
      const message = `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${TOKEN} ${TOKEN}"}],"structuredContent":{"${TOKEN}":["${TOKEN}"]}}}`;
      return way.form === 'json' ? message : event(message);
    };
    const { length } = body('1');
    const { answer } = served.upstream;
    for (let cut = 1; cut < length; cut += 7) {
      served.upstream.answer = withSessions(async (received, response) => {
        const text = body(idOf(received) ?? '1');
        response.writeHead(200, { 'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream' });
        response.write(text.slice(0, cut));
        await new Promise((resolve) => setImmediate(resolve));
        response.end(text.slice(cut));
      });
      const { reply } = await served.call('a', {});
      expect(responseOf(reply).result).toEqual({
        content: [{ type: 'text', text: `${EMAIL} ${EMAIL}` }],
        structuredContent: { [EMAIL]: [EMAIL] },
      });
    }
    served.upstream.answer = answer;
  });

  test.each([
    ['changed in its text', {}],
    ['decided by field', { decide: () => ({ verdict: 'allow', policies: [] }) as const }],
  ])('does not parse a reply without a token, of any size, and parses one with a token: %s', async (_what, more) => {
    await using served = await serve(way, { tenant: TENANT, detectors: [emails], ...more });
    const bodyWith = (text: string): Answer =>
      withSessions((received, response) => {
        // Invalid JSON: a parser would refuse it.
        const message = `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"a":1,"a":2,"text":"${text}${'x'.repeat(100_000)}"}}`;
        if (way.form === 'json') return respondJson(response, message);
        openEvents(response);
        response.end(event(message));
      });
    served.upstream.answer = bodyWith('');
    const { reply } = await served.call('a', { to: EMAIL });
    expect(textsOf(reply)[0]).toMatch(/^\{"jsonrpc":"2.0","id":1,"result":\{"a":1,"a":2,"text":"x{100000}"\}\}$/);
    served.upstream.answer = bodyWith(MARKERS[0] ?? '');
    expect(responseOf((await served.call('a', { to: EMAIL })).reply)).toMatchObject({
      error: { data: { reason: 'inspection-failed' } },
    });
  });
});

const [, modernEvents] = ways[1] ?? ways[0] ?? [];
const [, modernJson] = ways[0] ?? [];

describe('a stream', () => {
  test('treats each message alone, so a token split between two messages is not found', async () => {
    if (modernEvents === undefined) throw new Error('no way');
    await using served = await serve(modernEvents, { tenant: TENANT, detectors: [emails] });
    const half = Math.floor(TOKEN.length / 2);
    const log = (data: string): string =>
      event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } });
    served.upstream.answer = (received, response) => {
      openEvents(response);
      response.end(
        `${log(TOKEN.slice(0, half))}${log(TOKEN.slice(half))}${log(TOKEN)}${event(`{"jsonrpc":"2.0","id":${idOf(received)},"result":{}}`)}`,
      );
    };
    const { reply } = await served.call('a', {});
    expect(
      textsOf(reply)
        .slice(0, 3)
        .map((text) => (JSON.parse(text) as { readonly params: { readonly data: string } }).params.data),
    ).toEqual([TOKEN.slice(0, half), TOKEN.slice(half), EMAIL]);
  });
});

describe('headers that mirror arguments', () => {
  const tools = [
    { name: 'save', inputSchema: { type: 'object', properties: { to: { type: 'string', 'x-mcp-header': 'To' } } } },
  ];

  test('are written again with the token; a header that no schema declares is refused if it contains something to hide', async () => {
    if (modernJson === undefined) throw new Error('no way');
    await using served = await serve(modernJson, { tenant: TENANT, detectors: [emails] }, { tools });
    await served.call('save', { to: EMAIL }, [`Mcp-Param-To: ${EMAIL}`]);
    const arrived = served.upstream.received.find(({ text }) => text.includes('tools/call'));
    expect(arrived?.header('mcp-param-to')).toBe(TOKEN);
    expect(arrived?.rawHeaders.join()).not.toContain(EMAIL);
    const before = served.upstream.received.length;
    const { reply } = await served.call('save', { to: 'x' }, ['Mcp-Param-To: x', `Mcp-Param-Other: ${EMAIL}`]);
    expect(responseOf(reply).error?.code).toBe(-31403);
    expect(served.upstream.received.slice(before).filter(({ text }) => text.includes('tools/call'))).toEqual([]);
    expect((await served.call('save', { to: 'x' }, ['Mcp-Param-To: x', 'Mcp-Param-Other: y'])).got).toEqual({
      to: 'x',
    });
  });
});

describe('the keyring', () => {
  test('is read with the first value; if that fails, only such calls are denied, and the next one tries again', async () => {
    if (modernJson === undefined) throw new Error('no way');
    await using served = await serve(modernJson, { tenant: TENANT, detectors: [emails] });
    process.env['TEST_KEYRING'] = `{"current":"k1","keys":{"k1":"${KEY.slice(0, 20)}"}}`;
    expect((await served.call('a', { to: 'x' })).got).toEqual({ to: 'x' });
    const { reply, got } = await served.call('a', { to: EMAIL });
    expect([got, responseOf(reply).error?.code]).toEqual([undefined, -32603]);
    const line = await lines.find(({ event: what }) => what === 'keyring');
    expect(line).toMatchObject({
      level: 'error',
      message: 'the keyring could not be read',
      reason: expect.stringContaining('got another value under the id k1'),
    });
    expect(lines.text).not.toContain(KEY.slice(0, 20));
    bindRing();
    expect((await served.call('a', { to: EMAIL })).got).toEqual({ to: TOKEN });
  });

  test('is read again if a token has an unknown key', async () => {
    if (modernJson === undefined) throw new Error('no way');
    await using served = await serve(modernJson, { tenant: TENANT, detectors: [emails] });
    expect((await served.call('a', { to: EMAIL })).got).toEqual({ to: TOKEN });
    const ring = JSON.stringify({ current: 'k2', keys: { k1: KEY, k2: OTHER_KEY } });
    const made = tokensWith(ring).token(TENANT, { type: 'email', value: EMAIL, percent: false }, 'email') ?? '';
    bindRing(ring);
    try {
      const answer = served.upstream.answer;
      served.upstream.answer = (received, response) =>
        respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"a":"${made}","b":"${TOKEN}"}}`);
      // Not for every text that looks like a token, because anybody may send many.
      expect(responseOf((await served.call('a', {})).reply).result).toEqual({ a: made, b: EMAIL });
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
      expect(responseOf((await served.call('a', {})).reply).result).toEqual({ a: EMAIL, b: EMAIL });
      served.upstream.answer = answer;
      expect((await served.call('a', { to: EMAIL })).got).toEqual({ to: made });
    } finally {
      vi.useRealTimers();
      bindRing();
    }
  });

  test('stays in use if a newer one has another key for tokens without a mark', async () => {
    if (modernJson === undefined) throw new Error('no way');
    await using served = await serve(modernJson, { tenant: TENANT, detectors: [emails] });
    expect((await served.call('a', { to: EMAIL })).got).toEqual({ to: TOKEN });
    // The id "2" comes first, though it was added last.
    const ring = JSON.stringify({ current: '2', keys: { k1: KEY, 2: OTHER_KEY } });
    const made = tokensWith(ring).token(TENANT, { type: 'email', value: EMAIL, percent: false }, 'email') ?? '';
    bindRing(ring);
    try {
      served.upstream.answer = (received, response) =>
        respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"a":"${made}","b":"${TOKEN}"}}`);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
      expect(responseOf((await served.call('a', {})).reply).result).toEqual({ a: made, b: EMAIL });
      expect(
        await lines.find(({ event: what, reason }) => what === 'keyring' && JSON.stringify(reason).includes('shaped')),
      ).toBeTruthy();
    } finally {
      vi.useRealTimers();
      bindRing();
    }
  });

  test('is read at most once a minute for tokens of unknown keys, and tokens of known keys are still opened', async () => {
    if (modernJson === undefined) throw new Error('no way');
    await using served = await serve(modernJson, { tenant: TENANT, detectors: [emails] });
    expect((await served.call('a', { to: EMAIL })).got).toEqual({ to: TOKEN });
    process.env['TEST_KEYRING'] = 'gone';
    const unread = (): number => lines.all.filter(({ event: what }) => what === 'keyring').length;
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
      const before = unread();
      for (const key of ['k2', 'k3', 'k4']) {
        const other = TOKEN.replace('qtk_k1', `qtk_${key}`);
        served.upstream.answer = (received, response) =>
          respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":{"a":"${other}","b":"${TOKEN}"}}`);
        expect(responseOf((await served.call('a', {})).reply).result).toEqual({ a: other, b: EMAIL });
      }
      expect(unread() - before).toBe(1);
    } finally {
      vi.useRealTimers();
      bindRing();
    }
  });

  test.each([
    ['nothing', {}, 'TOKENIZATION_KEYRING: expected a value'],
    [
      'the keys themselves',
      { TOKENIZATION_KEYRING: `{"current":"k1","keys":"${KEY}"}` },
      'TOKENIZATION_KEYRING: expected where the keyring is',
    ],
    [
      'one member of a secret',
      { TOKENIZATION_KEYRING: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ring#k1' },
      'TOKENIZATION_KEYRING: expected where the keyring is',
    ],
    [
      'a user pool',
      { TOKENIZATION_KEYRING: 'cognito:eu-west-1_abc/def' },
      'TOKENIZATION_KEYRING: expected where the keyring is',
    ],
    [
      'a file that does not exist',
      { TOKENIZATION_KEYRING: 'file:/no/such/ring.json' },
      'TOKENIZATION_KEYRING: expected a keyring in the file "/no/such/ring.json", got no file: make one with npm run keys -- new',
    ],
  ])('bound to %s does not start', async (_what, environment, message) => {
    await using upstream = await startUpstream();
    const starting = startFront(upstream, {
      controls: [tokenization({ tenant: TENANT, detectors: [emails] })],
      environment,
    });
    await expect(starting).rejects.toThrow(message);
    await expect(starting).rejects.not.toThrow(KEY);
  });
});

describe('options', () => {
  test.each([
    [{ tenant: TENANT }, 'expected fields or detectors'],
    [
      { tenant: TENANT, hideFrom: 'client', fields: [{ path: 'a', type: 'x', reverses: true }] },
      "fields[0].reverses: expected it with hideFrom: 'upstream' only",
    ],
    [
      { tenant: TENANT, hideFrom: 'client', detectors: [emails], restoreInUrls: true },
      "restoreInUrls: expected it with hideFrom: 'upstream' only",
    ],
    [{ tenant: '', fields: [] }, 'tenant: expected a name'],
    [{ tenant: TENANT, detectors: [{}] }, 'detectors[0]: expected a detector, such as email(), got an object'],
    [{ tenant: TENANT, fields: [{ path: 'a..b', type: 'x' }] }, 'fields[0]: expected a path such as'],
    [{ tenant: TENANT, fields: [{ path: 'a' }] }, 'fields[0]: expected a type'],
    [
      { tenant: TENANT, fields: [{ path: 'a', type: 'x' }], hideFrom: 'everybody' },
      'hideFrom: expected upstream or client, got "everybody"',
    ],
    [{ tenant: TENANT, fields: [{ path: 'a', type: 'x' }], more: 1 }, 'got "more"'],
    [
      { tenant: TENANT, fields: [{ path: 'a', type: 'x' }], restoreInUrls: 'yes' },
      'restoreInUrls: expected true or false, got "yes"',
    ],
    [
      { tenant: TENANT, fields: [{ path: 'a', type: 'x' }], restore: [{ path: 'a', within: 1 }] },
      'restore[0].within: expected true or false, got 1',
    ],
    [{ tenant: TENANT, fields: [{ path: 'a', type: 'x', within: true }] }, 'within'],
  ])('refuse %j: %s', (options, message) => {
    expect(() => tokenization(options as never)).toThrow(message);
  });

  test('declare what is needed: a keyring, and separate callers if a claim names the tenant', () => {
    const named = tokenization({ tenant: TENANT, detectors: [emails] });
    expect([named.bindings, named.perCaller]).toEqual([
      { TOKENIZATION_KEYRING: expect.objectContaining({ kind: 'keyring' }) },
      false,
    ]);
    expect(tokenization({ tenant: { claim: 'org' }, detectors: [emails], keyring: 'RING' })).toMatchObject({
      perCaller: true,
      bindings: { RING: { kind: 'keyring' } },
    });
  });
});
