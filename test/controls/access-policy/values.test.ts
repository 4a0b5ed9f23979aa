import { expect, test } from 'vitest';
import { argumentsOf, Unrepresentable } from '../../../proxy/controls/access-policy/values.ts';
import { decimalOf } from '../../../proxy/json-schema/decimal.ts';
import type { JsonValue } from '../../../proxy/json/value.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('refuses to convert arguments with very many values, because Cedar converts them synchronously', () => {
  expect(argumentsOf({ list: numbers(19_000) }, undefined)).toEqual({ list: numbers(19_000) });
  expect(() => argumentsOf({ list: numbers(20_001) }, undefined)).toThrow(Unrepresentable);
  expect(() => argumentsOf({ a: { b: numbers(15_000) }, c: numbers(15_000) }, undefined)).toThrow(Unrepresentable);
  expect(argumentsOf({ list: numbers(30_000), amount: 1 }, new Set(['amount']))).toEqual({ amount: 1 });
});

const decimal = (arg: string) => ({ __extn: { fn: 'decimal', arg } });
const something = (id: string) => ({ __entity: { type: 'Json', id } });
const converted = (value: JsonValue) => argumentsOf({ value }, undefined)['value'];
/** As if the text of the arguments had these digits. */
const withDigits = (value: number, text: string) =>
  argumentsOf({ list: [0, value] }, undefined, {
    at: (path) => (JSON.stringify(path) === '["list",1]' ? decimalOf(text) : undefined),
  })['list'];

test.each<[JsonValue, unknown]>([
  ['text', 'text'],
  [true, true],
  [false, false],
  [null, something('null')],
  [7, 7],
  [-7, -7],
  [9007199254740991, 9007199254740991],
  [9007199254740992, something('number 9007199254740992')],
  [1.5, decimal('1.5')],
  [-0.0001, decimal('-0.0001')],
  [12345678901.5678, decimal('12345678901.5678')],
  [0.00001, something('number 0.00001')],
  [1e-7, something('number 1e-7')],
  [1e300, something('number 1e+300')],
  [
    [1, [null, 'a']],
    [1, [something('null'), 'a']],
  ],
  [
    { a: { b: 1.5 }, c: [] },
    { a: { b: decimal('1.5') }, c: [] },
  ],
])('converts %j', (value, to) => {
  expect(converted(value)).toEqual(to);
});

test('converts minus zero to zero', () => {
  expect(Object.is(converted(-0), 0)).toBe(true);
});

test.each<[text: string, value: number, to: unknown]>([
  ['1000.00000000000000001', 1000, something('number 100000000000000000001e-17')],
  ['12345678901234.5678', 12345678901234.568, decimal('12345678901234.5678')],
  ['-12345678901234.5678', -12345678901234.568, decimal('-12345678901234.5678')],
  ['-12345678901234.5678', 12345678901234.568, decimal('-12345678901234.5678')],
  ['0.0001', 0.0001, decimal('0.0001')],
  ['-0.0123', -0.0123, decimal('-0.0123')],
  ['0.00001', 0.00001, something('number 1e-5')],
  ['123456789012345.678', 123456789012345.67, something('number 123456789012345678e-3')],
  ['9007199254740993', 9007199254740992, something('number 9007199254740993e0')],
  ['9007199254740993e3', 9007199254740993000, something('number 9007199254740993e3')],
  ['1234567e3', 1234567000, something('number 1234567e3')],
  ['5', 6, 6],
])('converts the digits %s, if they are those of the number %d', (text, value, to) => {
  expect(withDigits(value, text)).toEqual([0, to]);
});

test('refuses a number of too many digits', () => {
  expect(withDigits(Infinity, '9'.repeat(998))).toEqual([0, something(`number ${'9'.repeat(998)}e0`)]);
  expect(() => withDigits(Infinity, '9'.repeat(999))).toThrow(refused('a number of too many digits'));
});

test.each(['__entity', '__extn', '__expr', 'half \ud83d'])('refuses the key %j, wherever it is', (key) => {
  expect(() => argumentsOf({ [key]: 1 }, undefined)).toThrow(refused('a key that has another meaning in Cedar'));
  expect(() => converted([{ [key]: 1 }])).toThrow(refused('a key that has another meaning in Cedar'));
});

test('refuses a text with half a character', () => {
  expect(() => converted('half \ud83d')).toThrow(refused('a text with half a character'));
  expect(converted('whole \u{1f600}')).toBe('whole \u{1f600}');
});

test('converts 32 levels, and refuses more', () => {
  const nested = (levels: number): JsonValue => (levels === 0 ? 1 : [nested(levels - 1)]);
  expect(JSON.stringify(converted(nested(31)))).toBe(JSON.stringify(nested(31)));
  expect(() => converted(nested(32))).toThrow(refused('nested more than 32 levels'));
});

test('converts 20,000 values, and refuses more', () => {
  expect(converted(numbers(19_999))).toHaveLength(19_999);
  expect(() => converted(numbers(20_000))).toThrow(refused('more than 20000 values'));
});

test('converts only what rules read, and no inherited member', () => {
  expect(argumentsOf({ a: 1, b: 2 }, new Set(['b', 'missing', 'toString']))).toEqual({ b: 2 });
  expect(argumentsOf({ a: undefined, b: { c: undefined, d: 1 } }, undefined)).toEqual({ b: { d: 1 } });
});

test('keeps a member called __proto__ as such', () => {
  const made = argumentsOf({ a: JSON.parse('{"__proto__":{"b":1}}') as JsonValue }, undefined);
  expect(JSON.stringify(made)).toBe('{"a":{"__proto__":{"b":1}}}');
});

function refused(message: string): unknown {
  return expect.objectContaining({ constructor: Unrepresentable, message });
}
