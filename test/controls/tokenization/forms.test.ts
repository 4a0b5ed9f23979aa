/** Forms that a tool's schema asks for: the upstream gets a valid value, and the client its own again. */
import type { Tool } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import { callControl } from '../../../testing/index.ts';
import { bindRing, emails, TENANT, tokenOf } from './keys.ts';

const bindings = bindRing();

type Scalars = Readonly<Record<string, string | number>>;

function argumentsOf(forwarded: { readonly params?: unknown } | undefined): Scalars {
  const params = forwarded?.params as { readonly arguments: Scalars } | undefined;
  return params?.arguments ?? {};
}

test.each([
  ['a UUID', { type: 'string', format: 'uuid' }, '6f9619ff-8b86-4011-b42d-00c04fc964ff', /^[0-9a-f]{8}-[0-9a-f]{4}-4/],
  ['an IPv4 address', { type: 'string', format: 'ipv4' }, '203.0.113.7', /^\d+\.\d+\.\d+\.\d+$/],
  ['an IPv6 address', { type: 'string', format: 'ipv6' }, '2001:db8::7', /^[0-9a-f:]+$/],
  ['a date', { type: 'string', format: 'date' }, '1984-07-15', /^(?:19|20)\d\d-\d\d-\d\d$/],
  [
    'a date with a time',
    { type: 'string', format: 'date-time' },
    '1984-07-15T03:04:05+02:00',
    /^(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00$/,
  ],
  ['an amount', { type: 'number', multipleOf: 0.01, minimum: 10_000 }, 61_250.75, /^\d{5}\.\d\d$/],
  ['a negative number', { type: 'integer', maximum: -1_000_000 }, -61_250_750, /^-\d{8}$/],
  ['a short name', { type: 'string', pattern: '^[A-Za-z]+$', maxLength: 8 }, 'Bob', /^[a-z]{5}[A-Z]$/],
  ['a short name that is not ASCII', { type: 'string', maxLength: 20 }, 'Zoë', /^[a-z]{6}[A-Z]$/],
] as const)('%s', async (_what, schema, value, form) => {
  const control = tokenization({ tenant: TENANT, fields: [{ tool: 'save', path: 'it', type: 'it', reverses: true }] });
  const call = { method: 'tools/call', params: { name: 'save', arguments: { it: value } } };
  const tools = [{ name: 'save', inputSchema: { type: 'object' as const, properties: { it: schema } } }];
  const { forwarded } = await callControl(control, call, { bindings, tools });
  const { it = '' } = argumentsOf(forwarded);
  expect(String(it)).toMatch(form);
  expect(it).not.toBe(value);
  const { result } = await callControl(control, call, {
    bindings,
    tools,
    result: { content: [{ type: 'text', text: `saved ${String(it)}.` }], structuredContent: { it } },
  });
  expect(result).toMatchObject({ content: [{ text: `saved ${value}.` }], structuredContent: { it: value } });
});

test('a short word is opened at a field that holds nothing but tokens', async () => {
  const bob = async (text: string | number): Promise<Scalars> => {
    const { forwarded } = await callControl(
      tokenization({
        tenant: TENANT,
        fields: [{ tool: 'save', path: 'it', type: 'it', reverses: true }],
        restore: [{ tool: 'send', path: 'to', type: 'it' }],
      }),
      { method: 'tools/call', params: { name: text === 'Bob' ? 'save' : 'send', arguments: { it: text, to: text } } },
      {
        bindings,
        tools: [
          { name: 'save', inputSchema: { type: 'object', properties: { it: { type: 'string', maxLength: 8 } } } },
          { name: 'send', inputSchema: { type: 'object' } },
        ],
      },
    );
    return argumentsOf(forwarded);
  };
  const { it = '' } = await bob('Bob');
  expect(await bob(it)).toMatchObject({ to: 'Bob' });
});

test.each([
  ['closed', { additionalProperties: false, properties: { 'mara@example.com': { type: 'integer' }, b: {} } }],
  ['whose names are short', { propertyNames: { maxLength: 40 } }],
])('a key that a token would replace is refused in an object %s', async (_what, schema) => {
  const control = tokenization({ tenant: TENANT, detectors: [emails] });
  const sent = async (object: NonNullable<Tool['inputSchema']['properties']>[string]): Promise<unknown> => {
    const { forwarded, refused } = await callControl(
      control,
      { method: 'tools/call', params: { name: 'save', arguments: { list: [{ 'mara@example.com': 1, b: 2 }] } } },
      { bindings, tools: [{ name: 'save', inputSchema: { type: 'object', properties: { list: { items: object } } } }] },
    );
    return forwarded === undefined ? refused : Object.keys(argumentsOf(forwarded));
  };
  expect(await sent({ type: 'object', ...schema })).toBe('invalid-arguments');
  expect(await sent({ type: 'object' })).toEqual(['list']);
  // The call was not valid before either, so the upstream decides.
  expect(await sent({ type: 'object', ...schema, maxProperties: 1 })).toEqual(['list']);
});

test('what a field holds is hidden in the arguments beside it, before and after it, but not in a choice', async () => {
  const control = tokenization({ tenant: TENANT, fields: [{ tool: 'save', path: '**.lastName', type: 'name' }] });
  const args = {
    before: 'Ms Lindqvist wants a call',
    customer: { lastName: 'Lindqvist' },
    after: 'LINDQVIST',
    owner: { lastName: 'Small' },
    size: 'small',
    other: 'a smaller one',
  };
  const { forwarded } = await callControl(
    control,
    { method: 'tools/call', params: { name: 'save', arguments: args } },
    {
      bindings,
      tools: [{ name: 'save', inputSchema: { type: 'object', properties: { size: { enum: ['small', 'large'] } } } }],
    },
  );
  expect(JSON.stringify(forwarded?.params)).not.toMatch(/lindqvist/i);
  const token = tokenOf('Lindqvist', 'name');
  expect(argumentsOf(forwarded)).toEqual({
    before: `Ms ${token} wants a call`,
    customer: { lastName: token },
    after: token,
    owner: { lastName: tokenOf('Small', 'name') },
    size: 'small',
    other: 'a smaller one',
  });
});
