import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { TENANT, tokensWith } from './keys.ts';
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
  ]) {
    const token = tokensWith().token(TENANT, { type: 'email', value, percent: false }, 'email') ?? '';
    expect([value, token.length <= 64]).toEqual([value, true]);
  }
});
