import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, JsonText } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';

const object = (value: JsonValue): JsonObject => {
  if (!isObject(value)) throw new Error('expected an object');
  return value;
};

describe('JSON without loss', () => {
  it('writes exactly the same text for the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const json = JsonText.parse(text);
        return json.edit(json.value) === text;
      }),
    );
  });

  it.each([
    ['[-0,-0,1]', [-0, 1], '[-0,1]'],
    ['[0,-0,1]', [-0, 1], '[0,1]'],
    ['[-0,0,2,1]', [0, 1], '[0,1]'],
    ['[1,-0,0]', [0, -0, 1], '[0,-0,1]'],
  ])('keeps the sign of zeros that moved: %s', (text, next, written) => {
    expect(JSON.parse(JsonText.parse(text).edit(next))).toEqual(JSON.parse(written));
  });

  const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 3 });

  it('writes an equal text for a structural copy', () => {
    fc.assert(
      fc.property(fc.json(), blank, blank, (json, before, after) => {
        const text = JsonText.parse(before + json + after);
        return text.edit(structuredClone(text.value)) === text.text;
      }),
    );
  });

  it('writes what JSON.stringify would for a value unrelated to the text', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, next) => {
        const written = JsonText.parse(text).edit(next);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(next)));
      }),
    );
  });

  it('changes one string and no other character', () => {
    const text = '{ "big": 12345678901234567890, "one": 1.0, "e": "\\u00e9", "deep": [ {"s": "old", "n": 1e2} ] }';
    const json = JsonText.parse(text);
    const value = object(json.value);
    const deep = value['deep'] as readonly JsonObject[];
    const next = { ...value, deep: [{ ...deep[0], s: 'new' }] };
    expect(json.edit(next)).toBe(text.replace('"old"', '"new"'));
  });

  it('keeps the other 999 tools byte for byte when one of 1,000 is filtered out', () => {
    const tools = Array.from({ length: 1000 }, (_, i) => `{"name": "t${i}", "x": ${i}.0, "n": 9007199254740993${i}}`);
    const json = JsonText.parse(`{"tools":[${tools.join(',')}],"nextCursor":"c"}`);
    const value = object(json.value);
    const next = {
      ...value,
      tools: (value['tools'] as readonly JsonObject[]).filter((tool) => tool['name'] !== 't500'),
    };
    expect(json.edit(next)).toBe(`{"tools":[${tools.filter((_, i) => i !== 500).join(',')}],"nextCursor":"c"}`);
  });

  it('keeps key order, integer-like keys included', () => {
    const text = '{"b":1,"2":"x","1":2}';
    const json = JsonText.parse(text);
    expect(json.edit({ ...object(json.value), b: 5 })).toBe('{"b":5,"2":"x","1":2}');
    const { b: _, ...rest } = object(json.value);
    expect(json.edit({ ...rest, z: 1 })).toBe('{"2":"x","1":2,"z":1}');
  });

  it('finds a part that moved elsewhere', () => {
    const json = JsonText.parse('{"a":{"n":1.50},"b":2}');
    const value = object(json.value);
    expect(json.edit({ wrapped: { inner: value['a'] } })).toBe('{"wrapped":{"inner":{"n":1.50}}}');
  });

  it('keeps the digits of a large number that moved into a new object', () => {
    const json = JsonText.parse('{"id":12345678901234567890}');
    expect(json.edit({ copy: [object(json.value)['id']] })).toBe('{"copy":[12345678901234567890]}');
  });

  it('refuses to guess when two large numbers round to the same double', () => {
    const json = JsonText.parse('{"a":12345678901234567890,"b":12345678901234567891}');
    expect(() => json.edit({ c: object(json.value)['a'] })).toThrow(/beyond 2\^53/);
    expect(json.edit({ ...object(json.value), c: 1 })).toBe(
      '{"a":12345678901234567890,"b":12345678901234567891,"c":1}',
    );
  });

  it('keeps the text of primitives around a removed item', () => {
    const json = JsonText.parse('[1.0, "\\u0061", 2.0, 1.00]');
    const items = json.value as readonly JsonValue[];
    expect(json.edit(items.filter((_, i) => i !== 2))).toBe('[1.0,"\\u0061",1.00]');
  });

  it('treats a __proto__ key as an ordinary key', () => {
    const json = JsonText.parse('{"__proto__":{"x":1},"a":1}');
    expect(json.edit({ ...object(json.value), a: 2 })).toBe('{"__proto__":{"x":1},"a":2}');
  });

  it.each([[() => 1], [undefined], [Number.NaN], [new Date(0)], [new Map()], [Symbol('x')], [1n]])(
    'refuses what is not JSON',
    (bad) => {
      expect(() => JsonText.parse('{"a":1}').edit({ a: [bad] })).toThrow(TypeError);
    },
  );

  it.each(['x', 'x\\n', '\\"', '\\\\'])(
    'keeps the digits of a number next to a text of 12 million characters like %s',
    (fill) => {
      const json = JsonText.parse(`{"a":"${fill.repeat(12_000_000 / fill.length)}","n":9007199254740993}`);
      const value = object(json.value);
      expect(json.edit({ moved: value['n'] })).toBe('{"moved":9007199254740993}');
    },
  );

  it('rewrites 100,000 strings in one pass, and as many in another order', () => {
    const json = JsonText.parse(JSON.stringify(Array.from({ length: 100_000 }, (_, i) => `s${i}`)));
    const strings = json.value as readonly string[];
    expect(JSON.parse(json.edit(strings.slice(1).map((text) => `${text}!`)))).toHaveLength(99_999);
    expect(JSON.parse(json.edit(strings.toReversed().slice(1)))).toHaveLength(99_999);
  });

  it('changes one string below 990 levels of a text of 8 million characters by reading it once', () => {
    const depth = 990;
    const text = `${'[ {"a" : '.repeat(depth / 2)}[${'1.0,'.repeat(2_000_000)}"old"]${'} ]'.repeat(depth / 2)}`;
    const json = JsonText.parse(text, 1_000);
    const changed = (value: JsonValue): JsonValue =>
      Array.isArray(value)
        ? value.length > 1
          ? [...value.slice(0, -1), 'new']
          : value.map((item: JsonValue) => changed(item))
        : { a: changed(object(value)['a'] ?? null) };
    expect(json.edit(changed(json.value)) === text.replace('old', 'new')).toBe(true);
  });

  it('changes any one place of a text, however it is written, and no other character', () => {
    const spaced = (text: string): string =>
      text.replace(/"(?:[^"\\]|\\.)*"|[[\]{}:,]/g, (token) => (token.startsWith('"') ? token : `${token} `));
    const replaced = (value: JsonValue, way: readonly number[]): JsonValue => {
      const [first = 0, ...rest] = way;
      if (Array.isArray(value) && value.length > 0)
        return value.map((item: JsonValue, i) => (i === first % value.length ? replaced(item, rest) : item));
      if (!isObject(value) || Object.keys(value).length === 0) return 'NEW';
      const keys = Object.keys(value);
      return Object.fromEntries(
        Object.entries(value).map(([key, item = null]) => [
          key,
          key === keys[first % keys.length] ? replaced(item, rest) : item,
        ]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.array(fc.nat(9), { maxLength: 8 }), (value, way) => {
        const text = spaced(JSON.stringify(value)).trim();
        const json = JsonText.parse(text);
        const next = replaced(json.value, way);
        const written = json.edit(next);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(next)));
        // Outside that one place, everything is unchanged.
        const [before, after] = written.split('"NEW"') as [string, string | undefined];
        if (after !== undefined && !text.includes('NEW'))
          expect([text.startsWith(before), text.endsWith(after)]).toEqual([true, true]);
      }),
    );
  });

  it('refuses a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(() => JsonText.parse('{}').edit(cycle)).toThrow(/cycle/);
  });

  it('returns values that cannot be mutated', () => {
    const json = JsonText.parse('{"a":[{"b":1}]}');
    const inner = (object(json.value)['a'] as JsonObject[])[0] as { b: number };
    expect(() => {
      inner.b = 2;
    }).toThrow(TypeError);
  });
});
