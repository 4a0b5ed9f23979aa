/** The code in docs/control-validation.md and docs/control-enrichment.md compiles, and does what the pages say. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { usePages } from '../../docs/page.ts';
import { startListed } from './listing.ts';

const page = usePages(
  ['docs/control-validation.md', 'docs/control-enrichment.md'],
  ['validation.config.ts', 'enrichment.config.ts'],
);
const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

test.each(ways)('the config of validation does what the page says (%s)', async (_name, way) => {
  const { controls } = await page.load('validation.config.ts');
  const schema = { type: 'object', properties: { path: { type: 'string' }, count: { type: 'integer', maximum: 10 } } };
  await using world = await startListed(controls, [{ name: 'read_file', inputSchema: schema }]);
  for (const [args, words] of [
    [{ count: 11 }, 'count: expected at most 10, got a number'],
    [{ path: '../x' }, 'path: expected a relative path without .., got another path'],
    [{ path: 'a\u200b' }, 'path: expected no invisible characters, got some'],
  ] as const)
    expect(await world.call(way, 'read_file', args)).toMatchObject({
      result: { isError: true, content: [{ text: words }] },
    });
  world.answer = way.result({ content: [{ type: 'text', text: `a\u200b${'b'.repeat(300_000)}` }] });
  expect(await world.call(way, 'read_file', { path: 'a/b' })).toMatchObject({
    result: { content: [{ text: expect.stringMatching(/^ab+\n\[truncated: /) }] },
  });
});

test.each(ways)('the config of enrichment does what the page says (%s)', async (_name, way) => {
  const { controls } = await page.load('enrichment.config.ts');
  const tools = [
    {
      name: 'lookup_customer',
      description: 'Looks up.',
      inputSchema: { type: 'object', properties: { id: {}, tenant: {} } },
    },
    { name: 'add', inputSchema: { type: 'object' } },
    { name: 'confirm_reset', inputSchema: { type: 'object' } },
  ];
  await using world = await startListed(controls, tools, { caller: fixed({ sub: 'ann', org: 'acme' }) });
  const listed = (await world.ask(way.call('tools/list'))).json();
  expect(listed).toMatchObject({
    result: {
      tools: [
        {
          name: 'find_customer',
          description: expect.stringMatching(/^Looks up\. Ask the user/),
          inputSchema: { properties: { id: {} } },
          annotations: { readOnlyHint: true },
        },
        { name: 'math_add' },
      ],
    },
  });
  world.answer = way.result({ content: [{ type: 'text', text: 'found' }] });
  expect(await world.call(way, 'find_customer', { id: 'C-1' })).toMatchObject({
    result: { content: [{ text: expect.stringMatching(/^<<<DATA \w{32}>>>\nfound\n<<<END \w{32}>>>$/) }] },
  });
  expect(world.passed.at(-1)?.text).toContain('{"id":"C-1","tenant":"acme"}');
});
