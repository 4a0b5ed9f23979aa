import { expect, it } from 'vitest';
import type { JsonObject } from '../../proxy/json/value.ts';
import { Ranker } from '../../proxy/tool-search/ranker.ts';
import { rankedAsInTheBook } from './bm25f.ts';
import { catalogue, questions } from './catalogue.ts';

async function best(tools: readonly object[], question: string, limit = 10): Promise<string[]> {
  const listed = tools.map((tool) => ({ ...tool }) as { readonly name: string });
  const ranker = await Ranker.of(listed);
  return (await ranker.search(question, limit)).map((at) => listed[at]?.name ?? '');
}

it('weighs a name above a description, and a description above an argument', async () => {
  const tools = [
    { name: 'a', inputSchema: { type: 'object', properties: { invoice: { type: 'string' } } } },
    { name: 'b', description: 'Sends an invoice' },
    { name: 'invoice', description: 'c' },
  ];
  expect(await best(tools, 'invoices')).toEqual(['invoice', 'b', 'a']);
});

it('finds words in descriptions of arguments at any level, and in their values', async () => {
  const inner = { type: 'object', properties: { x: { type: 'string', description: 'Warehouse of the zebra' } } };
  const tools = [
    { name: 'a', inputSchema: { type: 'object', properties: { list: { type: 'array', items: inner } } } },
    { name: 'b', inputSchema: { type: 'object', properties: { kind: { enum: ['okapi', 'giraffe'] } } } },
  ];
  expect(await best(tools, 'zebra')).toEqual(['a']);
  expect(await best(tools, 'giraffes')).toEqual(['b']);
});

it('finds a word by its beginning, and ranks the whole word first', async () => {
  expect(await best([{ name: 'list_repository' }, { name: 'list_repo' }, { name: 'x' }], 'repo')).toEqual([
    'list_repo',
    'list_repository',
  ]);
});

it('takes a word of three letters for the beginning of others, and no shorter one', async () => {
  expect(await best([{ name: 'zebras' }, { name: 'x' }], 'zeb')).toEqual(['zebras']);
  expect(await best([{ name: 'zebras' }, { name: 'x' }], 'ze')).toEqual([]);
  expect(await best([{ name: 'azeb' }, { name: 'yze' }, { name: 'zeaa' }, { name: 'zfb' }], 'zeb')).toEqual([]);
});

it('looks up 32 words that begin with a word', async () => {
  const names = 'bcdfghjk'.split('').flatMap((one) => 'bcdfh'.split('').map((two) => `zeb${one}${two}`));
  expect(
    await best(
      names.toReversed().map((name) => ({ name })),
      'zeb',
      40,
    ),
  ).toEqual(names.slice(0, 32).toReversed());
});

it('finds a word that is related, and ranks the word itself first', async () => {
  expect(await best([{ name: 'remove_user' }, { name: 'delete_user' }, { name: 'x' }], 'delete')).toEqual([
    'delete_user',
    'remove_user',
  ]);
});

it('puts a tool that is named in full first', async () => {
  const tools = [{ name: 'get_user_get_user', description: 'get user' }, { name: 'get_user_by' }, { name: 'get_user' }];
  expect((await best(tools, 'get_user'))[0]).toBe('get_user');
  expect((await best(tools, ' get_user\n'))[0]).toBe('get_user');
});

it('finds nothing for words that no tool has, and nothing among no tools', async () => {
  expect(await best([{ name: 'a' }], 'zebra')).toEqual([]);
  expect(await best([], 'zebra')).toEqual([]);
});

it('lists tools that fit equally as the upstream does, up to the limit', async () => {
  const tools = ['zebra_b', 'zebra_c', 'zebra_d'].map((name) => ({ name }));
  expect(await best(tools, 'zebra')).toEqual(['zebra_b', 'zebra_c', 'zebra_d']);
  expect(await best(tools, 'zebra', 2)).toEqual(['zebra_b', 'zebra_c']);
});

it('reads 64 different words of a question', async () => {
  const words = Array.from({ length: 64 }, (_, i) => String(i));
  expect(await best([{ name: 'zebra' }], [...words, ...words, 'zebra'].join(' '))).toEqual([]);
  expect(await best([{ name: 'zebra' }], [...words.slice(1), ...words.slice(1), 'zebra'].join(' '))).toEqual(['zebra']);
});

it('reads 256 different words of a field', async () => {
  const words = Array.from({ length: 256 }, (_, i) => String(i));
  expect(await best([{ name: 'a', description: [...words, 'zebra'].join(' ') }], 'zebra')).toEqual([]);
  const shorter = [...words.slice(1), ...words.slice(1), 'zebra'].join(' ');
  expect(await best([{ name: 'a', description: shorter }], 'zebra')).toEqual(['a']);
});

const ZEBRA = { description: 'zebra' };

it.each([
  ['a title', { title: 'zebra' }],
  ['a title of its annotations', { annotations: { title: 'zebra' } }],
  ['the title of an argument', { inputSchema: { properties: { a: { title: 'zebra' } } } }],
  ['an argument of an argument', { inputSchema: { properties: { a: { properties: { zebra: {} } } } } }],
  ['what an argument refers to', { inputSchema: { $defs: { a: ZEBRA } } }],
  ['what an argument of an older schema refers to', { inputSchema: { definitions: { a: ZEBRA } } }],
  ['the items of a list', { inputSchema: { properties: { a: { items: ZEBRA } } } }],
  ['one of several schemas', { inputSchema: { anyOf: [{}, ZEBRA] } }],
  ['exactly one of several schemas', { inputSchema: { oneOf: [{}, ZEBRA] } }],
  ['each of several schemas', { inputSchema: { allOf: [{}, ZEBRA] } }],
  ['the 32nd value of an argument', { inputSchema: { enum: [...Array.from({ length: 31 }, String), 'zebra'] } }],
])('finds a word in %s', async (_, tool) => {
  expect(await best([{ name: 'a', ...tool }, { name: 'b' }], 'zebra')).toEqual(['a']);
});

it.each([
  ['a member that is unknown', { zebra: 'zebra', icons: [{ title: 'zebra' }], outputSchema: ZEBRA }],
  ['an unknown member of a schema', { inputSchema: { default: ZEBRA, not: ZEBRA, examples: ['zebra'], $id: 'zebra' } }],
  ['the names of what an argument refers to', { inputSchema: { $defs: { zebra: {} }, definitions: { zebra: {} } } }],
  ['values that are no list, and members that are no object', { inputSchema: { enum: 'zebra', properties: 'zebra' } }],
  ['arguments that are a list', { inputSchema: { properties: [ZEBRA], $defs: [ZEBRA], definitions: [ZEBRA] } }],
  ['the 33rd value of an argument', { inputSchema: { enum: [...Array.from({ length: 32 }, String), 'zebra'] } }],
  ['a schema that is none, and titles that are none', { inputSchema: 'zebra', title: ['zebra'], annotations: 'zebra' }],
])('finds no word in %s', async (_, tool) => {
  expect(await best([{ name: 'a', ...tool }, { name: 'b' }], 'zebra')).toEqual([]);
});

it.each([
  ['arguments of arguments', (schema: object) => ({ properties: { a: schema } })],
  ['items of lists', (schema: object) => ({ items: schema })],
])('reads six levels of %s', async (_, around) => {
  const nested = (levels: number): object => (levels === 0 ? ZEBRA : around(nested(levels - 1)));
  expect(await best([{ name: 'a', inputSchema: nested(5) }], 'zebra')).toEqual(['a']);
  expect(await best([{ name: 'a', inputSchema: nested(6) }], 'zebra')).toEqual([]);
});

it('reads two levels for each schema in a list of schemas', async () => {
  const nested = (levels: number): object => (levels === 0 ? ZEBRA : { anyOf: [nested(levels - 1)] });
  expect(await best([{ name: 'a', inputSchema: nested(2) }], 'zebra')).toEqual(['a']);
  expect(await best([{ name: 'a', inputSchema: nested(3) }], 'zebra')).toEqual([]);
});

it('reads 512 schemas of a tool, and no argument after them', async () => {
  const schemas = (count: number): object[] => Array.from({ length: count }, () => ({}));
  const tool = (count: number, last: object): object => ({
    name: 'a',
    inputSchema: { oneOf: schemas(count), anyOf: [last] },
  });
  // The root, and both lists.
  expect(await best([tool(508, ZEBRA)], 'zebra')).toEqual(['a']);
  expect(await best([tool(509, ZEBRA)], 'zebra')).toEqual([]);
  const last = (count: number): object => ({
    name: 'a',
    inputSchema: { oneOf: schemas(count), properties: { zebra: {} } },
  });
  expect(await best([last(509)], 'zebra')).toEqual(['a']);
  expect(await best([last(510)], 'zebra')).toEqual([]);
});

it('weighs what it keeps in memory by words, their letters and the tools that have them', async () => {
  expect((await Ranker.of([{ name: 'x' }])).bytes).toBe(150 + 2 + 40);
  expect((await Ranker.of([{ name: 'x' }, { name: 'x zz' }])).bytes).toBe(150 + 2 + 80 + 150 + 4 + 40);
});

it('ranks as BM25F does, with what begins with a word and what is related to it', async () => {
  const texts = catalogue()
    .filter((_, i) => i % 40 === 0)
    .map(({ name, description, inputSchema: { properties } }, i) => ({
      name,
      title: i % 3 === 0 ? description.slice(0, 12) : '',
      description,
      arguments: Object.keys(properties).join(' '),
      descriptions: i % 4 === 0 ? `The ${name} to ${description}` : '',
    }));
  const tools = texts.map(({ name, title, description, arguments: args, descriptions }) => {
    const [first = '', ...others] = args.split(' ');
    const rest = others.map((each): [string, JsonObject] => [each, {}]);
    const properties = { [first]: { description: descriptions }, ...Object.fromEntries(rest) };
    return { name, title, description, inputSchema: { type: 'object', properties } };
  });
  const ranker = await Ranker.of(tools);
  for (const { text } of questions().filter((_, i) => i % 10 === 0))
    expect(await ranker.search(text, 100), text).toEqual(rankedAsInTheBook(texts, text));
});
