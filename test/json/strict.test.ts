import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Work } from '../../proxy/base/turns.ts';
import { JsonError } from '../../proxy/json/json-error.ts';
import { Members } from '../../proxy/json/members.ts';
import { checkJsonInTurns, checkObjectInTurns } from '../../proxy/json/strict-in-turns.ts';
import { checkJson, checkObject, membersAt } from '../../proxy/json/strict.ts';

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
  it('accepts everything that JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), (text) => fault(text) === undefined));
  });

  it('agrees with JSON.parse on every mutation of a JSON text that has no duplicate keys', () => {
    const mutated = fc
      .tuple(
        fc.json({ maxDepth: 3, noUnicodeString: false }),
        fc.nat(),
        fc.constantFrom('"', '\\', '{', '}', '[', ',', ':', '0', '-', '.', 'e', 'u', '\n', '\u0001', ' ', 't'),
      )
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
  ])('refuses a repeated key in one object: %s', (text) => {
    expect(fault(text)).toBe('duplicate-key');
  });

  it('accepts the same key in different objects', () => {
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

  it("reports the positions of an object's members, with unescaped keys", () => {
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

  it('collects the members of the requested inner objects, and forgets those of the previous text', () => {
    const inner = new Members();
    const outer = new Members({ in: inner });
    checkObject('{"in":{"a":1,"b":2},"out":{"c":3}}', outer);
    expect([outer.keys(), inner.keys()]).toEqual([
      ['in', 'out'],
      ['a', 'b'],
    ]);
    checkObject('{"in":[{"x":1}],"y":0}', outer);
    expect([outer.keys(), inner.keys()]).toEqual([['in', 'y'], []]);
    expect([outer.find('in'), outer.find('out'), outer.start(-1)]).toEqual([0, -1, -1]);
  });

  it('reports an offset, and never the content, in its message', () => {
    expect(() => checkJson('{"secret":"4111" x')).toThrow(/offset 17/);
    expect(() => checkJson('{"secret":"4111" x')).not.toThrow(/4111/);
  });
});

describe('the strict reader in turns', () => {
  /** Runs work to its end, and reads another text at each pause. */
  const interrupted = (work: Work<void>): number => {
    let stops = 0;
    while (work.next().done !== true) {
      checkJson('{"other":["text",{"of":"another"}]}');
      stops++;
    }
    return stops;
  };
  const resultOf = (read: () => unknown): unknown => {
    try {
      read();
      return 'JSON';
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return { message: error.message, fault: error.fault, offset: error.offset };
    }
  };
  const values = fc.json({ maxDepth: 8, noUnicodeString: false });
  const mutated = fc
    .tuple(values, fc.nat(), fc.constantFrom('', '', '"', '\\', '{', '}', '[', ',', ':', '0', ' ', '"a":1,'))
    .map(([text, at, more]) => {
      const i = at % (text.length + 1);
      return text.slice(0, i) + more + text.slice(i);
    });

  it('gives the same result for each text as in one pass, wherever it pauses', () => {
    fc.assert(
      fc.property(mutated, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (text, part, depth) => {
        expect(resultOf(() => interrupted(checkJsonInTurns(text, depth, part)))).toEqual(
          resultOf(() => checkJson(text, depth)),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('finds the same members as in one pass, wherever it pauses', () => {
    const members = (): { inner: Members; outer: Members } => {
      const inner = new Members();
      return { inner, outer: new Members({ a: inner }) };
    };
    const listed = ({ inner, outer }: ReturnType<typeof members>): unknown =>
      [inner, outer].map((of) => of.keys().map((key, i) => [key, of.start(i), of.end(i)]));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c\n'), fc.object({ maxDepth: 3 })),
        fc.integer({ min: 1, max: 40 }),
        (value, part) => {
          const text = JSON.stringify(value, undefined, part % 3);
          const [atOnce, inTurns] = [members(), members()];
          checkObject(text, atOnce.outer);
          interrupted(checkObjectInTurns(text, inTurns.outer, undefined, part));
          expect(listed(inTurns)).toEqual(listed(atOnce));
        },
      ),
      { numRuns: 1000 },
    );
  });

  // An attempt that took too long may have searched for the end of a string far ahead.
  const long = fc.string({ minLength: 24, maxLength: 60 });
  const wide = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      long,
      fc.integer(),
      fc.array(tie('value'), { minLength: 2, maxLength: 12, size: 'max' }),
      fc.dictionary(fc.string({ maxLength: 40 }), tie('value'), {
        minKeys: 2,
        maxKeys: 8,
        size: 'max',
        noNullPrototype: true,
      }),
    ),
  })).value;
  const placed = fc
    .tuple(wide, fc.nat({ max: 2 }), fc.nat(), fc.constantFrom('', '', '', '"', '\\', '}', '\n', '"a":1,'))
    .map(([value, space, at, more]) => {
      const text = JSON.stringify([value, { twice: value }], undefined, space);
      const i = at % (text.length + 1);
      return text.slice(0, i) + more + text.slice(i);
    });

  it('gives the same result for long strings in long containers', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 64, max: 600 }), (text, part) => {
        expect(resultOf(() => interrupted(checkJsonInTurns(text, 128, part)))).toEqual(
          resultOf(() => checkJson(text, 128)),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('finds a repeated key, however long the members in between are', () => {
    const [a, b, pad] = ['a'.repeat(30), 'b'.repeat(30), `[${'0,'.repeat(70_000)}0]`];
    const text = `{"method":"tools/list","p":{"o":{"x":"${a}"},"y":"${b}","pad":${pad}},"method":"tools/call","q":{"x":"${a}","o":{"y":"${b}"},"pad":${pad}}}`;
    expect(resultOf(() => interrupted(checkJsonInTurns(text)))).toMatchObject({ fault: 'duplicate-key' });
    expect(resultOf(() => interrupted(checkJsonInTurns(`{"x":"${a}",\n"y":"${b}","pad":${pad}}`)))).toBe('JSON');
  });

  it.each([
    ['a flat list', `[${'1,'.repeat(50_000)}1]`],
    ['many lists', `[${'[[],[1]],'.repeat(20_000)}1]`],
    ['members', `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join()}}`],
    ['levels', '[1,'.repeat(100) + '[1],'.repeat(20_000) + '1' + ']'.repeat(100)],
    [
      'chains, deep down',
      '['.repeat(16) + `[${`${'['.repeat(100)}1${']'.repeat(100)},`.repeat(500)}1]` + ']'.repeat(16),
    ],
    ['long parts, each slightly too long to be read in one turn', `[${`[${'1,'.repeat(600)}1],`.repeat(100)}1]`],
  ])('pauses about once for each part of %s', (_, text) => {
    const stops = interrupted(checkJsonInTurns(text, 128, 1_000));
    expect(stops).toBeGreaterThan(text.length / 3_000);
    expect(stops).toBeLessThan(text.length / 400);
  });
});
