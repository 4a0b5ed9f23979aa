import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import type { FoundToken } from '../../../proxy/controls/tokenization/found-token.ts';
import { findTokens } from '../../../proxy/controls/tokenization/token.ts';
import { TENANT, tokenOf, tokensWith } from './keys.ts';
import { withLengths } from './lengths.ts';

const PAGE = 'docs/control-tokenization.md';

test('docs/control-tokenization.md says how long a token is for how long a value', async () => {
  const page = await readFile(join(ROOT, PAGE), 'utf8');
  expect(page).toContain('| bytes of the value |');
  await expect(withLengths(page)).toMatchFileSnapshot(join(ROOT, PAGE));
});

test('the token of an address such as people have fits a field of 64 characters', () => {
  for (const value of [
    'mara@example.com',
    'mara.inventado@example.com',
    'maria.lindqvist@gmail.com',
    'john.smith1984@hotmail.com',
    't.mueller@muster.de',
    'info@example.co.uk',
    'John.Smith@example.com',
    'JOHN.SMITH@EXAMPLE.COM',
    'Anna.Schmidt@t-online.de',
    'anne-marie.dupont@orange.fr',
    'Zoe.Lindqvist@Gmail.com',
    "o'neil@gmail.com",
    "Mary.O'Neil@gmail.com",
    'LINDQVIST@example.org',
    'Johnsmith2@company.com',
  ]) {
    const token = tokensWith().token(TENANT, { type: 'email', value, percent: false }, 'email') ?? '';
    expect([value, token.length <= 64]).toEqual([value, true]);
    expect(tokensWith().open(TENANT, tokenIn(token))?.value).toBe(value);
  }
});

test('a token of an address that was packed in an earlier way can be opened', () => {
  for (const [value, token] of [
    ['mara@example.com', 'qtk_k1-31r4t8usbb46g2ml3qr95q4n0oa22xgvoyne8fo@q.invalid'],
    ['John.Smith@example.com', 'qtk_k1-nwcda7k3aniu3ff6cvsi0b25003zgxe5hha2rxaiz438rnli@q.invalid'],
  ] as const) {
    expect(tokensWith().open(TENANT, tokenIn(token))?.value).toBe(value);
    expect(tokenOf(value).length).toBeLessThan(token.length);
  }
});

test('any address comes back from its token, however it is packed', () => {
  const part = fc.constantFrom(
    'a',
    'john',
    'John',
    'SMITH',
    '.',
    '-',
    "'",
    '+',
    '^',
    '7',
    'é',
    '@',
    '@Gmail',
    '.com',
    '.COM',
    'x.y',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
      const value = parts.join('');
      const token = tokenOf(value);
      if (token !== '') expect(tokensWith().open(TENANT, tokenIn(token))?.value).toBe(value);
    }),
  );
});

function tokenIn(text: string): FoundToken {
  const [found] = findTokens(text);
  if (found === undefined) throw new Error(`no token in ${text}`);
  return found;
}
