import { Validator } from '@cfworker/json-schema';
import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../proxy/base/turns.ts';
import { SchemaFault, TooMuch } from '../../proxy/json-schema/faults.ts';
import { wordsOf } from '../../proxy/json-schema/message.ts';
import { loadEngine } from '../../proxy/json-schema/patterns.ts';
import { Progress } from '../../proxy/json-schema/progress.ts';
import { Schema } from '../../proxy/json-schema/schema.ts';
import type { JsonValue } from '../../proxy/json/value.ts';

const engine = await loadEngine();
const compile = (schema: unknown): Schema => new Schema(JSON.stringify(schema)).compile(engine);
const size = (value: unknown): number => JSON.stringify(value).length;
const wrong = (schema: unknown, value: JsonValue): string => wordsOf(compile(schema).failures(value, size(value)));

const NAMES: Readonly<Record<number, string>> = {
  4: 'http://json-schema.org/draft-04/schema#',
  6: 'http://json-schema.org/draft-06/schema#',
  7: 'http://json-schema.org/draft-07/schema#',
  8: 'https://json-schema.org/draft/2019-09/schema',
  9: 'https://json-schema.org/draft/2020-12/schema',
};

describe('a schema', () => {
  test.each([
    ['a list instead of an object', { type: 'object' }, [], 'arguments: expected an object, got a list'],
    [
      'several types',
      { properties: { a: { type: ['string', 'null'] } } },
      { a: 1 },
      'a: expected a string or null, got a number',
    ],
    [
      'the branch that fits best',
      {
        properties: { a: { anyOf: [{ type: 'string' }, { type: 'object', properties: { b: { type: 'integer' } } }] } },
      },
      { a: { b: 'x' } },
      'a.b: expected an integer, got a string',
    ],
    [
      'branches that do not fit at all',
      { properties: { a: { oneOf: [{ type: 'string' }, { type: 'integer' }] } } },
      { a: true },
      'a: expected a string, or an integer, got a boolean',
    ],
    [
      'too few and too many',
      { properties: { a: { minItems: 2 }, b: { maxLength: 3 } } },
      { a: [1], b: 'long' },
      'a: expected at least 2 items, got a list\nb: expected at most 3 characters, got a string',
    ],
    ['what depends on another', { dependentRequired: { a: ['b'] } }, { a: 1 }, 'b: expected a value, got nothing'],
    [
      'a key with other characters',
      { additionalProperties: { type: 'string' } },
      { 'a b': 1 },
      '["a b"]: expected a string, got a number',
    ],
    ['a constant', { properties: { kind: { const: 'x' } } }, { kind: 'y' }, 'kind: expected "x", got a string'],
    [
      'a reference',
      { $defs: { id: { type: 'string', format: 'uuid' } }, properties: { id: { $ref: '#/$defs/id' } } },
      { id: 'secret' },
      'id: expected a UUID, got a string',
    ],
    [
      'a value that nothing else allows',
      { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
      { a: 1, b: 2 },
      'b: expected nothing here, got a number',
    ],
  ] as const)('says what to correct: %s', (_name, schema, value, words) => {
    expect(wrong(schema, value as JsonValue)).toBe(words);
  });

  test('ignores unknown keywords, as the specification requires', () => {
    expect(
      compile({
        'x-unknown': { type: 7 },
        nullable: true,
        discriminator: {},
        properties: { a: { format: 'made-up', 'x-mcp-header': 'A' } },
      }).fits({ a: 'x' }, 9),
    ).toBe(true);
  });

  test.each([
    [{ type: 'text' }, 'type: expected one of the seven types'],
    [{ properties: [] }, 'properties: expected an object'],
    [{ minLength: -1 }, 'minLength: expected a whole number'],
    [{ items: 'string' }, 'items: expected a schema'],
    [{ $ref: '#/nowhere' }, 'expected a reference to a schema, got one to another value'],
    [
      { $ref: 'https://json-schema.org/draft/2020-12/schema' },
      'expected references within the schema, got one to another document, which is not fetched',
    ],
    [
      { $ref: 'file:///etc/passwd' },
      'expected references within the schema, got one to another document, which is not fetched',
    ],
    [
      { $schema: 'https://example.com/dialect' },
      'expected $schema to name draft 4, 6, 7, 2019-09 or 2020-12, got another',
    ],
    [{ pattern: '(?<=a)b' }, 'expected a pattern that RE2 supports (no look-around or back-references), got another'],
    [{ pattern: '(' }, 'expected a pattern that RE2 supports (no look-around or back-references), got another'],
    [{ multipleOf: 0 }, 'multipleOf: expected a number above 0'],
    [{ $schema: 7 }, 'expected $schema to name draft 4, 6, 7, 2019-09 or 2020-12, got another'],
    [{ prefixItems: { type: 'string' } }, 'prefixItems: expected a list of schemas'],
    [{ prefixItems: null }, 'prefixItems: expected a list of schemas'],
    [{ prefixItems: [{}], items: [{}] }, 'items: expected a schema'],
    [{ uniqueItems: 'yes' }, 'uniqueItems: expected true or false'],
    [{ $recursiveRef: '#/$defs/a', $defs: { a: {} } }, '$recursiveRef: expected "#"'],
    [{ $schema: NAMES[9], items: [{}] }, 'items: expected a schema'],
    [{ $schema: NAMES[7], minimum: 1, exclusiveMinimum: true }, 'exclusiveMinimum: expected a number'],
    [{ $schema: NAMES[4], exclusiveMaximum: 3 }, 'exclusiveMaximum: expected true or false'],
    [
      { properties: { a: { $schema: 'https://example.com/dialect' } } },
      'expected $schema to name draft 4, 6, 7, 2019-09 or 2020-12, got another',
    ],
    [{ $ref: '#/prefixItems/', prefixItems: [{}] }, 'expected a reference to a schema, got one to another value'],
    [{ $ref: '#/$defs/__proto__', $defs: {} }, 'expected a reference to a schema, got one to another value'],
  ])('that is invalid or cannot be checked reports that: %j', (schema, fault) => {
    expect(() => compile(schema)).toThrow(fault);
  });

  test.each([
    [
      'its `id` until draft 6',
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        id: 'http://e.example/r',
        properties: {
          a: { $ref: 'http://e.example/r#/definitions/x' },
          b: { $ref: '#foo' },
          c: { $ref: 'inner' },
          id: { type: 'string' },
        },
        definitions: { x: { type: 'string' }, y: { id: '#foo', type: 'integer' }, z: { id: 'inner', type: 'boolean' } },
      },
    ],
    [
      'its `$id` after that',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: 'http://e.example/r',
        properties: {
          a: { $ref: 'http://e.example/r#/definitions/x' },
          b: { $ref: '#foo' },
          c: { $ref: 'inner' },
          id: { type: 'string' },
        },
        definitions: {
          x: { type: 'string' },
          y: { $id: '#foo', type: 'integer' },
          z: { $id: 'inner', type: 'boolean' },
        },
      },
    ],
  ])('is recognised by %s', (_name, root) => {
    const compiled = compile(root);
    const given = (value: JsonValue): boolean => compiled.fits(value, size(value));
    expect(given({ a: 'x', b: 1, c: true, id: 'x' })).toBe(true);
    for (const value of [{ a: 1 }, { b: 'x' }, { c: 'x' }, { id: 1 }]) expect(given(value)).toBe(false);
  });

  test.each(['http://json-schema.org/schema#', 'https://json-schema.org/schema'])(
    'that names the newest dialect (%s) is read as 2020-12',
    ($schema) => {
      const compiled = compile({
        $schema,
        $defs: { a: { type: 'string' } },
        prefixItems: [{ $ref: '#/$defs/a', minLength: 2 }],
      });
      expect([compiled.fits(['ab'], 6), compiled.fits(['a'], 5), compiled.fits([1], 3)]).toEqual([true, false, false]);
    },
  );

  // Each value is one that the keyword refuses.
  test.each<readonly [keyword: string, from: number, to: number, schema: object, refused: JsonValue]>([
    ['const', 6, 9, { const: 1 }, 2],
    ['contains', 6, 9, { contains: false }, [1]],
    ['propertyNames', 6, 9, { propertyNames: false }, { a: 1 }],
    ['if', 7, 9, { if: false, else: false }, 1],
    ['dependencies', 4, 9, { dependencies: { a: ['b'] } }, { a: 1 }],
    ['dependentRequired', 8, 9, { dependentRequired: { a: ['b'] } }, { a: 1 }],
    ['dependentSchemas', 8, 9, { dependentSchemas: { a: false } }, { a: 1 }],
    ['minContains', 8, 9, { contains: true, minContains: 2 }, [1]],
    ['unevaluatedProperties', 8, 9, { unevaluatedProperties: false }, { a: 1 }],
    ['unevaluatedItems', 8, 9, { unevaluatedItems: false }, [1]],
    ['prefixItems', 9, 9, { prefixItems: [false] }, [1]],
    ['additionalItems', 4, 8, { items: [{}], additionalItems: false }, [1, 2]],
    ['a boolean exclusiveMinimum', 4, 4, { minimum: 1, exclusiveMinimum: true }, 1],
    ['a number as exclusiveMinimum', 6, 9, { exclusiveMinimum: 1 }, 1],
    [
      '$recursiveRef',
      8,
      8,
      { $recursiveAnchor: true, properties: { a: { $recursiveRef: '#' } }, additionalProperties: false },
      { a: { b: 1 } },
    ],
    [
      '$dynamicRef',
      9,
      9,
      { $dynamicAnchor: 'n', properties: { a: { $dynamicRef: '#n' } }, additionalProperties: false },
      { a: { b: 1 } },
    ],
    ['a keyword next to $ref', 8, 9, { $ref: '#/definitions/a', type: 'string', definitions: { a: {} } }, 1],
  ])('has %s in the drafts %i to %i, whether it names its draft or not', (_name, from, to, schema, refused) => {
    const answers = [4, 6, 7, 8, 9].map((draft) => {
      try {
        return compile({ $schema: NAMES[draft], ...schema }).fits(refused, size(refused)) ? 'fits' : draft;
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaFault);
        return 'refused';
      }
    });
    expect(answers.filter((answer) => typeof answer === 'number')).toEqual(
      [4, 6, 7, 8, 9].filter((draft) => draft >= from && draft <= to),
    );
    expect(compile(schema).fits(refused, size(refused))).toBe(false);
  });

  test.each<readonly [what: string, schema: object, value: JsonValue, fits: boolean]>([
    [
      '$recursiveRef refers to the outermost schema with $recursiveAnchor',
      { $recursiveAnchor: true },
      { x: 1, child: {} },
      false,
    ],
    [
      '$recursiveRef refers to the outermost schema with $recursiveAnchor',
      { $recursiveAnchor: true },
      { x: 1, child: { x: 1 } },
      true,
    ],
    ['$recursiveRef stays in its own document if that has no anchor', {}, { x: 1, child: {} }, true],
  ])('of 2019-09: %s: %j, %j', (_what, anchor, value, fits) => {
    const tree = { $id: 'tree', ...anchor, type: 'object', properties: { child: { $recursiveRef: '#' } } };
    expect(
      compile({
        $schema: NAMES[8],
        $id: 'http://e.example/outer',
        $recursiveAnchor: true,
        $ref: 'tree',
        required: ['x'],
        $defs: { tree },
      }).fits(value, size(value)),
    ).toBe(fits);
  });

  test('of 2019-09 has $recursiveAnchor only at its root', () => {
    const compiled = compile({
      $schema: NAMES[8],
      required: ['a'],
      properties: { a: { $recursiveAnchor: true, properties: { b: { $recursiveRef: '#' } } } },
    });
    expect([compiled.fits({ a: { b: { a: 1 } } }, 19), compiled.fits({ a: { b: {} } }, 14)]).toEqual([true, false]);
  });

  test('evaluates items by `contains` since 2020-12, and not before', () => {
    const fits = [8, 9].map((draft) =>
      compile({ $schema: NAMES[draft], contains: { const: 1 }, unevaluatedItems: false }).fits([1], 3),
    );
    expect(fits).toEqual([false, true]);
  });

  test('inside another one is read by its own dialect', () => {
    const old = { type: 'object', properties: { a: { $ref: '#/definitions/a', type: 'string' } }, const: 7 };
    const compiled = compile({
      definitions: { a: {} },
      properties: {
        old: { $schema: NAMES[4], ...old },
        newer: {
          $id: 'urn:x:newer',
          $schema: NAMES[9],
          type: 'object',
          $ref: '#/$defs/b',
          $defs: { b: { required: ['b'] } },
        },
      },
    });
    const given = (value: JsonValue): boolean => compiled.fits(value, size(value));
    expect([given({ old: { a: 1 } }), given({ old: [] }), given({ newer: { b: 1 } }), given({ newer: {} })]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    // If nothing is checked by a schema, its dialect does not matter.
    expect(compile({ $defs: { a: { $schema: 'https://example.com/dialect' } } }).fits(1, 1)).toBe(true);
  });

  test('that a reference finds in an unusual place is known before it is compiled, with its patterns and its anchors', () => {
    const compiled = new Schema(
      JSON.stringify({
        $ref: '#/x-defs/a',
        'x-defs': { a: { properties: { a: { $ref: '#/x-other/b' }, c: { $ref: '#c' } } } },
        'x-other': { b: { pattern: '^b$', not: { $anchor: 'c', type: 'string' } } },
      }),
    );
    expect(compiled.references.patterns).toBe(true);
    expect(compiled.compile(engine).fits({ c: 1 }, 7)).toBe(false);
  });

  test('nested too deeply, too large, or with too many schemas is refused before it costs anything', () => {
    expect(() => new Schema(`${'{"not":'.repeat(500)}{}${'}'.repeat(500)}`)).toThrow(
      'expected at most 128 levels of schemas, got more',
    );
    expect(() => new Schema(JSON.stringify({ description: 'x'.repeat(2 ** 20) }))).toThrow(
      'expected a schema of at most',
    );
    expect(() => compile({ anyOf: Array.from({ length: 20_001 }, () => ({})) })).toThrow(
      'expected at most 20000 schemas',
    );
    expect(() =>
      compile({ allOf: Array.from({ length: 500 }, (_, i) => ({ pattern: `(a{1,500}b){1}${i}` })) }),
    ).toThrow('patterns that are too large together');
  });
});

/** Undefined: the oracle failed (for some schemas with `unevaluatedItems`, Ajv writes invalid code). */
function answer(oracle: () => boolean): boolean | undefined {
  try {
    return oracle();
  } catch {
    return undefined;
  }
}

/** Schemas and values that fit each other, or nearly. */
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -5, max: 5 }),
  fc.constantFrom('', 'a', 'ab', 'abc', '🙂', '2026-01-31', 'x@y.example', 'A1'),
);
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const schema = fc.letrec<{ schema: unknown }>((tie) => {
  const small = fc.nat({ max: 3 });
  const inner = tie('schema');
  const optional = { requiredKeys: [] as [] };
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean'),
          minLength: small,
          maxLength: small,
          minimum: small,
          exclusiveMaximum: small,
          pattern: fc.constantFrom('^a', 'b$', '^[a-c]*$', '\\d', '^(?=.*[A-Z])(?=.*\\d).+$', '^.{1,2}$'),
        },
        optional,
      ),
      fc.record(
        {
          enum: fc.uniqueArray(value, {
            minLength: 1,
            maxLength: 3,
            comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b),
          }),
        },
        optional,
      ),
      fc.record(
        {
          properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), inner, { maxKeys: 3 }),
          required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
          additionalProperties: inner,
          patternProperties: fc.record({ '^[ab]$': inner }),
          minProperties: small,
          propertyNames: inner,
        },
        optional,
      ),
      fc.record(
        {
          prefixItems: fc.array(inner, { minLength: 1, maxLength: 2 }),
          items: inner,
          contains: inner,
          minItems: small,
          maxItems: small,
          uniqueItems: fc.boolean(),
        },
        optional,
      ),
      fc.record(
        {
          allOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
          anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
          oneOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
          ...Object.fromEntries(
            ['not', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems'].map((keyword) => [
              keyword,
              inner,
            ]),
          ),
          $ref: fc.constant('#/$defs/d'),
        },
        optional,
      ),
    ),
  };
}).schema;

test('agrees with Ajv and with @cfworker/json-schema, wherever those two agree, on schemas and values of every kind', () => {
  const ajv = new Ajv.default({ strict: false });
  const counted = { fitting: 0, not: 0, disputed: 0 };
  fc.assert(
    fc.property(schema, schema, fc.array(value, { minLength: 4, maxLength: 10 }), (root, d, values) => {
      const whole =
        typeof root === 'boolean'
          ? root
          : { ...(root as object), $defs: { d: typeof d === 'object' && JSON.stringify(d).includes('$ref') ? {} : d } };
      const one = ajv.compile(whole as object);
      const other = new Validator(structuredClone(whole), '2020-12');
      const ours = compile(whole);
      for (const candidate of values) {
        const fits = ours.fits(candidate, size(candidate));
        const expected = answer(() => one(candidate));
        if (expected !== other.validate(candidate).valid) {
          counted.disputed++;
          continue;
        }
        counted[fits ? 'fitting' : 'not']++;
        expect(fits).toBe(expected);
        // The check that explains agrees with the one that decides.
        if (!fits) expect(ours.failures(candidate, size(candidate)).length).toBeGreaterThan(0);
      }
      ajv.removeSchema();
    }),
    { numRuns: 400 },
  );
  expect(Math.min(counted.fitting, counted.not)).toBeGreaterThan(100);
  expect(counted.disputed).toBeLessThan(counted.fitting + counted.not);
});

test('repeats no value that it refuses', () => {
  fc.assert(
    fc.property(
      schema,
      fc.dictionary(
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom<JsonValue>('SECRET-1', ['SECRET-2'], { a: 'SECRET-3' }),
        { maxKeys: 3 },
      ),
      (root, candidate) => {
        const ours = compile(typeof root === 'boolean' ? root : { ...(root as object), $defs: { d: {} } });
        if (!ours.fits(candidate, size(candidate)))
          expect(wordsOf(ours.failures(candidate, size(candidate)))).not.toContain('SECRET');
      },
    ),
  );
});

test.each([
  '^[\\p{L}\\d]+$',
  '\\P{Script=Greek}',
  '(?<year>\\d{4})',
  'a{2}',
  '\\\\pL',
  '[^]',
  '',
  '\\u{1F600}',
  '[\\p{L}-]',
])('format regex accepts %s', (pattern) => {
  expect(compile({ format: 'regex' }).fits(pattern, size(pattern))).toBe(true);
});
test.each([
  '(',
  '[a',
  '\\p{Nope}',
  '\\p{Lu',
  '\\pL',
  '[\\p{L}-z]',
  '\\Z',
  'a{2}{3}',
  '(?<a>.)(?<a>.)',
  '\\1',
  'a'.repeat(4_097),
])('format regex refuses %s', (pattern) => {
  expect(compile({ format: 'regex' }).fits(pattern, size(pattern))).toBe(false);
});

test.each(['', 'a{b}', '{a,b*,c:3}', '{?a.b,c}', '{+%61b}/{#x}', '{a:9999}'])(
  'format uri-template takes %j',
  (template) => {
    expect(compile({ format: 'uri-template' }).fits(template, size(template))).toBe(true);
  },
);
test.each(['{}', '{a,}', '{+}', '{a:0}', '{a:10000}', '{a**}', '{a:3*}', '{.a.}', '{a..b}', '{%6}', '{a', 'a}'])(
  'format uri-template refuses %j',
  (template) => {
    expect(compile({ format: 'uri-template' }).fits(template, size(template))).toBe(false);
  },
);

test.each(['example.com', 'r3---sn.example', 'xn--ihqwcrb4cv8a8dqg056pqjye', 'XN--IHQWCRB4CV8A8DQG056PQJYE'])(
  'format hostname accepts %s',
  (name) => {
    expect([
      compile({ format: 'hostname' }).fits(name, size(name)),
      compile({ format: 'idn-hostname' }).fits(name, size(name)),
    ]).toEqual([true, true]);
  },
);
test.each(['xn--X', 'xn--7a-', 'xn---9uc', 'xn--al-0ea', 'a..b', `${'a'.repeat(63)}.`.repeat(4), '-a', 'a_b'])(
  'format hostname refuses %s',
  (name) => {
    expect([
      compile({ format: 'hostname' }).fits(name, size(name)),
      compile({ format: 'idn-hostname' }).fits(name, size(name)),
    ]).toEqual([false, false]);
  },
);

test.each([
  'l\u00b7l',
  '\u03b1\u0375\u03b2',
  '\u05d0\u05f3\u05d1',
  '\u0628\u0660\u0628',
  '\u30fb\u3041',
  'a\u3002\u6f22',
])('format idn-hostname accepts %j', (name) => {
  expect([
    compile({ format: 'idn-hostname' }).fits(name, size(name)),
    compile({ format: 'hostname' }).fits(name, size(name)),
  ]).toEqual([true, false]);
});
test.each([
  'a\u00b7l',
  'l\u00b7a',
  '\u00b7l',
  'l\u00b7',
  '\u03b1\u0375S',
  '\u03b1\u0375',
  'A\u05f3\u05d1',
  '\u05f3\u05d1',
  'A\u05f4\u05d1',
  '\u0628\u0660\u06f0',
  '\u06f0\u0660',
  'def\u30fbabc',
  '\u0628\u0640\u0628',
  '\u3031\u4e00',
  '\u0903hello',
  '\u00e4b--c',
])('format idn-hostname refuses %j', (name) => {
  expect(compile({ format: 'idn-hostname' }).fits(name, size(name))).toBe(false);
});

test('names that every JavaScript object has are ordinary names', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const strict = new Schema(
    `{"properties":{${names.map((name) => `"${name}":{"type":"string"}`).join()}},"required":${JSON.stringify(names)},"additionalProperties":false}`,
  ).compile(engine);
  const given = (text: string): boolean => strict.fits(JSON.parse(text) as JsonValue, text.length);
  expect(given(`{${names.map((name) => `"${name}":"x"`).join()}}`)).toBe(true);
  expect(given('{}')).toBe(false);
  expect(given(`{${names.map((name) => `"${name}":{}`).join()}}`)).toBe(false);
  expect(
    compile({ properties: { a: {} }, additionalProperties: false }).fits(JSON.parse('{"__proto__":1}') as JsonValue, 9),
  ).toBe(false);
});

describe('a check that pauses', () => {
  /** Pauses where it is told to, but not for ever. */
  const stopping = (stops: readonly number[]): { progress: Progress; stopped: () => number } => {
    let [at, count, stopped] = [0, 0, 0];
    const isOver = (): boolean => {
      if (at >= stops.length || ++count <= (stops[at] ?? 0)) return false;
      count = 0;
      at++;
      stopped++;
      return true;
    };
    return { progress: new Progress(isOver), stopped: () => stopped };
  };
  const many = fc.oneof(
    fc.array(value, { minLength: 0, maxLength: 200, size: 'max' }),
    fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200, size: 'max' }),
    fc.dictionary(fc.string({ maxLength: 3 }), value, { maxKeys: 100, size: 'max', noNullPrototype: true }),
    value,
  );

  test('gives the same result as without pauses', () => {
    let stops = 0;
    fc.assert(
      fc.property(
        schema,
        schema,
        many,
        fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 30 }),
        (root, d, given, where) => {
          const whole = typeof root === 'boolean' ? root : { ...(root as object), $defs: { d } };
          let compiled: Schema;
          try {
            compiled = compile(whole);
          } catch {
            return;
          }
          const { progress, stopped } = stopping(where);
          const said = (check: () => boolean): unknown => {
            try {
              return check();
            } catch (error) {
              if (error instanceof TooMuch) return 'too much';
              throw error;
            }
          };
          expect(said(() => atOnce(compiled.fitsInTurns(given, size(given), undefined, progress)))).toBe(
            said(() => compiled.fits(given, size(given))),
          );
          stops += stopped();
        },
      ),
      { numRuns: 8000 },
    );
    expect(stops).toBeGreaterThan(300);
  });

  const counted = { $ref: '#/$defs/counted' };
  test.each<readonly [what: string, schema: object, value: JsonValue, fits: boolean]>([
    ['items that differ', { allOf: [{ uniqueItems: true }, { uniqueItems: true }] }, [1, 2], true],
    [
      'too many of a kind',
      { allOf: [counted, counted], $defs: { counted: { contains: true, maxContains: 1 } } },
      [1],
      true,
    ],
    [
      'too few of a kind',
      { anyOf: [counted, counted], $defs: { counted: { contains: true, minContains: 2 } } },
      [1],
      false,
    ],
  ])('counts from the start if it checks a short list again: %s', (_what, root, given, fits) => {
    const compiled = compile(root);
    expect([compiled.fits(given, size(given)), atOnce(compiled.fitsInTurns(given, size(given)))]).toEqual([fits, fits]);
  });
  test('counts from the start if it checks a short list again: after a pause behind it', () => {
    const { progress, stopped } = stopping([0, 0, 0, 1, 0]);
    expect(
      atOnce(
        compile({ prefixItems: [{ uniqueItems: true }], contains: true }).fitsInTurns([[0]], 5, undefined, progress),
      ),
    ).toBe(true);
    expect(stopped()).toBe(5);
  });

  test.each([
    ['items', { items: { type: 'integer', minimum: 0 } }, Array.from({ length: 3_000 }, (_, i) => i)],
    [
      'lists within lists',
      { items: { items: { type: 'integer' } } },
      Array.from({ length: 100 }, () => Array.from({ length: 30 }, (_, i) => i)),
    ],
    [
      'one of several forms',
      { items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      Array.from({ length: 3_000 }, (_, i) => i),
    ],
    ['items that differ', { uniqueItems: true }, Array.from({ length: 3_000 }, (_, i) => `${i}`)],
    ['items of a kind', { contains: { const: 2_999 }, maxContains: 1 }, Array.from({ length: 3_000 }, (_, i) => i)],
    [
      'members',
      { additionalProperties: { type: 'integer' }, propertyNames: { maxLength: 6 } },
      Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`k${i}`, i])),
    ],
  ] as const)('checks each part about once, however often it pauses: %s', (_name, schema, value) => {
    let looked = 0;
    const compiled = compile(schema);
    const progress = new Progress(() => ++looked % 101 === 0);
    expect(atOnce(compiled.fitsInTurns(value as JsonValue, size(value), undefined, progress))).toBe(true);
    expect(looked).toBeGreaterThanOrEqual(3_000);
    expect(looked).toBeLessThan(4_500);
  });
});
