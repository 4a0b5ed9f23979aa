/**
 * Options that permit (`keep`, `restore`) apply exactly at the place that they name, and not where somebody else can
 * write data that looks like it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { secrets } from '../../../../proxy/controls/secrets/index.ts';
import { email } from '../../../../proxy/controls/shared/detectors/index.ts';
import type { Scope } from '../../../../proxy/controls/shared/surfaces/scope.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import type { Message } from '../../../../testing/index.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { TENANT, tokenOf } from '../../tokenization/keys.ts';
import { calling, got, sent } from './hiding.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const VALUE = 'mara@example.com';
const KEY = `ghp_${'x4Q9'.repeat(9)}`;
const TOKEN = tokenOf(VALUE);
const json = (value: unknown): string => JSON.stringify(value);

/** Each with a text, and what the other side gets if the option applies at its place. */
const PERMITTING = [
  {
    name: 'keep of tokenization',
    text: VALUE,
    shown: VALUE,
    control: (scope: Scope) => tokenization({ tenant: TENANT, detectors: [email()], keep: [scope] }),
  },
  {
    name: 'keep of redaction',
    text: VALUE,
    shown: VALUE,
    control: (scope: Scope) => redaction({ upstream: { detectors: [email()], keep: [scope] } }),
  },
  {
    name: 'keep of secrets',
    text: KEY,
    shown: KEY,
    control: (scope: Scope) => secrets({ onFound: 'redact', keep: [scope] }),
  },
  {
    name: 'restore of tokenization',
    text: TOKEN,
    shown: VALUE,
    control: (scope: Scope) =>
      tokenization({ tenant: TENANT, hideFrom: 'client', detectors: [email()], restore: [scope] }),
  },
];

describe.each(PERMITTING.map((permitting) => [permitting.name, permitting] as const))(
  '%s',
  (_name, { text, shown, control }) => {
    const scope = { tool: 'x', path: 'to' };
    const shows = async (message: Message, at: Scope = scope): Promise<boolean> =>
      (await sent(control(at), message)).includes(shown);

    test('applies at that argument of a tool or prompt, also in lists', async () => {
      expect(await shows(calling({ to: text }))).toBe(true);
      expect(await shows(calling({ to: [text] }))).toBe(true);
      expect(await shows({ method: 'prompts/get', params: { name: 'x', arguments: { to: text } } })).toBe(true);
      expect(await shows(calling({ to: text }), { path: '**.to' })).toBe(true);
      expect(await shows(calling({ a: { to: text } }), { tool: 'x', path: '**.to' })).toBe(true);
    });

    test.each([
      ['JSON in another argument', calling({ to: 'a', body: json({ to: text }) })],
      ['JSON of JSON in another argument', calling({ to: 'a', body: json(json({ to: [text] })) })],
      ['JSON with a duplicate key', calling({ body: `{"to":${json(text)},"a":1,"a":2}` })],
      ['_meta', { method: 'tools/call', params: { name: 'x', arguments: {}, _meta: { to: text } } }],
      ['another parameter', { method: 'tools/call', params: { name: 'x', arguments: {}, to: text } }],
      [
        'an answer in a retried request',
        {
          method: 'tools/call',
          params: { name: 'x', arguments: {}, inputResponses: { q: { action: 'accept', content: { to: text } } } },
        },
      ],
      ['an argument of another tool', calling({ to: text }, 'y')],
      ['an answer whose call is unknown', { id: 5, result: { action: 'accept', content: { to: text } } }],
      ['a method that MCP does not define', { method: 'acme/any', params: { to: text } }],
    ])('does not apply in %s', async (_where, message) => {
      for (const at of [scope, { tool: 'x', path: '**.to' }, { tool: 'x', path: '**' }]) {
        if (
          at.path === '**' &&
          'params' in message &&
          'arguments' in message.params &&
          json(message.params.arguments).includes('body')
        )
          continue;
        expect(await shows(message, at), at.path).toBe(false);
      }
    });

    test('applies to parameters of another method only if it names the method', async () => {
      const any = { method: 'acme/any', params: { to: text } };
      expect(await shows(any, { path: 'to' })).toBe(false);
      expect(await shows(any, { method: 'acme/any', path: 'to' })).toBe(true);
      expect(
        await shows({ method: 'acme/any', params: { _meta: { to: text } } }, { method: 'acme/any', path: 'to' }),
      ).toBe(false);
      expect(
        await shows({ method: 'acme/any', params: { body: json({ to: text }) } }, { method: 'acme/any', path: 'to' }),
      ).toBe(false);
    });
  },
);

describe.each([
  [
    'tokenization',
    (scope: Scope) => tokenization({ tenant: TENANT, hideFrom: 'client', detectors: [email()], keep: [scope] }),
  ],
  ['redaction', (scope: Scope) => redaction({ client: { detectors: [email()], keep: [scope] } })],
] as const)('keep of %s, towards the client', (_name, control) => {
  const scope = { tool: 'x', path: 'support.email' };
  const kept = async (result: object, at: Scope = scope, message: Message = calling({})): Promise<boolean> =>
    (await got(control(at), message, { result })).includes(VALUE);
  const data = { support: { email: VALUE } };
  const text = (value: string): object => ({ content: [{ type: 'text', text: value }] });

  test('applies in structured content, and in JSON that is a whole text block', async () => {
    expect(await kept({ content: [], structuredContent: data })).toBe(true);
    expect(await kept(text(json(data)))).toBe(true);
  });

  test.each<[string, object]>([
    ['JSON in that JSON', text(json({ a: json(data) }))],
    ['JSON in a string of the structured content', { content: [], structuredContent: { a: json(data) } }],
    ['_meta', { content: [], _meta: data }],
    ['a member that MCP does not define', { content: [], ...data }],
    ['an embedded resource', { content: [{ type: 'resource', resource: { uri: 'x://y', text: json(data) } }] }],
  ])('does not apply in %s', async (_where, result) => {
    expect(await kept(result)).toBe(false);
    expect(await kept(result, { tool: 'x', path: '**.email' })).toBe(false);
  });

  test('applies to the result of another method only if it names the method', async () => {
    const read = { method: 'resources/read', params: { uri: 'x://y' } };
    const result = { contents: [{ uri: 'x://y', text: json(data) }] };
    expect(await kept(result, { path: 'support.email' }, read)).toBe(false);
    expect(await kept(result, { method: 'resources/read', path: 'support.email' }, read)).toBe(true);
    expect(
      await kept(
        { contents: [{ uri: 'x://y', text: VALUE }] },
        { method: 'resources/read', path: 'contents[*].text' },
        read,
      ),
    ).toBe(true);
  });
});
