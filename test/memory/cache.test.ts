import { describe, expect, it } from 'vitest';
import { Cache } from '../../proxy/base/cache.ts';
import { flat } from '../../proxy/base/flat.ts';
import { weightOf } from '../../proxy/json/weight.ts';
import { heldBy } from './held-by.ts';
import { SHAPES } from './shapes.ts';

describe('a cache for data that outlives a call', () => {
  it('is limited in bytes, whatever its keys and values are', () => {
    const cache = new Cache<string>({ maxBytes: 10_000 });
    for (let i = 0; i < 5_000; i++) {
      cache.set(`${i}${'k'.repeat(i % 500)}`, 'v'.repeat(i % 3_000));
      expect(cache.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(cache.size).toBeGreaterThan(0);
    cache.clear();
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('forgets the entry that was unused for longest', () => {
    const cache = new Cache<number>({ maxBytes: Infinity, maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) cache.set(key, 1);
    cache.get('a');
    cache.set('d', 1);
    cache.set('e', 1);
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.has(key))).toEqual(['a', 'd', 'e']);
  });

  it('keeps no entry under a key that is too long, and none that would fill it alone', () => {
    const cache = new Cache<string>({ maxBytes: 1_000, maxKey: 10 });
    cache.set('kept', 'v');
    expect(cache.set('k'.repeat(11), 'v')).toBe(false);
    expect(cache.getOrMake('k'.repeat(11), (key) => `${key.length}`)).toBe('11');
    expect(cache.set('large', 'v'.repeat(1_000))).toBe(false);
    expect(cache.get('kept')).toBe('v');
    expect(cache.size).toBe(1);
  });

  it('drops an entry, instead of keeping the old value, if its new value is too large', () => {
    const cache = new Cache<string>({ maxBytes: 1_000 });
    cache.set('key', 'before');
    cache.set('key', 'v'.repeat(1_000));
    expect(cache.get('key')).toBeUndefined();
  });

  it('with forgetting turned off keeps its entries and adds none', () => {
    const cache = new Cache<number>({ maxBytes: Infinity, maxEntries: 2, whenFull: 'refuse' });
    expect([cache.set('a', 1), cache.set('b', 2), cache.set('c', 3)]).toEqual([true, true, false]);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, 2, undefined]);
    expect(cache.set('a', 4)).toBe(true);
    const heavy = new Cache<string>({ maxBytes: 500, whenFull: 'refuse' });
    expect([heavy.set('a', 'small'), heavy.set('a', 'v'.repeat(500)), heavy.get('a')]).toEqual([true, false, 'small']);
    cache.delete('b');
    expect(cache.set('c', 3)).toBe(true);
  });

  it("frees an entry's weight, however the entry is removed", () => {
    const cache = new Cache<readonly number[]>({ maxBytes: 100_000, weigh: (list) => 8 * list.length });
    for (let i = 0; i < 500; i++) {
      cache.set(
        `k${i % 7}`,
        Array.from({ length: i }, () => 0),
      );
      if (i % 3 === 0) cache.take(`k${i % 5}`);
      if (i % 4 === 0) cache.delete(`k${i % 6}`);
    }
    for (let i = 0; i < 7; i++) cache.delete(`k${i}`);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});

describe('a copied text', () => {
  it('is equal to the original, whatever its characters are', () => {
    for (const text of [
      '',
      'a',
      'ascii that is long enough',
      'latin-1: \u00e9\u00ff and more of it',
      'beyond: \u20ac\u{1f600} and more',
      'half a character: \ud83d and no more',
      `x${'\u20ac'.repeat(5_000)}`,
      'y'.repeat(5_000),
    ]) {
      expect(flat(text)).toBe(text);
    }
  });

  it.each([
    'a slice of a body',
    'a slice of a body beyond Latin-1',
    'two slices put together',
    'a key of the cache',
    'a value of the cache',
    'what is made of a key',
  ])('holds nothing of the text it was cut from: %s', async (what) => {
    // 60 times 0.9 MB or more, unless each is freed.
    expect(await heldBy(what)).toBeLessThan(8);
  });

  it('is needed: a slice keeps the whole text in memory', async () => {
    expect(await heldBy('nothing is copied')).toBeGreaterThan(40);
  });
});

it('a value weighs at least as much as the engine needs for it', async () => {
  for (const what of ['empty lists', 'empty objects', 'members', 'texts', 'numbers']) {
    const held = (await heldBy(what)) * 1024 * 1024;
    expect(weightOf(SHAPES[what] ?? null), what).toBeGreaterThan(held * 0.8);
  }
});
