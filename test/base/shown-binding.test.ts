import { expect, test } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { shownBinding } from '../../proxy/base/shown-binding.ts';
import { readUpstream } from '../../proxy/config/bindings.ts';
import { WAYS } from '../../proxy/upstream/auth/ways.ts';

const SECRET = 'sk_live_51HqLyjWDarjtT1zdp7dc';

test.each([
  [undefined, 'nothing'],
  ['user_federation', '"user_federation"'],
  ['saml2', '"saml2"'],
  ['us-east1', '"us-east1"'],
  ['arn:aws:iam::111122223333:role/x', '"arn:aws:iam::111122223333:role/x"'],
  [SECRET, 'another text'],
  ['postgres://me:pass@db.example/x', '"postgres://db.example/…"'],
  ['correct horse battery 7 staple', 'another text'],
  ['Zm9vYmFyYmF6cXV4', 'another text'],
  [`https://me:${SECRET}@id.example/${SECRET}?k=${SECRET}#${SECRET}`, '"https://id.example/…"'],
  ['https://id.example', '"https://id.example"'],
])('%s is shown as %s', (text, shown) => {
  expect(shownBinding(text)).toBe(shown);
});

test.each(Object.keys(WAYS))('a secret in the wrong variable is repeated by no error of %s', (way) => {
  const { variables } = WAYS[way as keyof typeof WAYS];
  for (const variable of [...Object.keys(variables), 'AUTH', 'CLIENT_CERTIFICATE'])
    for (const value of [SECRET, `https://me:${SECRET}@id.example/${SECRET}?k=${SECRET}`]) {
      const faults = new Faults();
      readUpstream(
        { UPSTREAM_URL: 'https://a.example/mcp', UPSTREAM_AUTH: way, [`UPSTREAM_${variable}`]: value },
        'default',
        faults,
      );
      expect([...faults.errors, ...faults.warnings].join('\n')).not.toContain(SECRET);
    }
});
