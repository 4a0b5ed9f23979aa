/** Long texts, which are parsed first and then counted: the same values and the same faults as from the strict reader. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../proxy/base/turns.ts';
import { JsonError } from '../../proxy/json/json-error.ts';
import { layoutOf, NEAR, PART } from '../../proxy/json/layout.ts';
import { JsonText } from '../../proxy/json/lossless.ts';
import { noteMade } from '../../proxy/json/made.ts';
import { readAtOnce } from '../../proxy/json/read-at-once.ts';
import { checkJson } from '../../proxy/json/strict.ts';
import type { JsonValue } from '../../proxy/json/value.ts';

const DEPTH = 5;

function outcome(read: () => JsonValue): unknown {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof JsonError) return [error.fault, error.offset];
    throw error;
  }
}

const strictly = (text: string): unknown =>
  outcome(() => {
    checkJson(text, DEPTH);
    return JSON.parse(text) as JsonValue;
  });
const inTurns = (text: string): unknown => outcome(() => atOnce(JsonText.parseInTurns(text, DEPTH)).value);

const CHARACTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  'a',
  ' ',
  '\n',
  '\\u003a',
  '\\u0061',
  '"a":',
  '{"a":1,',
];
const key = fc.constantFrom('a', 'b', '0', '1', '__proto__', ':', 'é', '\\', '"');
const json = fc.json({ depthSize: 'medium' });
/** Objects with few keys, so that many occur twice. */
const repeating = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('1', '"x:y"', '"\\""', 'null', '"\\\\"', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(key, tie('value')), { maxLength: 3 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)} : ${value}`).join(' ,')}}`),
  ),
})).value;

describe('a text that is parsed before it is checked', () => {
  it('has the value or the fault that the strict reader finds', () => {
    const mutated = fc
      .tuple(fc.oneof(json, repeating), fc.nat(), fc.constantFrom(...CHARACTERS))
      .map(([text, at, more]) => {
        const i = at % (text.length + 1);
        return text.slice(0, i) + more + text.slice(i + (at % 3));
      });
    fc.assert(
      fc.property(fc.oneof(json, repeating, mutated), (text) => {
        expect(inTurns(text)).toEqual(strictly(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['{"a":1,"a":2}'],
    ['{"a":{"x":1,"y":":"},"a":2}'],
    ['[{"a":[{"b":1,"b":1}]}]'],
    ['{"1":1,"1":2}'],
    ['{"__proto__":1,"__proto__":2}'],
    ['{"a":1,"\\u0061":2,"\\u003a":":"}'],
    ['[[[[[[1]]]]]]'],
    ['{"a":1'],
    ['"a'],
    [''],
  ])('is refused as the strict reader refuses it: %s', (text) => {
    expect(inTurns(text)).toEqual(strictly(text));
    expect(inTurns(text)).toBeInstanceOf(Array);
    expect(atOnce(readAtOnce(text, DEPTH))).toBeUndefined();
  });

  it('is deeply frozen', () => {
    const value = atOnce(JsonText.parseInTurns('{"a":[{"b":{}}]}')).value as { a: [{ b: object }] };
    for (const part of [value, value.a, value.a[0], value.a[0].b]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('has each container near the root at its place', () => {
    fc.assert(
      fc.property(fc.oneof(json, repeating), (text) => {
        const { ends, depth } = atOnce(layoutOf(text));
        for (const [start, end] of ends) expect(() => checkJsonAt(text, start, end)).not.toThrow();
        expect(ends.size > 0).toBe(depth > 0);
        expect(ends.size).toBe(containersIn(JSON.parse(text) as JsonValue, text));
      }),
    );
  });
});

it('a text that is read in parts has the same layout, wherever a part ends', () => {
  const long = fc
    .array(fc.constantFrom('x'.repeat(70), '\\"', '\\\\', '{', 'é', '\u2122'), { maxLength: 9 })
    .map((parts) => `{"a":["${parts.join('')}",{}]}`);
  fc.assert(
    fc.property(fc.oneof(long, json, repeating), fc.nat(), (text, before) => {
      const lead = ' '.repeat(PART - (before % (text.length + 1)));
      const { ends, ...rest } = plain(text);
      expect(plain(lead + text)).toEqual({
        ...rest,
        ends: ends.map((positions) => positions.map((at) => at + lead.length)),
      });
    }),
    { numRuns: 1_000 },
  );
});

function plain(text: string): { members: number; depth: number; ends: number[][] } {
  const { members, depth, ends } = atOnce(layoutOf(text));
  return { members, depth, ends: [...ends] };
}

function checkJsonAt(text: string, start: number, end: number): void {
  const part: unknown = JSON.parse(text.slice(start, end));
  if (typeof part !== 'object' || part === null) throw new Error(`expected a container at ${start}`);
}

/** Counted in the text, since equal keys leave some out of the value. */
function containersIn(_: JsonValue, text: string): number {
  let [count, depth] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') count += depth++ < NEAR ? 1 : 0;
    else if (token === '}' || token === ']') depth--;
  }
  return count;
}

/** A deep copy in which each container is new and frozen, as transformations leave it, or kept, moved or left out. */
function changed(value: JsonValue, choices: () => number, known: readonly JsonValue[]): JsonValue {
  const choice = choices() % 12;
  if (choice === 0) return value;
  if (choice === 1 && known.length > 0) return known[choices() % known.length] ?? null;
  if (typeof value !== 'object' || value === null) return choice === 2 ? 'new' : value;
  const next = Array.isArray(value)
    ? (value as readonly JsonValue[]).filter(() => choices() % 9 > 0).map((item) => changed(item, choices, known))
    : Object.fromEntries(
        Object.entries(value)
          .filter(() => choices() % 9 > 0)
          .map(([name, item]) => [name, changed(item ?? null, choices, known)]),
      );
  Object.freeze(next);
  if (choices() % 9 > 0) noteMade(next);
  return next;
}

function partsOf(value: JsonValue): JsonValue[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap((item) => partsOf(item as JsonValue))];
}

/** Deeper than the containers whose places are known. */
const deep = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    fc.constantFrom<JsonValue>(1, 'x', null),
    { weight: 4, arbitrary: fc.array(tie('value'), { minLength: 1, maxLength: 2 }) },
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { minKeys: 1, maxKeys: 2 }) },
  ),
})).value;

it('a change is written as into a text that was checked first', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        deep.map((value) => JSON.stringify(value)),
      ),
      fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 30, maxLength: 60 }),
      fc.constantFrom('', ' \n'),
      (given, seeds, space) => {
        const text = space + given.replaceAll(/(?<=[,:[{])(?=["\d[{])/g, space) + space;
        if (!isSame(text, given)) return;
        const [checked, read] = [JsonText.parse(text), atOnce(JsonText.parseInTurns(text))];
        const written = [checked, read].map((one) => {
          let i = 0;
          return one.edit(changed(one.value, () => seeds[i++ % seeds.length] ?? 0, partsOf(one.value)));
        });
        expect(written[1]).toBe(written[0]);
      },
    ),
    { numRuns: 3_000 },
  );
});

/** Whether white space was added between tokens only. */
function isSame(text: string, given: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(JSON.parse(given));
  } catch {
    return false;
  }
}
