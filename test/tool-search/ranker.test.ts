import { expect, it } from 'vitest';
import { Ranker } from '../../proxy/tool-search/ranker.ts';
import { relatedTo } from '../../proxy/tool-search/related-words.ts';
import { stemOf, wordsOf } from '../../proxy/tool-search/words.ts';
import { recallAt } from './recall.ts';

async function best(tools: readonly object[], question: string): Promise<string[]> {
  const listed = tools.map((tool) => ({ ...tool }) as { readonly name: string });
  const ranker = await Ranker.of(listed);
  return (await ranker.search(question, 10)).map((at) => listed[at]?.name ?? '');
}

it.each([
  ['getHTTPPage2', ['get', 'http', 'pag', '2']],
  ['crm___find_open-deals', ['crm', 'find', 'open', 'deal']],
  ['What is the weather?', ['weath']],
  ['to be', ['to', 'be']],
  ['Straße straße', ['straße', 'straße']],
  ['天気 予報', ['天気', '予報']],
])('splits %s into words', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it.each([
  ['approve', 'approves', 'approved', 'approving', 'approval', 'approvals'],
  ['query', 'queries'],
  ['translate', 'translation', 'translations', 'translator'],
  ['plan', 'plans', 'planning', 'planned'],
  ['notify', 'notifies', 'notified', 'notification', 'notifications'],
  ['multiply', 'multiplication'],
  ['box', 'boxes'],
  ['address', 'addresses'],
])('takes all forms of %s as one word', (...forms) => {
  expect(new Set(forms.map(stemOf)).size).toBe(1);
});

it.each([
  ['status', 'stat'],
  ['bus', 'bu'],
  ['analysis', 'analysi'],
])('leaves %s as it is', (word) => {
  expect(stemOf(word)).toBe(word);
});

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

it('finds a word that is related, and ranks the word itself first', async () => {
  expect(await best([{ name: 'remove_user' }, { name: 'delete_user' }, { name: 'x' }], 'delete')).toEqual([
    'delete_user',
    'remove_user',
  ]);
});

it('puts a tool that is named in full first', async () => {
  const tools = [{ name: 'get_user_get_user', description: 'get user' }, { name: 'get_user_by' }, { name: 'get_user' }];
  expect((await best(tools, 'get_user'))[0]).toBe('get_user');
});

it('finds nothing for words that no tool has, and nothing among no tools', async () => {
  expect(await best([{ name: 'a' }], 'zebra')).toEqual([]);
  expect(await best([], 'zebra')).toEqual([]);
});

it('relates words in both directions', () => {
  for (const word of ['delet', 'repositori', 'email'])
    for (const other of relatedTo(word)) expect(relatedTo(other)).toContain(word);
});

it('reads no more of a hostile schema than its bounds allow', async () => {
  let deep: object = { description: 'deepest' };
  for (let i = 0; i < 500; i++) deep = { type: 'array', items: deep };
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`p${i}`, { description: `w${i}` }]));
  const ranker = await Ranker.of([
    { name: 'a', inputSchema: { type: 'object', properties: { deep } } },
    { name: 'b', inputSchema: { type: 'object', properties: wide } },
  ] as never);
  expect(await ranker.search('deepest', 5)).toEqual([]);
  expect(await ranker.search('99999', 5)).toEqual([]);
  expect(ranker.bytes).toBeLessThan(1_000_000);
});

it('finds the right tool among 1,000 within five hits for nine of ten questions', async () => {
  const { share } = await recallAt(5);
  expect(share).toBeGreaterThanOrEqual(0.91);
});
