import { describe, expect, test } from 'vitest';
import { Declared } from '../../proxy/argument-names/declared.ts';
import { Reach } from '../../proxy/argument-names/reach.ts';
import { hasNames, Walk } from '../../proxy/argument-names/walk.ts';
import { TooMuch } from '../../proxy/json-schema/faults.ts';
import { stepsOf } from '../../proxy/json/path.ts';
import type { JsonObject } from '../../proxy/json/value.ts';

/** The path and the correct spellings of the first misspelt name; undefined if there is none. */
async function found(
  schema: JsonObject | undefined,
  given: unknown,
  paths: readonly string[] = [],
  hidden: readonly string[] = [],
): Promise<string | undefined> {
  const text = JSON.stringify(given);
  const reach = (of: readonly string[]): Reach => Reach.from(of.map((path) => stepsOf(path) ?? []));
  const walk = new Walk(text.length, reach(hidden));
  const value: unknown = JSON.parse(text);
  if (!hasNames(value as JsonObject)) return undefined;
  const misspelt = await walk.find(
    value as JsonObject,
    new Declared(schema ?? {}).root(walk),
    reach([...paths, ...hidden]),
  );
  return misspelt && [...misspelt.path, `(${misspelt.meant.join('|')})`].join('.');
}

const AMOUNT = { properties: { amount: { type: 'number' } } };

describe('a misspelt name is found if a schema declares the name', () => {
  test.each<[string, JsonObject, unknown, string]>([
    ['by its properties', AMOUNT, { Amount: 1 }, '(amount)'],
    ['beside the correct spelling', AMOUNT, { amount: 1, AMOUNT: 2 }, '(amount)'],
    ["by Go's case folding", { properties: { tasks: {} } }, { 'ta\u017f\u212as': 1 }, '(tasks)'],
    ['in a nested object', { properties: { order: AMOUNT } }, { order: { Amount: 1 } }, 'order.(amount)'],
    [
      'in items',
      { properties: { rows: { items: AMOUNT } } },
      { rows: [{ amount: 1 }, { Amount: 1 }] },
      'rows.1.(amount)',
    ],
    [
      'in items of nested lists',
      { properties: { rows: { items: { items: AMOUNT } } } },
      { rows: [[], [{ aMount: 1 }]] },
      'rows.1.0.(amount)',
    ],
    [
      'in prefixItems',
      { properties: { pair: { prefixItems: [true, AMOUNT] } } },
      { pair: [{ Amount: 1 }, { Amount: 1 }] },
      'pair.1.(amount)',
    ],
    [
      'in items after prefixItems',
      { properties: { pair: { prefixItems: [true], items: AMOUNT } } },
      { pair: [{ Amount: 1 }, { Amount: 1 }] },
      'pair.1.(amount)',
    ],
    [
      'in items of a list, in earlier drafts',
      { properties: { pair: { items: [true, AMOUNT] } } },
      { pair: [1, { Amount: 1 }] },
      'pair.1.(amount)',
    ],
    [
      'in additionalItems',
      { properties: { pair: { items: [true], additionalItems: AMOUNT } } },
      { pair: [1, { Amount: 1 }] },
      'pair.1.(amount)',
    ],
    ['in contains', { properties: { rows: { contains: AMOUNT } } }, { rows: [{ Amount: 1 }] }, 'rows.0.(amount)'],
    [
      'in unevaluatedItems',
      { properties: { rows: { unevaluatedItems: AMOUNT } } },
      { rows: [{ Amount: 1 }] },
      'rows.0.(amount)',
    ],
    ['by allOf', { allOf: [{}, AMOUNT] }, { Amount: 1 }, '(amount)'],
    ['by anyOf', { anyOf: [{ properties: { id: {} } }, AMOUNT] }, { id: 1, Amount: 1 }, '(amount)'],
    [
      'by oneOf in a property',
      { properties: { by: { oneOf: [{ type: 'string' }, AMOUNT] } } },
      { by: { Amount: 1 } },
      'by.(amount)',
    ],
    ['by if', { if: AMOUNT }, { Amount: 1 }, '(amount)'],
    ['by then', JSON.parse('{"if":true,"then":{"properties":{"amount":{}}}}') as JsonObject, { Amount: 1 }, '(amount)'],
    ['by else', { if: true, else: AMOUNT }, { Amount: 1 }, '(amount)'],
    ['by not', { not: AMOUNT }, { Amount: 1 }, '(amount)'],
    ['by dependentSchemas', { dependentSchemas: { id: AMOUNT } }, { Amount: 1 }, '(amount)'],
    ['by dependentSchemas', { dependentSchemas: { id: true } }, { Id: 1 }, '(id)'],
    ['by dependencies', { dependencies: { id: AMOUNT } }, { Amount: 1 }, '(amount)'],
    ['by dependentRequired', { dependentRequired: { id: ['amount'] } }, { Amount: 1 }, '(amount)'],
    ['only by required', { required: ['amount'] }, { Amount: 1 }, '(amount)'],
    ['by propertyNames', { propertyNames: { enum: ['amount'] } }, { Amount: 1 }, '(amount)'],
    ['under patternProperties', { patternProperties: { '^x': AMOUNT } }, { x1: { Amount: 1 } }, 'x1.(amount)'],
    [
      'beside patternProperties that allow the other spelling',
      { ...AMOUNT, patternProperties: { '^[A-Z]': {} } },
      { Amount: 1 },
      '(amount)',
    ],
    [
      'beside patternProperties, in the schema of a pattern',
      { properties: { id: {} }, patternProperties: { '^x': AMOUNT } },
      { id: 1, x1: { Amount: 1 } },
      'x1.(amount)',
    ],
    [
      'in a property that a pattern matches, too',
      { properties: { x1: AMOUNT }, patternProperties: { '^x': { properties: { unit: {} } } } },
      { x1: { amount: 1, Unit: 2 } },
      'x1.(unit)',
    ],
    [
      'under additionalProperties',
      { properties: { id: {} }, additionalProperties: AMOUNT },
      { other: { Amount: 1 } },
      'other.(amount)',
    ],
    ['under unevaluatedProperties', { unevaluatedProperties: AMOUNT }, { other: { Amount: 1 } }, 'other.(amount)'],
    [
      'by $ref into $defs',
      { $defs: { a: AMOUNT }, properties: { order: { $ref: '#/$defs/a' } } },
      { order: { Amount: 1 } },
      'order.(amount)',
    ],
    ['by $ref to an anchor', { $defs: { a: { $anchor: 'a', ...AMOUNT } }, $ref: '#a' }, { Amount: 1 }, '(amount)'],
    [
      'by $ref to an $id',
      { $id: 'https://example.com/s', $defs: { a: { $id: 'a', ...AMOUNT } }, $ref: 'a' },
      { Amount: 1 },
      '(amount)',
    ],
    [
      'by $ref of draft 7',
      { $schema: 'http://json-schema.org/draft-07/schema#', definitions: { a: AMOUNT }, $ref: '#/definitions/a' },
      { Amount: 1 },
      '(amount)',
    ],
    [
      'by $dynamicRef',
      { $defs: { a: { $dynamicAnchor: 'a', ...AMOUNT } }, $dynamicRef: '#a' },
      { Amount: 1 },
      '(amount)',
    ],
    [
      'in a schema that refers to itself',
      { properties: { amount: {}, next: { $ref: '#' } } },
      { next: { next: { next: { Amount: 1 } } } },
      'next.next.next.(amount)',
    ],
    [
      'in an unknown dialect',
      { $schema: 'https://example.com/own', $defs: { a: AMOUNT }, properties: { order: { $ref: '#/$defs/a' } } },
      { order: { Amount: 1 } },
      'order.(amount)',
    ],
    [
      'in an unknown dialect, in a nested schema',
      { $defs: { a: AMOUNT }, properties: { order: { $schema: 'https://example.com/own', $ref: '#/$defs/a' } } },
      { order: { Amount: 1 } },
      'order.(amount)',
    ],
    [
      'by a reference of 2019-09',
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        $recursiveAnchor: true,
        ...AMOUNT,
        properties: { ...AMOUNT.properties, order: { $recursiveRef: '#' } },
      },
      { order: { Amount: 1 } },
      'order.(amount)',
    ],
    [
      "beside a part that can't be resolved",
      { allOf: [{ $ref: 'https://example.com/other.json' }, AMOUNT] },
      { Amount: 1 },
      '(amount)',
    ],
    ['in two spellings, and a third is sent', { properties: { id: {}, ID: {} } }, { Id: 1 }, '(id|ID)'],
    [
      'that is also a member of Object.prototype',
      { properties: { __proto__x: {}, constructor: {} } },
      { Constructor: 1 },
      '(constructor)',
    ],
  ])('%s', async (_how, schema, given, expected) => expect(await found(schema, given)).toBe(expected));

  test.each<[string, JsonObject, unknown]>([
    ['in the declared spelling', AMOUNT, { amount: 1 }],
    ['in two declared spellings', { properties: { id: {}, ID: {} } }, { id: 1, ID: 2 }],
    [
      'in two spellings, from two alternatives',
      { anyOf: [{ properties: { id: {} } }, { properties: { ID: {} } }] },
      { id: 1, ID: 2 },
    ],
    ['elsewhere', { properties: { order: AMOUNT } }, { Amount: 1, order: { amount: 1 } }],
    [
      'in a map without declared names',
      { properties: { headers: { type: 'object' } } },
      { headers: { Accept: 1, accept: 2 } },
    ],
    [
      'in rows without declared names',
      { properties: { rows: { items: { type: 'object' } } } },
      { rows: [{ id: 1, ID: 2 }] },
    ],
    ['in a map by pattern', { patternProperties: { '^x-': {} } }, { 'x-a': 1, 'X-A': 2, 'x-A': 3 }],
    [
      'in a map whose pattern only restricts names',
      { patternProperties: { '^amount$': {} }, additionalProperties: false },
      { Amount: 1 },
    ],
    [
      'beside patternProperties, if two other names differ in case',
      { ...AMOUNT, patternProperties: { '^x-': {} } },
      { amount: 1, 'x-a': 1, 'X-A': 2 },
    ],
    ['with another spelling that no reader folds', { properties: { strasse: {} } }, { 'stra\u00dfe': 1, streets: 2 }],
    ['as values', { properties: { by: { enum: ['amount'] } } }, { by: 'Amount' }],
    [
      'in a schema whose keywords have wrong types',
      { properties: 7, allOf: 'x', items: null, required: 'amount', $ref: 5, propertyNames: [] },
      { Amount: [{ amount: 1 }] },
    ],
  ])('accepts names: %s', async (_how, schema, given) => expect(await found(schema, given)).toBeUndefined());
});

describe('without a schema, names are compared with the paths of the config', () => {
  test.each<[string, readonly string[], unknown, string | undefined]>([
    ['the name of a field', ['nationalId'], { NationalID: 1 }, '(nationalId)'],
    ['the name of a nested field', ['customer.nationalId'], { customer: { NationalID: 1 } }, 'customer.(nationalId)'],
    ['a name before the end of a path', ['customer.nationalId'], { Customer: { nationalId: 1 } }, '(customer)'],
    ['in items', ['rows[*].iban'], { rows: [{ iban: 1 }, { IBAN: 1 }] }, 'rows.1.(iban)'],
    ["in another item than the path's", ['rows[1].iban'], { rows: [{ IBAN: 1 }, { iban: 1 }] }, undefined],
    ["in the path's item", ['rows[1].iban'], { rows: [{ iban: 1 }, { IBAN: 1 }] }, 'rows.1.(iban)'],
    ['at any depth', ['**.nationalId'], { a: [{ b: { NATIONALID: 1 } }] }, 'a.0.b.(nationalId)'],
    ['under any key', ['*.iban'], { a: { Iban: 1 } }, 'a.(iban)'],
    [
      'two names in an object on the path',
      ['headers.authorization'],
      { headers: { accept: 1, Accept: 2 } },
      'headers.()',
    ],
    ['two names in an object under a star', ['headers.*'], { headers: { accept: 1, Accept: 2 } }, 'headers.()'],
    [
      'not in an object beside the path',
      ['headers.authorization'],
      { headers: { a: 1 }, rows: [{ id: 1, ID: 2 }] },
      undefined,
    ],
    ['not beneath the field', ['headers'], { headers: { accept: 1, Accept: 2 } }, undefined],
    ['not other names at any depth', ['**.nationalId'], { headers: { accept: 1, Accept: 2 } }, undefined],
    ['the correct name', ['customer.nationalId'], { customer: { nationalId: 1, name: 2 } }, undefined],
  ])('%s', async (_how, paths, given, expected) => expect(await found(undefined, given, paths)).toBe(expected));

  test.each<[string, JsonObject, unknown, string | undefined]>([
    ['a map by pattern', { patternProperties: { '^x-': {} } }, { 'x-a': 1, 'X-A': 2 }, '()'],
    [
      'a map by pattern beside properties',
      { ...AMOUNT, patternProperties: { '^x-': {} } },
      { amount: 1, 'x-a': 1, 'X-A': 2 },
      '()',
    ],
    [
      'a map by pattern in another part of the schema',
      { allOf: [AMOUNT, { patternProperties: { '^x-': {} } }] },
      { amount: 1, 'x-a': 1, 'X-A': 2 },
      '()',
    ],
    [
      'not in properties alone, because their readers accept no other names',
      { ...AMOUNT, patternProperties: {} },
      { amount: 1, 'x-a': 1, 'X-A': 2 },
      undefined,
    ],
    [
      'not in a map by pattern whose names differ in more than case',
      { ...AMOUNT, patternProperties: { '^x-': {} } },
      { amount: 1, 'x-a': 1, 'X-B': 2 },
      undefined,
    ],
  ])('refuses two names that differ only in case under a star: %s', async (_what, schema, given, expected) => {
    expect(await found(schema, given, ['*'])).toBe(expected);
    expect(await found({ properties: { map: schema } }, { map: given }, ['map.*'])).toBe(
      expected === undefined ? undefined : `map.${expected}`,
    );
    // No path leads into the object, so only the upstream reads it.
    expect(await found(schema, given)).toBeUndefined();
  });

  test('compares names on a path with other spellings in a map by pattern', async () => {
    for (const schema of [{ patternProperties: { '^x-': {} } }, { ...AMOUNT, patternProperties: { '^x-': {} } }])
      expect(await found(schema, { 'X-A': 1 }, ['x-a'])).toBe('(x-a)');
  });

  test('accepts a spelling that the schema declares, and no other', async () => {
    const schema = { properties: { id: {}, ID: {} } };
    expect(await found(schema, { ID: 1 }, ['id'])).toBeUndefined();
    expect(await found({ properties: { ID: {} } }, { id: 1 }, ['id'])).toBe('(ID)');
  });

  test('looks for hidden fields in JSON in a string, too', async () => {
    expect(await found(undefined, { payload: JSON.stringify({ NationalID: 1 }) }, [], ['nationalId'])).toBe(
      'payload.(nationalId)',
    );
    expect(
      await found(
        undefined,
        { payload: JSON.stringify([JSON.stringify({ a: { NationalID: 1 } })]) },
        [],
        ['**.nationalId'],
      ),
    ).toBe('payload.0.a.(nationalId)');
    expect(await found(undefined, { payload: JSON.stringify({ NationalID: 1 }) }, [], ['payload.nationalId'])).toBe(
      'payload.(nationalId)',
    );
    expect(await found(undefined, { payload: JSON.stringify({ NationalID: 1 }) }, ['nationalId'])).toBeUndefined();
    expect(await found(undefined, { payload: JSON.stringify({ nationalId: 1 }) }, [], ['nationalId'])).toBeUndefined();
  });
});

describe('the cost', () => {
  /** Steps of one check. */
  async function steps(schema: JsonObject, given: unknown): Promise<number> {
    let spent = 0;
    class Counting extends Walk {
      override spend(count: number): void {
        spent += count;
        super.spend(count);
      }
    }
    const text = JSON.stringify(given);
    const walk = new Counting(text.length, Reach.nowhere);
    await walk.find(JSON.parse(text) as JsonObject, new Declared(schema).root(walk), Reach.nowhere);
    return spent;
  }

  test.each<[string, (n: number) => JsonObject, (n: number) => unknown]>([
    ['many members', () => AMOUNT, (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i]))],
    [
      'many items',
      () => ({ properties: { rows: { items: AMOUNT } } }),
      (n) => ({ rows: Array.from({ length: n }, () => ({ amount: 1 })) }),
    ],
    [
      'many properties',
      (n) => ({ properties: Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, AMOUNT])) }),
      (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, { amount: 1 }])),
    ],
    [
      'alternatives that refer to each other',
      (n) => ({
        $defs: {
          a: { anyOf: Array.from({ length: n }, (_, i) => ({ properties: { [`k${i}`]: { $ref: '#/$defs/a' } } })) },
        },
        $ref: '#/$defs/a',
      }),
      (n) => ({ k0: Array.from({ length: n }, () => ({ k1: { k2: 1 } })) }),
    ],
  ])('grows in proportion to the size: %s', async (_what, schema, given) => {
    const [once, twice] = [await steps(schema(2_000), given(2_000)), await steps(schema(4_000), given(4_000))];
    expect(twice / once).toBeLessThan(2.2);
  });

  test('is bounded for a schema with endless places: the check ends with an error', async () => {
    // Each of the two names leads to another set of schemas: 2^n sets.
    const n = 40;
    const $defs = Object.fromEntries(
      Array.from({ length: n }, (_, i) => [
        `d${i}`,
        {
          properties: {
            a: { $ref: `#/$defs/d${(i + 1) % n}` },
            b: { anyOf: [{ $ref: `#/$defs/d${(i + 1) % n}` }, { $ref: '#/$defs/d0' }] },
          },
        },
      ]),
    );
    let given: JsonObject = {};
    for (let i = 0; i < 100; i++) given = { [i % 3 === 0 ? 'b' : 'a']: given };
    const rows = {
      $defs: {
        ...$defs,
        wide: {
          anyOf: Array.from({ length: 15_000 }, (_, i) => ({ properties: { [`p${i}`]: { $ref: '#/$defs/wide' } } })),
        },
      },
      properties: { rows: { items: { $ref: '#/$defs/d0' } }, wide: { $ref: '#/$defs/wide' } },
    };
    expect(await found(rows, { rows: [given] })).toBeUndefined();
    const deep = JSON.parse('{"p0":'.repeat(100) + '1' + '}'.repeat(100)) as JsonObject;
    expect(await found(rows, { wide: deep })).toBeUndefined();
    const pieces = {
      properties: Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [
          `x${i}`,
          { anyOf: Array.from({ length: 2 }, () => ({ $ref: '#/$defs/big' })), properties: { [`own${i}`]: {} } },
        ]),
      ),
      $defs: { big: { properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`p${i}`, {}])) } },
    };
    await expect(
      found(pieces, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x${i}`, {}]))),
    ).rejects.toThrow(TooMuch);
  });

  test('lets other calls run during a long check', async () => {
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await found(
      { properties: { rows: { items: AMOUNT } } },
      { rows: Array.from({ length: 100_000 }, () => ({ amount: 1 })) },
    );
    over = true;
    // The number depends on the machine.
    expect(turns).toBeGreaterThan(0);
  });
});
