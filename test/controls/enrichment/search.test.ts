/**
 * The gateway's search shows the same tools as the lists, under the same names, whichever control hides or renames
 * them, and whatever name the search itself has.
 */
import { describe, expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { enrichment } from '../../../proxy/controls/enrichment/index.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { type DefinedControl, defineControl } from '../../../proxy/pipeline/control.ts';
import { responseOf, type Way, ways } from '../../dispatch/forms.ts';
import { startListed } from '../validation/listing.ts';

const SEARCH = 'x_amz_bedrock_agentcore_search';
const TOOLS = ['t___add', 't___secret', SEARCH].map((name) => ({
  name,
  description: `Is ${name}.`,
  inputSchema: { type: 'object', properties: { tenant: { type: 'string' } } },
}));
const FOUND = {
  content: [{ type: 'text', text: JSON.stringify({ tools: TOOLS }) }],
  structuredContent: { tools: TOOLS },
};

interface Shown {
  readonly listed: readonly object[];
  readonly found: readonly object[];
  readonly text: string;
}

async function shown(
  way: Way,
  controls: readonly DefinedControl[],
  search: string,
  result: object = FOUND,
): Promise<Shown> {
  await using world = await startListed(controls, TOOLS, { caller: fixed({ sub: 'ann' }) });
  const list = responseOf(await world.ask(way.call('tools/list'))).result as unknown as { tools: object[] };
  world.answer = way.result(result);
  const reply = await world.ask(way.call('tools/call', { name: search, arguments: { query: 'x' } }));
  const got = responseOf(reply).result as
    | {
        readonly content?: readonly { readonly text: string }[];
        readonly structuredContent?: { readonly tools: readonly object[] };
      }
    | undefined;
  const inText = got?.content?.[0] === undefined ? undefined : (JSON.parse(got.content[0].text) as object);
  if (got?.structuredContent !== undefined) expect(inText).toEqual(got.structuredContent);
  return { listed: list.tools, found: got?.structuredContent?.tools ?? [], text: reply.text };
}

/** A team's own control that gives the search another name. */
const OWN = defineControl({
  name: 'own',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': (call, next) =>
      next(call.params.name === 'search' ? call.with({ ...call.params, name: SEARCH }) : call),
  }),
});

describe.each(ways)('%s: a search', (_name, way) => {
  test.each([
    ['shows no hidden tool', [enrichment({ hide: ['t___secret'] })], SEARCH, ['t___add', SEARCH]],
    [
      'shows tools by their new names',
      [enrichment({ groups: { p_: ['t___*'] } })],
      SEARCH,
      ['p_t___add', 'p_t___secret', SEARCH],
    ],
    [
      'shows no tool that a policy denies by the name that the client sees',
      [
        accessPolicy({ policies: [allow({ tools: ['*'] }), deny({ tools: ['find_secret'] })] }),
        enrichment({ tools: { t___secret: { name: 'find_secret' } } }),
      ],
      SEARCH,
      ['t___add', SEARCH],
    ],
    [
      'is recognized by a policy under any name that the client uses for it',
      [
        accessPolicy({ policies: [allow({ tools: ['t___add', 'search'] })] }),
        enrichment({ tools: { [SEARCH]: { name: 'search' } } }),
      ],
      'search',
      ['t___add', 'search'],
    ],
    [
      'is recognized if all other results are put between marks',
      [
        accessPolicy({ policies: [allow({ tools: ['t___add', SEARCH] })] }),
        enrichment({ tools: { '*': { delimit: true } } }),
      ],
      SEARCH,
      ['t___add', SEARCH],
    ],
  ] satisfies [string, DefinedControl[], string, string[]][])('%s', async (_what, controls, search, names) => {
    const { listed, found } = await shown(way, controls, search);
    expect(listed.map((tool) => (tool as { name: string }).name)).toEqual(names);
    expect(found).toEqual(listed);
  });

  test('shows tools as the list does: with new descriptions, without the arguments that the proxy sets', async () => {
    const { listed, found, text } = await shown(
      way,
      [
        enrichment({
          tools: { t___secret: { name: 'find', description: 'Finds.', arguments: { tenant: { value: 'acme' } } } },
        }),
      ],
      SEARCH,
    );
    expect(found).toEqual(listed);
    expect(text).not.toContain('t___secret');
  });

  test("is recognized by a policy if a team's own control gives it another name", async () => {
    await using world = await startListed(
      [accessPolicy({ policies: [allow({ tools: ['t___add', 'search'] })] }), OWN],
      [...TOOLS, { name: 'search', inputSchema: { type: 'object' } }],
      { caller: fixed({ sub: 'ann' }) },
    );
    world.answer = way.result(FOUND);
    const { text } = await world.ask(way.call('tools/call', { name: 'search', arguments: { query: 'x' } }));
    expect(text).toContain('t___add');
    expect(text).not.toContain('t___secret');
  });

  test.each([
    [{ content: [{ type: 'text', text: 't___secret is a tool' }] }],
    [{ content: 't___secret' }],
    [{ content: { type: 'text', text: JSON.stringify({ tools: TOOLS }) } }],
    [{ content: [{ type: 'image', data: 't___secret' }] }],
    [{ content: [], structuredContent: { found: ['t___secret'] } }],
    [{ content: [], structuredContent: 't___secret' }],
    [{ content: [], structuredContent: { tools: { a: { name: 't___secret' } } } }],
    [{ content: [], structuredContent: { tools: ['t___secret'] } }],
  ])('is refused in a form in which nothing can be hidden: %j', async (result) => {
    for (const control of [
      enrichment({ hide: ['t___secret'] }),
      accessPolicy({ policies: [allow({ tools: ['t___add', SEARCH] })] }),
    ]) {
      await using world = await startListed([control], TOOLS, { caller: fixed({ sub: 'ann' }) });
      world.answer = way.result(result);
      const { text } = await world.ask(way.call('tools/call', { name: SEARCH, arguments: { query: 'x' } }));
      expect(text).not.toContain('t___secret');
      if (JSON.stringify(result) !== '{"content":[],"structuredContent":{"tools":["t___secret"]}}')
        expect(text).toContain('inspection-failed');
    }
  });

  test('that failed says so in words of the proxy, and lists no hidden tool', async () => {
    const controls = [
      accessPolicy({ policies: [allow({ tools: ['t___add', SEARCH] })] }),
      enrichment({ hide: ['t___secret'] }),
    ];
    expect((await shown(way, controls, SEARCH, { ...FOUND, isError: true })).text).not.toContain('t___secret');
    await using world = await startListed(controls, TOOLS, { caller: fixed({ sub: 'ann' }) });
    world.answer = way.result({ content: [{ type: 'text', text: 't___secret needs a query' }], isError: true });
    const { text } = await world.ask(way.call('tools/call', { name: SEARCH, arguments: {} }));
    expect(text).toContain('the search for tools failed');
    expect(text).not.toContain('t___secret');
  });

  test('is unchanged in audit-only mode', async () => {
    expect((await shown(way, [auditOnly(enrichment({ hide: ['t___secret'] }))], SEARCH)).found).toEqual(TOOLS);
  });
});
