import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfLook, lookOf, looksLike, looksLikeStart } from '../../proxy/base/name-shapes.ts';

/** Every way to read a name: in small letters, or with an `l` for some of its capital `I`. */
function readings(name: string): readonly string[] {
  const parts = name.split('I');
  const found = [lookOf(name).small, lookOf(name.replaceAll('I', 'l')).own];
  for (let bits = 1; bits < 2 ** (parts.length - 1) - 1; bits++)
    found.push(lookOf(parts.reduce((all, part, i) => all + (bits & (1 << (i - 1)) ? 'l' : 'i') + part)).small);
  return found;
}

const name = fc.string({ unit: fc.constantFrom('i', 'I', 'I', 'l', 'L', '1', 'm', 'M', 'W', '_', '-'), maxLength: 7 });

describe('names', () => {
  it('are alike if there is a way to read both that gives the same', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const expected = readings(one).some((each) => readings(other).includes(each));
        expect(looksLike(lookOf(one), lookOf(other))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that are alike have one key', () => {
    fc.assert(
      fc.property(name, (one) => {
        for (const reading of readings(one)) expect(keyOfLook(lookOf(reading))).toBe(keyOfLook(lookOf(one)));
      }),
    );
  });

  it('begin like a prefix if a way to read them does', () => {
    fc.assert(
      fc.property(name, name, (one, start) => {
        const expected = readings(one).some((each) => readings(start).some((other) => each.startsWith(other)));
        if (expected) expect(looksLikeStart(lookOf(one), lookOf(start))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(looksLikeStart(lookOf('get_uri'), lookOf('get_url'))).toBe(false);
  });
});
