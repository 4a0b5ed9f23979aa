import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonText } from '../../proxy/json/lossless.ts';
import { replaceAt, type Replacement } from '../../proxy/json/replace.ts';
import type { JsonValue } from '../../proxy/json/value.ts';

type Path = readonly (string | number)[];

function scalarsOf(value: JsonValue | undefined, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    scalarsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The value with replacements at those places, made as a control makes it. */
function changed(value: JsonValue | undefined, replacements: readonly Replacement[], path: Path = []): JsonValue {
  const own = replacements.find(
    (one) => one.path.length === path.length && one.path.every((segment, i) => segment === path[i]),
  );
  if (own !== undefined) return own.value;
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((item, i) => changed(item, replacements, [...path, i]));
  // Own members, whatever their names.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, changed(inner, replacements, [...path, key])]),
  );
}

/** Keys in their order, and whether each level is frozen. */
function shown(value: JsonValue | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  return `${Object.isFrozen(value) ? 'frozen' : 'mutable'}${Array.isArray(value) ? '[' : '{'}${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${shown(inner)}`)
    .join()}`;
}

const replaced = (text: string, replacements: readonly Replacement[]): string =>
  replaceAt(JsonText.parse(text), replacements).text;

/** Text that looks like the structure around strings. */
const misleading = fc.constantFrom(',', ':', 'a', ',a,', ':a', '},{', 'a":"b', '');
const scalar = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null));

describe('scalars put into a JSON text', () => {
  it('produce the text that an edit of the value produces', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.object({ maxDepth: 4 }),
          fc.array(fc.jsonValue()),
          fc.object({ maxDepth: 2, key: misleading, values: [misleading] }),
        ),
        fc.infiniteStream(scalar),
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 0, max: 3 }),
        (made, values, chosen, indent) => {
          const text = JSON.stringify(made, undefined, indent);
          const json = JsonText.parse(text);
          const wanted = chosen[Symbol.iterator]();
          const next = values[Symbol.iterator]();
          const replacements = scalarsOf(json.value)
            .filter((path) => path.length > 0 && wanted.next().value === true)
            .map((path) => ({ path, value: next.next().value ?? null }));
          const replaced = replaceAt(json, replacements);
          expect(replaced.text).toBe(json.edit(changed(json.value, replacements)));
          expect(shown(replaced.value)).toBe(shown(JsonText.parse(replaced.text).value));
        },
      ),
    );
  });

  it('keep white space, digits and escapes unchanged', () => {
    const text =
      '{ "big": 12345678901234567890, "one": 1.0,\n "e": "\\u00e9", "deep": [ 0, {"s" : "old", "n": 1e2} ] }';
    expect(
      replaced(text, [
        { path: ['deep', 1, 's'], value: 'n"ew' },
        { path: ['one'], value: 2 },
      ]),
    ).toBe(text.replace('"old"', '"n\\"ew"').replace('1.0', '2'));
  });

  it('are found under keys that are written with escapes', () => {
    expect(
      replaced('{"\\u0070ath":"a","__proto__":{"x":1}}', [
        { path: ['path'], value: 'b' },
        { path: ['__proto__', 'x'], value: 2 },
      ]),
    ).toBe('{"\\u0070ath":"b","__proto__":{"x":2}}');
  });

  it('are found in one pass, however many they are', () => {
    const strings = Array.from({ length: 100_000 }, (_, i) => `u${i}@example.com`);
    const { text } = replaceAt(
      JsonText.parse(JSON.stringify(strings)),
      strings.map((_, i) => ({ path: [i], value: i })),
    );
    expect(text).toBe(JSON.stringify(strings.map((_, i) => i)));
  });

  it.each([
    ['leads nowhere', [['b']]],
    ['leads into a string', [['a', 'b']]],
    ['leads to an object', [['o']]],
    ['is listed twice', [['a'], ['a']]],
    ['leads through another', [['a'], ['a', 'b']]],
  ])('refuse a path that %s', (_, paths) => {
    expect(() =>
      replaced(
        '{"a":"x","o":{"p":1}}',
        paths.map((path) => ({ path, value: 'y' })),
      ),
    ).toThrow(TypeError);
  });
});
