import { expect, test } from 'vitest';
import { argumentsOf, Unrepresentable } from '../../../proxy/controls/access-policy/values.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('refuses to convert arguments with very many values, because Cedar converts them synchronously', () => {
  expect(argumentsOf({ list: numbers(19_000) }, undefined)).toEqual({ list: numbers(19_000) });
  expect(() => argumentsOf({ list: numbers(20_001) }, undefined)).toThrow(Unrepresentable);
  expect(() => argumentsOf({ a: { b: numbers(15_000) }, c: numbers(15_000) }, undefined)).toThrow(Unrepresentable);
  expect(argumentsOf({ list: numbers(30_000), amount: 1 }, new Set(['amount']))).toEqual({ amount: 1 });
});
