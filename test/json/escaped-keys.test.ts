import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonText } from '../../proxy/json/lossless.ts';
import { parseJson } from '../../proxy/json/parse.ts';
import type { JsonValue } from '../../proxy/json/value.ts';

/** Writes every character of a key as an escape. Decoded, it is the same key, but V8 doesn't always agree. */
const escaped = (key: string): string =>
  [...Array(key.length).keys()].map((i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** JSON with every key written like this. */
function withEscapes(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(withEscapes).join(' ,')}]`;
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `"${escaped(key)}" :${withEscapes(inner)}`)
    .join(',\n')} }`;
}

describe('a key written with escapes', () => {
  test('is the key that it spells, whatever was parsed before', () => {
    // Node 24 and 26 take such a key for one that an object of the same shape had, if its text begins in the same way.
    expect(new JsonText('{"x":1,"\\\\u00":"what was sent first"}').value).toHaveProperty(['\\u00']);
    expect(new JsonText('{"x":1,"\\u0070ath":"/etc/passwd"}').value).toEqual({ x: 1, path: '/etc/passwd' });
    expect(new JsonText('{"x":1,"a\\\\":2}').value).toHaveProperty(['a\\']);
    expect(new JsonText('{"x":1,"a\\"":2}').value).toEqual({ x: 1, 'a"': 2 });
  });

  test('is the same at any depth, in lists, next to white space, and next to __proto__', () => {
    parseJson('{"x":1,"\\\\u00":1}');
    const text =
      ' [ {"a" : [ {"x":1 , "\\u0070ath" : "\\u0041\\"" } ], "__proto__":{"\\u0079":null} } , -1.5e3, true ] ';
    const value = parseJson(text) as [{ a: unknown }];
    expect(JSON.stringify(value)).toBe('[{"a":[{"x":1,"path":"A\\""}],"__proto__":{"y":null}},-1500,true]');
    expect(Object.getPrototypeOf(value[0])).toBe(Object.prototype);
  });

  test('is read as JSON defines, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.stringify(value);
        expect(JSON.stringify(parseJson(withEscapes(value)))).toBe(plain);
        expect(JSON.stringify(parseJson(plain))).toBe(plain);
      }),
      { numRuns: 2_000 },
    );
  });

  test('costs time in proportion to its length', () => {
    const deep = `${'{"\\u0061":'.repeat(900)}"${'x'.repeat(1_000_000)}"${'}'.repeat(900)}`;
    let value: JsonValue | undefined = parseJson(deep);
    for (let i = 0; i < 900; i++) value = (value as { a: JsonValue }).a;
    expect(value).toHaveLength(1_000_000);
  });
});
