import { expect, it } from 'vitest';
import { KnownPages } from '../../proxy/tool-search/known-pages.ts';

const page = (id: string, tool = 'ä') => Buffer.from(`{"id":"${id}","result":{"tools":["${tool}"]}}`);

it('a page has one digest for all ids of its response and all clients', () => {
  const pages = new KnownPages();
  const first = pages.of('ann', page('1'), '1');
  expect(first.characters).toBe(page('1').toString().length);
  expect(pages.of('ann', page('234'), '234')).toBe(first);
  expect(pages.of('bob', page('5'), '5').digest).toBe(first.digest);
  expect(new KnownPages().of('ann', page('6'), '6').digest).toBe(first.digest);
});

it('another page has another digest, also for a caller who got the first', () => {
  const pages = new KnownPages();
  const first = pages.of('ann', page('1'), '1');
  const other = pages.of('ann', page('1', 'b'), '1');
  expect(other.digest).not.toBe(first.digest);
  expect(other.digest).toBe(new KnownPages().of('ann', page('1', 'b'), '1').digest);
  // Neither the beginning nor the end alone makes a page the same.
  const longer = Buffer.concat([page('1', 'b'), Buffer.from(' ')]);
  expect(pages.of('ann', longer, '1').digest).not.toBe(other.digest);
  expect(pages.of('ann', Buffer.concat([Buffer.from(' '), longer]), '1').digest).not.toBe(
    pages.of('ann', longer, '1').digest,
  );
  expect(pages.of('ann', page('1'), '1').digest).toBe(first.digest);
  expect(pages.of('ann', page('1'), 'not in it').digest).not.toBe(first.digest);
});

it('takes a page whose id stands at its beginning as it takes any other', () => {
  const pages = new KnownPages();
  const first = pages.of('ann', Buffer.from('id rest'), 'id');
  expect(pages.of('ann', Buffer.from('other rest'), 'other')).toBe(first);
  expect(pages.of('ann', Buffer.from('other rests'), 'other')).not.toBe(first);
});

it('takes a page without the id as a whole', () => {
  const pages = new KnownPages();
  const first = pages.of('ann', Buffer.from('abcd'), 'x');
  expect(pages.of('ann', Buffer.from('abcd'), 'yyy')).toBe(first);
  expect(pages.of('ann', Buffer.from('Xbcd'), 'x').digest).not.toBe(first.digest);
  expect(pages.of('ann', Buffer.from('abcX'), 'x').digest).not.toBe(first.digest);
});
