/** What of a list is searched, and what is kept of it. */
import { expect, it } from 'vitest';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Page } from '../../proxy/tool-search/listing.ts';
import { SearchedLists } from '../../proxy/tool-search/searched.ts';

const NAMES = { search: 'search_tools', call: 'call_tool' };

/** A page with these tools, as JSON text, which counts how often it is read. */
function pageOf(tools: string, digest = tools): Page & { reads: number } {
  const text = ` {"tools":[{"name":"z"}],"result":{"x":[1],"tools":${tools},"y":[{"name":"z"}]},"z":0}`;
  return {
    digest,
    reads: 0,
    read() {
      this.reads++;
      const { result } = JSON.parse(text) as { result: JsonObject };
      return Promise.resolve({ text, result });
    },
  };
}

async function textsOf(...tools: readonly string[]): Promise<readonly string[]> {
  return (await new SearchedLists(NAMES).of(tools.map((each) => pageOf(each)))).texts;
}

it('shows the members that a model needs, as they are written', async () => {
  expect(
    await textsOf(
      '[{ "name" : "a","title":"A","description":"d","icons":[],"inputSchema":{ "maximum":1.50 },"annotations":{},"_meta":{}}, {"name":"b"}]',
      '[{"name":"c","outputSchema":{}}]',
    ),
  ).toEqual([
    '{"name":"a","title":"A","description":"d","inputSchema":{ "maximum":1.50 },"annotations":{}}',
    '{"name":"b"}',
    '{"name":"c"}',
  ]);
});

it('leaves out what has no name, and what looks like its own tools', async () => {
  const left = '[1,null,"a",{},{"name":1},{"name":"call_tool"},{"name":"Search-Tools"},{"name":"b"}]';
  const { ranker, texts } = await new SearchedLists(NAMES).of([pageOf(left)]);
  expect(texts).toEqual(['{"name":"b"}']);
  expect(await ranker.search('b call tool', 5)).toEqual([0]);
});

it('reads a list once, for callers at the same time and afterwards', async () => {
  const lists = new SearchedLists(NAMES);
  const page = pageOf('[{"name":"a"}]');
  const [one, two] = await Promise.all([lists.of([page]), lists.of([page])]);
  expect(two).toBe(one);
  expect(lists.of([page])).toBe(one);
  expect(page.reads).toBe(1);
});

it('reads another list, and the same pages in another order', async () => {
  const lists = new SearchedLists(NAMES);
  const [a, b] = [pageOf('[{"name":"a"}]'), pageOf('[{"name":"b"}]')];
  expect((await lists.of([a])).texts).toEqual(['{"name":"a"}']);
  expect((await lists.of([a, b])).texts).toEqual(['{"name":"a"}', '{"name":"b"}']);
  expect((await lists.of([b, a])).texts).toEqual(['{"name":"b"}', '{"name":"a"}']);
});

it('reads a list again after it could not be read', async () => {
  const lists = new SearchedLists(NAMES);
  const page = pageOf('[{"name":"a"}]');
  const broken = { digest: page.digest, read: () => Promise.reject(new Error('broken')) };
  await expect(lists.of([broken])).rejects.toThrow('broken');
  expect((await lists.of([page])).texts).toEqual(['{"name":"a"}']);
});

it('refuses a list of more than 100,000 entries', async () => {
  const entries = (count: number): string => `[${'null,'.repeat(count - 1)}{"name":"a"}]`;
  expect(await textsOf(entries(100_000))).toEqual(['{"name":"a"}']);
  const refusal = {
    code: 'upstream-invalid',
    message: 'the list of tools is too long to be searched: expected at most 100000 tools',
  };
  await expect(textsOf(entries(100_001))).rejects.toMatchObject(refusal);
  await expect(textsOf('[{"name":"b"}]', entries(100_000))).rejects.toMatchObject(refusal);
});
