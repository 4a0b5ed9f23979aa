import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Acceptance, loadPatterns } from '../../../proxy/controls/tokenization/schema.ts';

const patterns = await loadPatterns();
const ajv = new Ajv2020({ strict: false, validateFormats: false });

const leaf = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 6 }), fc.integer({ min: -20, max: 20 }), fc.constantFrom('123', 'abc', 'a1'));
const scalar = fc.record(
  {
    type: fc.oneof(fc.constantFrom('string', 'integer', 'number', 'boolean'), fc.constant(['string', 'null']), fc.constant(['integer', 'string'])),
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
const combined = fc.oneof(
  scalar,
  fc.boolean(),
  fc.record({ allOf: fc.array(scalar, { minLength: 1, maxLength: 2 }) }),
  fc.record({ anyOf: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.constant({ $ref: '#/$defs/a' }),
);
const within = fc.oneof(
  combined.map((schema) => ({ schema: { $defs: { a: { maxLength: 3 } }, properties: { k: schema } }, path: ['k'] as const, wrap: (value: unknown) => ({ k: value }) })),
  combined.map((schema) => ({ schema: { $defs: { a: { maxLength: 3 } }, properties: { l: { items: { properties: { k: schema } } } } }, path: ['l', 0, 'k'] as const, wrap: (value: unknown) => ({ l: [{ k: value }] }) })),
  combined.map((schema) => ({ schema: { $defs: { a: { maxLength: 3 } }, patternProperties: { '^k': schema } }, path: ['k1'] as const, wrap: (value: unknown) => ({ k1: value }) })),
  combined.map((schema) => ({ schema: { $defs: { a: { maxLength: 3 } }, properties: { x: {} }, additionalProperties: schema }, path: ['k'] as const, wrap: (value: unknown) => ({ k: value }) })),
  combined.map((schema) => ({ schema: { $defs: { a: { maxLength: 3 } }, prefixItems: [{}, schema], items: false }, path: [1] as const, wrap: (value: unknown) => ['', value] })),
);

describe('whether a schema accepts a value at a place', () => {
  test('is what a validator says', () => {
    fc.assert(
      fc.property(within, leaf, ({ schema, path, wrap }, value) => {
        expect(new Acceptance(schema, patterns).accepts(path, value)).toBe(ajv.validate(schema, wrap(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['email', ['a@b.example', 'Qtk_k1-x@qtk.invalid'], ['a', 'a@', `${'x'.repeat(65)}@b.example`, 'a b@c.example']],
    ['uri', ['https://qtk.invalid/Qtk_k1_x', 'urn:a:b'], ['a b', '//x', 'Qtk_k1_x']],
    ['date', ['2026-02-28'], ['2026-13-01', 'Qtk_k1_x', '28.02.2026']],
    ['date-time', ['2026-02-28T01:02:03Z', '2026-02-28T01:02:03.5+01:00'], ['2026-02-28', '2026-02-28T25:00:00Z']],
    ['ipv4', ['10.0.0.1'], ['10.0.0.256', '10.0.0', '10.0.0.1.']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
    ['x-unknown', ['anything'], []],
  ])('knows the format %s', (format, good, bad) => {
    const schema = new Acceptance({ type: 'string', format });
    for (const text of good) expect(schema.accepts([], text), text).toBe(true);
    for (const text of bad) expect(schema.accepts([], text), text).toBe(false);
  });

  test('a pattern that no linear engine has, and a schema from elsewhere, are left to the upstream', () => {
    expect(new Acceptance({ pattern: '^(?=a)b' }, patterns).accepts([], 'x')).toBe(true);
    expect(new Acceptance({ $ref: 'https://example.com/s' }, patterns).accepts([], 'x')).toBe(true);
  });

  test('a schema that leads to itself, or is nested without end, comes to an end', () => {
    expect(new Acceptance({ $ref: '#' }, patterns).accepts([], 'x')).toBe(true);
  });
});
