/** Tokens that an upstream folds, cuts or changes, through the control. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenization, type TokenizationOptions } from '../../../proxy/controls/tokenization/index.ts';
import type { DefinedControl } from '../../../proxy/pipeline/control.ts';
import { callControl } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { bindRing, emails, TENANT, tokenOf } from './keys.ts';

const EMAIL = 'mara@example.com';
const TOKEN = tokenOf(EMAIL);
const NAME = tokenOf('Mara Inventado', 'name');
/** With another letter in its middle. */
const mistyped = (token: string): string => `${token.slice(0, 20)}${token[20] === 'a' ? 'b' : 'a'}${token.slice(21)}`;
const bindings = bindRing();

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const controlOf = (options: Partial<TokenizationOptions> = {}): DefinedControl =>
  tokenization({ tenant: TENANT, detectors: [emails], fields: [{ path: '**.name', type: 'name' }], ...options });

async function shown(structuredContent: Readonly<Record<string, string>>): ReturnType<typeof callControl> {
  return callControl(
    controlOf(),
    { method: 'tools/call', params: { name: 'find', arguments: {} } },
    { bindings, result: { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent } },
  );
}

describe('towards the client', () => {
  test.each([
    ['in lower case', (token: string) => token.toLowerCase()],
    ['in upper case', (token: string) => token.toUpperCase()],
    ['with a capital', (token: string) => `Q${token.slice(1)}`],
  ])('the token of an address comes back %s', async (_what, fold) => {
    const { result } = await shown({ to: fold(TOKEN), note: `write to ${fold(TOKEN)}.` });
    expect(result).toMatchObject({ structuredContent: { to: EMAIL, note: `write to ${EMAIL}.` } });
    expect(JSON.stringify(result)).not.toMatch(/qtk_/i);
  });

  test('a value in lines of quoted-printable text is written like them', async () => {
    const name = tokenOf('Zoë = Mara', 'name');
    const { result } = await shown({ mail: `Dear ${name.slice(0, 30)}=\r\n${name.slice(30)},` });
    expect(result).toMatchObject({ structuredContent: { mail: 'Dear Zo=C3=AB =3D Mara,' } });
  });

  test.each([
    ['cut', NAME.slice(0, -3)],
    ['in lower case', NAME.toLowerCase()],
    ['in upper case', NAME.toUpperCase()],
    ['of an address, cut', TOKEN.slice(0, 40)],
    ['of an address without its domain', TOKEN.replace(/@.*/, '')],
    ['with another letter', mistyped(NAME)],
    ['of an address, with another letter', mistyped(TOKEN)],
    ['with a capital in the id of its key', NAME.replace('_k1_', '_K1_')],
  ])('a token that returns %s stays, is noted, and is reported with the name of the tool', async (_what, name) => {
    lines.text = '';
    const { result, facts } = await shown({ name });
    expect(result).toMatchObject({ structuredContent: { name } });
    expect(facts).toContainEqual({ control: 'tokenization', broken: 2 });
    const warnings = lines.all.filter(({ event }) => event === 'tokenization');
    expect(warnings).toMatchObject([{ level: 'warn', broken: 2, tool: 'find' }]);
  });

  test('what only mentions the beginning of tokens is no broken token', async () => {
    const { facts } = await shown({ text: 'tokens begin with qtk_ or Qtk_' });
    expect(facts.filter((fact) => 'broken' in fact)).toEqual([]);
  });
});

describe('towards the upstream', () => {
  const send = (to: string, options: Partial<TokenizationOptions> = {}): ReturnType<typeof callControl> =>
    callControl(
      controlOf({ restore: [{ tool: 'send', path: 'to', within: true }], ...options }),
      { method: 'tools/call', params: { name: 'send', arguments: { to } } },
      { bindings },
    );

  test.each([
    mistyped(NAME),
    mistyped(TOKEN),
    NAME.slice(0, -3),
    NAME.toLowerCase(),
    TOKEN.slice(0, 40),
    `Dear ${TOKEN} and ${NAME.slice(0, 20)}`,
  ])('a broken token at a field in restore refuses the call: %s', async (to) => {
    expect(await send(to)).toMatchObject({ refused: 'invalid-arguments', forwarded: undefined });
  });

  test('a token of a key that the keyring lacks passes: it may be for another tokenization', async () => {
    const other = NAME.replace('_k1_', '_k9_');
    expect((await send(other)).forwarded).toMatchObject({ params: { arguments: { to: other } } });
  });

  test('a token in another case is restored there', async () => {
    expect((await send(TOKEN.toUpperCase())).forwarded).toMatchObject({ params: { arguments: { to: EMAIL } } });
  });
});

test('an address gets a token where the schema allows 64 characters, and is refused where it allows fewer than a token has', async () => {
  const call = (maxLength: number): ReturnType<typeof callControl> =>
    callControl(
      controlOf(),
      { method: 'tools/call', params: { name: 'save', arguments: { to: EMAIL } } },
      {
        bindings,
        tools: [{ name: 'save', inputSchema: { type: 'object', properties: { to: { type: 'string', maxLength } } } }],
      },
    );
  expect((await call(64)).forwarded).toMatchObject({ params: { arguments: { to: TOKEN } } });
  expect(await call(TOKEN.length - 10)).toMatchObject({ refused: 'invalid-arguments', forwarded: undefined });
});
