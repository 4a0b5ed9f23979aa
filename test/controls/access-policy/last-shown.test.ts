/** Lists that are shown again: each entry is shown as if it had been decided, and most are not decided again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LastShown } from '../../../proxy/controls/access-policy/last-shown.ts';

function shown(last: LastShown, key: string, names: readonly string[], decide: (name: string) => boolean): string[] {
  const deciding = last.over(key, decide);
  const left = names.filter((name) => deciding.shows(name));
  deciding.end();
  return left;
}

it('lists of two kinds, in any order, show what their decisions permit', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'a name of many characters', 'd');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.array(name, { maxLength: 6 })), { maxLength: 8 }), (lists) => {
      const last = new LastShown();
      for (const [isFirst, names] of lists) {
        const may = (one: string): boolean => (one.length + one.charCodeAt(0)) % 2 === (isFirst ? 0 : 1);
        expect(shown(last, String(isFirst), names, may)).toEqual(names.filter(may));
      }
    }),
  );
});

it('only entries after the first change, at another place than before, are decided again', () => {
  const last = new LastShown();
  const decided: string[] = [];
  const decide = (name: string): boolean => decided.push(name) > 0;
  shown(last, 'k', ['a', 'b', 'c'], decide);
  shown(last, 'k', ['a', 'b', 'c'], decide);
  shown(last, 'k', ['a', 'x', 'c'], decide);
  shown(last, 'k', ['a', 'x'], decide);
  shown(last, 'k', ['a', 'x', 'c', 'd'], decide);
  expect(decided).toEqual(['a', 'b', 'c', 'x', 'd']);
});

it('a list that is decided while another is shown does not change it', () => {
  const last = new LastShown();
  shown(last, 'k', ['a', 'b'], () => true);
  const [first, second] = [last.over('k', () => false), last.over('k', () => false)];
  expect([first.shows('a'), second.shows('x'), first.shows('b'), second.shows('b')]).toEqual([true, false, true, true]);
  second.end();
  expect(first.shows('c')).toBe(false);
  first.end();
  expect(shown(last, 'k', ['a', 'b', 'c'], () => true)).toEqual(['a', 'b']);
});
