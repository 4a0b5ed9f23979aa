import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Members } from '../../proxy/json/members.ts';
import { checkJson, checkObject, JsonError, membersAt } from '../../proxy/json/strict.ts';

function fault(text: string, depth?: number): string | undefined {
  try {
    checkJson(text, depth);
    return undefined;
  } catch (error) {
    if (error instanceof JsonError) return error.fault;
    throw error;
  }
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the strict reader', () => {
  it('accepts whatever JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), (text) => fault(text) === undefined));
  });

  it('agrees with JSON.parse on every mutation of a JSON text that has no duplicate keys', () => {
    const mutated = fc
      .tuple(fc.json({ maxDepth: 3, noUnicodeString: false }), fc.nat(), fc.constantFrom('"', '\\', '{', '}', '[', ',', ':', '0', '-', '.', 'e', 'u', '\n', '\u0001', ' ', 't'))
      .map(([text, at, character]) => {
        const i = at % (text.length + 1);
        return text.slice(0, i) + character + text.slice(i + (at % 2));
      });
    fc.assert(
      fc.property(mutated, (text) => {
        const got = fault(text);
        return got === 'duplicate-key' || (got === undefined) === parses(text);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['{"a":1,"a":2}'],
    ['{"a":1,"\\u0061":2}'],
    ['{"x":[{"deep":{"k":1,"k":1}}]}'],
    [`{${Array.from({ length: 20 }, (_, i) => `"k${i}":0`).join(',')},"k0":1}`],
    [`{${Array.from({ length: 20 }, (_, i) => `"k${i}":0`).join(',')},"k19":1}`],
  ])('refuses the same key twice in one object: %s', (text) => {
    expect(fault(text)).toBe('duplicate-key');
  });

  it('lets the same key stand in different objects', () => {
    expect(fault('[{"a":1},{"a":{"a":1}}]')).toBeUndefined();
  });

  it('refuses a depth of 100,000 without overflowing the stack', () => {
    expect(fault('['.repeat(100_000))).toBe('depth');
    expect(fault('{"a":'.repeat(100_000))).toBe('depth');
  });

  it('counts depth in nested containers', () => {
    expect(fault('[[[]]]', 3)).toBeUndefined();
    expect(fault('[[[]]]', 2)).toBe('depth');
  });

  it('reports where the members of an object lie, keys unescaped', () => {
    const text = ' { "a" : [1, 2] , "\\u0062":"x\\"}" } ';
    const expected = [
      ['a', '[1, 2]'],
      ['b', '"x\\"}"'],
    ];
    const members = new Members();
    checkObject(text, members);
    expect(members.keys().map((key, i) => [key, text.slice(members.start(i), members.end(i))])).toEqual(expected);
    const seen: [string, string][] = [];
    membersAt(text, 1, (key, start, end) => seen.push([key, text.slice(start, end)]));
    expect(seen).toEqual(expected);
  });

  it('collects the members of the objects inside that it is asked for, and forgets those of the text before', () => {
    const inner = new Members();
    const outer = new Members({ in: inner });
    checkObject('{"in":{"a":1,"b":2},"out":{"c":3}}', outer);
    expect([outer.keys(), inner.keys()]).toEqual([['in', 'out'], ['a', 'b']]);
    checkObject('{"in":[{"x":1}],"y":0}', outer);
    expect([outer.keys(), inner.keys()]).toEqual([['in', 'y'], []]);
    expect([outer.find('in'), outer.find('out'), outer.start(-1)]).toEqual([0, -1, -1]);
  });

  it('names an offset, and never the content, in its message', () => {
    expect(() => checkJson('{"secret":"4111" x')).toThrow(/offset 17/);
    expect(() => checkJson('{"secret":"4111" x')).not.toThrow(/4111/);
  });
});
