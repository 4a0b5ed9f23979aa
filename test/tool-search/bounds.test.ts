/** Lists at and beyond the bounds, which take longer than others. */
import { expect, it } from 'vitest';
import { Listing } from '../../proxy/tool-search/listing.ts';
import { Ranker } from '../../proxy/tool-search/ranker.ts';
import { Beneath, callOf, exchangeOf, pages } from './asked.ts';

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

it('takes only the names of tools beyond two million words', async () => {
  const words = Array.from({ length: 255 }, (_, i) => `x${i}`).join(' ');
  const full = { name: 'a', title: words, description: words };
  const tools = Array.from({ length: 4_000 }, () => full);
  const ranker = await Ranker.of([...tools, { name: 'zebra', description: 'okapi' }]);
  expect(await ranker.search('zebra', 5)).toEqual([4_000]);
  expect(await ranker.search('okapi', 5)).toEqual([]);
});

it('refuses a list of more than 64 million characters on all its pages', async () => {
  const MEGABYTE = 1024 * 1024;
  const large = { tools: [{ name: 'a', description: '-'.repeat(13 * MEGABYTE) }] };
  const list = (count: number): ReturnType<Listing['pages']> =>
    new Listing(new Beneath(pages(...Array.from({ length: count }, () => large))), () => {}, 16 * MEGABYTE).pages(
      callOf({ name: 'search_tools' }),
      exchangeOf(),
    );
  expect(await list(4)).toHaveLength(4);
  await expect(list(5)).rejects.toMatchObject({
    code: 'upstream-invalid',
    message: expect.stringContaining('the list of tools is too long to be searched') as string,
  });
});
