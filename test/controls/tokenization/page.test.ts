/** The code in docs/control-tokenization.md compiles, and does what the page says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { responseOf, ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { usePages } from '../../docs/page.ts';
import { startRoute } from '../shared/surfaces/carry.ts';
import { INWARD, OUTWARD } from '../shared/surfaces/cells.ts';
import { bindRing, tokensWith } from './keys.ts';

const page = usePages(['docs/control-tokenization.md'], ['hide-from-upstream.config.ts', 'hide-from-client.config.ts']);
const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const cell = <C extends { readonly name: string }>(cells: readonly C[], name: string): C =>
  cells.find((item) => item.name === name) ?? raise(name);
function raise(name: string): never {
  throw new Error(`no cell ${name}`);
}

test.each(ways)('the config hides data from the upstream as the page says (%s)', async (_name, way) => {
  await using route = await startRoute({
    ...(await page.load('hide-from-upstream.config.ts')),
    environment: bindRing(),
  });
  const { arrived } = await route.out(cell(OUTWARD, 'tools/call: an argument'), way, 'mara@example.com');
  expect(arrived).toMatch(/"to":"qtk_k1-[a-z0-9]+@q\.invalid"/);
  const hidden = await route.out(
    {
      name: 'a field',
      kind: 'data',
      request: (text) => ['tools/call', { name: 'x', arguments: { person: { nationalId: text } } }],
    },
    way,
    'anything at all',
  );
  expect(hidden.arrived).toMatch(/"nationalId":"Qtk_k1_[\w-]+"/);
  const token = /qtk_[\w-]+@q\.invalid/.exec(arrived)?.[0] ?? '';
  expect((await route.in(cell(INWARD, 'tools/call: text'), way, token)).arrived).toContain('It is mara@example.com.');
});

test.each(ways)('the config hides data from the client as the page says (%s)', async (_name, way) => {
  await using route = await startRoute({
    ...(await page.load('hide-from-client.config.ts')),
    caller: fixed({ sub: 'ann', org: 'acme' }),
    environment: bindRing(),
  });
  const { reply } = await route.in(
    {
      name: 'a customer',
      kind: 'data',
      call: ['tools/call', { name: 'lookup_customer', arguments: {} }],
      result: (text) => ({
        content: [{ type: 'text', text: `Mara Inventado, ${text}` }],
        structuredContent: { name: 'Mara Inventado', email: text },
      }),
    },
    way,
    'mara@example.com',
  );
  const { name, email } = (responseOf(reply).result?.['structuredContent'] ?? {}) as Readonly<Record<string, string>>;
  expect(reply.text).not.toMatch(/Mara|mara@/);
  expect([name, email]).toEqual(
    ['plain', 'email'].map((form, i) =>
      tokensWith().token(
        'acme',
        { type: ['name', 'email'][i] ?? '', value: ['Mara Inventado', 'mara@example.com'][i] ?? '', percent: false },
        form as 'plain',
      ),
    ),
  );
  const to = (tool: string) =>
    route.out(
      { name: tool, kind: 'data', request: (text) => ['tools/call', { name: tool, arguments: { to: text } }] },
      way,
      email ?? '',
    );
  expect((await to('send_invoice')).arrived).toContain('"to":"mara@example.com"');
  expect((await to('send_email')).arrived).toContain(`"to":"${email}"`);
});
