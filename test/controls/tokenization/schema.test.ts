/** Tokens that a tool's schema accepts, compared with an independent validator. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../proxy/base/turns.ts';
import { type Candidate, compiled, fitting, type Leaf } from '../../../proxy/controls/tokenization/schema.ts';
import type { JsonValue } from '../../../proxy/json/value.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** A place for one of these values, tried in that order. */
function leafOf(path: readonly (string | number)[], values: readonly (string | number)[], type = 'x'): Leaf<Candidate> {
  return {
    path,
    type,
    // oxlint-disable-next-line eslint/require-yield -- it takes no time here
    *candidate(form) {
      const value = values[form];
      return value === undefined ? undefined : { form, value };
    },
  };
}

async function chosen(
  schema: object,
  value: JsonValue,
  leaves: readonly Leaf<Candidate>[],
): Promise<readonly (string | number | undefined)[]> {
  const ready = await compiled(schema);
  if (ready === undefined) return leaves.map((leaf) => atOnce(leaf.candidate(0))?.value);
  return atOnce(fitting(ready, { value, characters: JSON.stringify(value).length }, leaves)).map(
    (candidate) => candidate?.value,
  );
}

const leaf = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom('123', 'abc', 'a1'),
);
const scalar = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom('string', 'integer', 'number', 'boolean'),
      fc.constant(['string', 'null']),
      fc.constant(['integer', 'string']),
    ),
    minLength: fc.nat(5),
    maxLength: fc.nat(8),
    pattern: fc.constantFrom('^[a-z]+$', '\\d', '^.{2,4}$', '[^0-9]'),
    enum: fc.constant(['abc', 5, 'a1']),
    const: fc.constantFrom('abc', 7),
    minimum: fc.integer({ min: -10, max: 10 }),
    exclusiveMaximum: fc.integer({ min: -10, max: 10 }),
    multipleOf: fc.constantFrom(1, 2, 3),
  },
  { requiredKeys: [] },
);
function conditional(condition: object, one: object, other: object | boolean): object {
  const schemas = [condition, one, other];
  return Object.fromEntries(['if', 'then', 'else'].map((keyword, i) => [keyword, schemas[i]]));
}

const combined = fc.oneof(
  scalar,
  fc.boolean(),
  fc.record({ not: scalar }),
  fc.tuple(scalar, scalar, scalar).map(([condition, one, other]) => conditional(condition, one, other)),
  fc.record({ allOf: fc.array(scalar, { minLength: 1, maxLength: 2 }) }),
  fc.record({ anyOf: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ oneOf: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.constant({ $ref: '#/$defs/a' }),
  fc.constant({ $ref: '#short' }),
);
const $defs = { a: { maxLength: 3, $anchor: 'short' } };
const within = fc.oneof(
  combined.map((schema) => ({
    schema: { $defs, properties: { k: schema } },
    path: ['k'] as const,
    wrap: (value: JsonValue): JsonValue => ({ k: value }),
  })),
  combined.map((schema) => ({
    schema: { $defs, properties: { l: { items: { properties: { k: schema } } } } },
    path: ['l', 0, 'k'] as const,
    wrap: (value: JsonValue): JsonValue => ({ l: [{ k: value }] }),
  })),
  combined.map((schema) => ({
    schema: { $defs, patternProperties: { '^k': schema } },
    path: ['k1'] as const,
    wrap: (value: JsonValue): JsonValue => ({ k1: value }),
  })),
  combined.map((schema) => ({
    schema: { $defs, properties: { x: {} }, additionalProperties: schema },
    path: ['k'] as const,
    wrap: (value: JsonValue): JsonValue => ({ k: value }),
  })),
  combined.map((schema) => ({
    schema: { $defs, prefixItems: [{}, schema], items: false },
    path: [1] as const,
    wrap: (value: JsonValue): JsonValue => ['', value],
  })),
  combined.map((schema) => ({
    schema: {
      $defs,
      ...conditional({ properties: { kind: { const: 'a' } } }, { properties: { k: schema } }, true),
      dependentSchemas: { k: { properties: { k: { maxLength: 7 } } } },
    },
    path: ['k'] as const,
    wrap: (value: JsonValue): JsonValue => ({ kind: 'a', k: value }),
  })),
);

describe('the token chosen by a schema', () => {
  test('is the one that a validator accepts in the whole value, if the original value is valid', async () => {
    let fitted = 0;
    await fc.assert(
      fc.asyncProperty(
        within,
        leaf,
        fc.array(leaf, { minLength: 1, maxLength: 4 }),
        async ({ schema, path, wrap }, value, values) => {
          if (!ajv.validate(schema, wrap(value))) return;
          fitted++;
          expect(await chosen(schema, wrap(value), [leafOf(path, values)])).toEqual([
            values.find((one) => ajv.validate(schema, wrap(one))),
          ]);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(fitted).toBeGreaterThan(400);
  });

  test('is chosen for each of many values separately', async () => {
    const schema = { type: 'array', items: { anyOf: [{ type: 'string', maxLength: 4 }, { type: 'null' }] } };
    const leaves = Array.from({ length: 60 }, (_, i) =>
      leafOf([i], i % 3 === 0 ? ['long enough', 'no'] : ['yes', 'no']),
    );
    expect(
      await chosen(
        schema,
        leaves.map(() => 'abc'),
        leaves,
      ),
    ).toEqual(leaves.map((_, i) => (i % 3 === 0 ? 'no' : 'yes')));
  });

  test('satisfies a rule about two members together', async () => {
    const schema = { not: { properties: { a: { const: 'x' }, b: { const: 'x' } }, required: ['a', 'b'] } };
    expect(await chosen(schema, { a: '1', b: '2' }, [leafOf(['a'], ['x', 'y'])])).toEqual(['x']);
    expect(await chosen(schema, { a: '1', b: 'x' }, [leafOf(['a'], ['x', 'y'])])).toEqual(['y']);
  });

  test('does not depend on violations that the call already had', async () => {
    const schema = { type: 'object', properties: { to: { type: 'string', maxLength: 5 } }, required: ['subject'] };
    expect(await chosen(schema, { to: 'abc' }, [leafOf(['to'], ['too long', 'short'])])).toEqual(['short']);
    expect(await chosen(schema, { to: 'abc' }, [leafOf(['to'], ['fits'])])).toEqual(['fits']);
  });

  test('is undefined if no form is accepted', async () => {
    expect(
      await chosen({ properties: { pin: { pattern: '^\\d{4}$' } } }, { pin: '1234' }, [leafOf(['pin'], ['Qtk_', 'x'])]),
    ).toEqual([undefined]);
  });

  test.each([
    { $schema: 'https://json-schema.org/draft/2019-09/schema', $recursiveAnchor: true, lead: { $recursiveRef: '#' } },
    { $dynamicAnchor: 'node', lead: { $dynamicRef: '#node' } },
  ])('satisfies a schema that refers to itself dynamically: %j', async ({ lead, ...root }) => {
    const schema = { ...root, properties: { child: lead, k: { maxLength: 2 }, lost: { pattern: '(?<=a)b' } } };
    expect(await chosen(schema, { child: { k: 'v' } }, [leafOf(['child', 'k'], ['long', 'ok'])])).toEqual(['ok']);
  });

  test('ignores patterns without a linear engine and schemas from elsewhere, and satisfies the rest', async () => {
    const rest = { properties: { k: { maxLength: 2 } } };
    for (const lost of [
      { pattern: '^(?<a>.)\\k<a>$' },
      { pattern: 'a(?<=b)' },
      { $ref: 'https://example.com/s' },
      { $recursiveRef: '#elsewhere' },
      { patternProperties: { '(?<=a)b': { type: 'string' } }, additionalProperties: false },
    ]) {
      const schema = { properties: { lost, ...rest.properties } };
      expect(
        await chosen(schema, { lost: 'v', k: 'v' }, [leafOf(['lost'], ['x']), leafOf(['k'], ['long', 'ok'])]),
        JSON.stringify(lost),
      ).toEqual(['x', 'ok']);
    }
    expect(
      await chosen({ $schema: 'https://example.com/dialect', ...rest }, { k: 'v' }, [leafOf(['k'], ['long', 'ok'])]),
    ).toEqual(['ok']);
  });

  test.each([
    ['a schema that refers to itself', { $ref: '#' }],
    [
      'one that refers to itself twice',
      { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] } } },
    ],
    [
      'one that doubles at each of 60 levels',
      {
        $ref: '#/$defs/a0',
        $defs: Object.fromEntries(
          Array.from({ length: 61 }, (_, i) => [
            `a${i}`,
            i === 60 ? {} : { allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] },
          ]),
        ),
      },
    ],
  ])('is found for %s', async (_what, schema) => {
    const leaves = Array.from({ length: 200 }, (_, i) => leafOf([`k${i}`], ['x']));
    const value = Object.fromEntries(leaves.map(({ path: [key] }) => [key, 'v']));
    expect(await chosen(schema, value, leaves)).toEqual(leaves.map(() => 'x'));
  });

  test('is found with a bounded number of checks, however many values have none', async () => {
    const schema = await compiled({ type: 'array', items: { pattern: '^\\d+$' } });
    if (schema === undefined) throw new Error('expected a schema');
    let checks = 0;
    const counting = new Proxy(schema, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          checks++;
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    const leaves = Array.from({ length: 2_000 }, (_, i) =>
      leafOf([i], ['a', 'b', 'c', i % 2 === 0 ? '1' : 'd'], i % 2 === 0 ? 'even' : 'odd'),
    );
    const made = atOnce(fitting(counting, { value: leaves.map(() => '5'), characters: 10_000 }, leaves));
    expect(checks).toBeLessThanOrEqual(2 * 32 + 2);
    expect(made.slice(0, 2).map((one) => one?.value)).toEqual(['1', undefined]);
  });

  test('comes from a schema that is compiled once per content', async () => {
    const schema = { type: 'object', properties: { to: { maxLength: 7 } } };
    const first = await compiled(schema);
    expect(compiled(schema)).toBe(first);
    expect(await compiled(structuredClone(schema))).toBe(first);
  });
});
