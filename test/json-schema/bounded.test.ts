/** Checks of made-up schemas and values take a limited number of counted steps. */
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonValue } from '../../proxy/json/value.ts';
import { startCounting, stepsOf, stopCounting } from '../linear/steps.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const { TooMuch } = await import('../../proxy/json-schema/faults.ts');
const { loadEngine } = await import('../../proxy/json-schema/patterns.ts');
const { Schema } = await import('../../proxy/json-schema/schema.ts');
afterAll(stopCounting);

const engine = await loadEngine();
const compile = (schema: unknown): InstanceType<typeof Schema> => new Schema(JSON.stringify(schema)).compile(engine);
const size = (value: unknown): number => JSON.stringify(value).length;

/** Steps of our own code; the pattern engine is linear, and an external library. The hardest case takes 6 million. */
const MOST = 12_000_000;

describe('for any schema and value, a check ends soon', () => {
  const nested = (levels: number, wrap: (inner: JsonValue) => JsonValue): JsonValue => {
    let inner: JsonValue = 1;
    for (let i = 0; i < levels; i++) inner = wrap(inner);
    return inner;
  };
  const object = (keys: number): JsonValue => Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 1]));
  const list = (length: number, item: JsonValue): JsonValue => Array.from({ length }, () => item);
  const branch = (key: string): object => ({ properties: { a: { $ref: '#/$defs/a' } }, required: [key] });
  const cases: readonly (readonly [string, unknown, JsonValue])[] = [
    ['a reference to itself', { $ref: '#' }, 1],
    [
      'two branches at each level',
      { $defs: { a: { anyOf: [branch('b'), branch('c')] } }, $ref: '#/$defs/a' },
      nested(128, (inner) => ({ a: inner })),
    ],
    [
      'the deepest value',
      { $defs: { j: { items: { $ref: '#/$defs/j' } } }, $ref: '#/$defs/j' },
      nested(990, (inner) => [inner]),
    ],
    [
      'a chain of references',
      {
        $ref: '#/$defs/0',
        $defs: Object.fromEntries(
          Array.from({ length: 10_000 }, (_, i) => [String(i), i === 9_999 ? {} : { $ref: `#/$defs/${i + 1}` }]),
        ),
      },
      1,
    ],
    ['many schemas for many items', { items: { allOf: Array.from({ length: 19_000 }, () => true) } }, list(10_000, 1)],
    ['a pattern that makes others backtrack', { pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`],
    [
      'a pattern that is hard for a linear engine',
      { pattern: '((a|ab|abc|abcd)*(b|bc|bcd)*){1,50}$' },
      'abcd'.repeat(25_000),
    ],
    [
      'many patterns for many keys',
      { patternProperties: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`^(a|b)*x${i}`, {}])) },
      object(5_000),
    ],
    [
      'items that must differ, repeatedly',
      { allOf: Array.from({ length: 500 }, () => ({ uniqueItems: true })) },
      list(20_000, 1),
    ],
    ['quotients of hundreds of digits', { items: { multipleOf: 1e-300 } }, list(50_000, 1.5e308)],
    [
      'unevaluated members, repeatedly',
      { allOf: Array.from({ length: 300 }, () => ({ unevaluatedProperties: true })), unevaluatedProperties: false },
      object(10_000),
    ],
    [
      'members to be counted, repeatedly',
      { allOf: Array.from({ length: 5_000 }, () => ({ minProperties: 1 })) },
      object(20_000),
    ],
    ['patterns to parse', { items: { format: 'regex' } }, list(300, '[\\P{L}]'.repeat(500))],
    ['a pattern of many megabytes', { format: 'regex' }, '[\\P{L}]'.repeat(500_000)],
    [
      'properties of every kind',
      { items: { format: 'regex' } },
      list(
        30,
        ['L', 'Lu', 'Script=Greek', 'scx=Latn', 'ASCII', 'gc=Nd', 'Emoji', 'No_Such']
          .map((name) => `\\p{${name}}[^\\P{${name}}]`)
          .join('')
          .repeat(30),
      ),
    ],
    ['an invalid template', { format: 'uri-template' }, `{${'a.'.repeat(500_000)}{`],
    ['templates that begin repeatedly', { format: 'uri-template' }, '{a,'.repeat(300_000)],
    [
      'encoded host names',
      { items: { allOf: Array.from({ length: 20 }, () => ({ format: 'idn-hostname' })) } },
      list(2_000, `${'xn--ihqwcrb4cv8a8dqg056pqjye.'.repeat(8)}xn--ihqwcrb`),
    ],
    [
      'host names with many labels',
      { items: { allOf: Array.from({ length: 20 }, () => ({ format: 'idn-email' })) } },
      list(2_000, `a@${'é.'.repeat(120)}a`),
    ],
    ['repeated group names', { items: { format: 'regex' } }, list(100, `${'(?<a>a)|'.repeat(500)}b`)],
    [
      'branches for each item',
      { items: { oneOf: Array.from({ length: 5_000 }, (_, i) => ({ const: i })) } },
      list(3_000, -1),
    ],
  ];

  test.each(cases)('%s', async (_name, root, candidate) => {
    const compiled = compile(root);
    const check = async (): Promise<void> => {
      try {
        if (!compiled.fits(candidate, size(candidate))) compiled.failures(candidate, size(candidate));
      } catch (error) {
        expect(error).toBeInstanceOf(TooMuch);
      }
    };
    expect(await stepsOf(check)).toBeLessThan(MOST);
  });
});
