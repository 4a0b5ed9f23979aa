import { expect, it } from 'vitest';
import { catalogue, questions } from './catalogue.ts';

it('has 1,000 tools with names of their own, and asks for tools that it has', () => {
  const names = new Set(catalogue().map(({ name }) => name));
  expect(names.size).toBe(1_000);
  const asked = questions();
  expect(asked.length).toBeGreaterThanOrEqual(200);
  expect(asked.filter(({ tool }) => !names.has(tool))).toEqual([]);
  expect(new Set(asked.map(({ text }) => text)).size).toBe(asked.length);
});
