/** The rules find what they are there for, and raise few false alarms; docs/control-tool-lock.md has the figures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { measure, type Measured, tableOf } from './measure.ts';

vi.setConfig({ hookTimeout: 60_000 });

let rows: readonly Measured[];
beforeAll(async () => {
  rows = await measure();
});

test('the corpus has enough poisoned and harmless descriptions', () => {
  const all = rows.at(-1);
  expect(all?.poisoned).toBeGreaterThanOrEqual(60);
  expect(all?.harmless).toBeGreaterThanOrEqual(120);
  for (const { rule, poisoned } of rows) expect(poisoned, rule).toBeGreaterThanOrEqual(3);
});

test('each rule finds 8 of 10 of its poisoned descriptions, and all together 9 of 10', () => {
  for (const { rule, poisoned, hits, missed } of rows)
    expect(hits / poisoned, `${rule} missed ${missed.join(', ')}`).toBeGreaterThanOrEqual(rule === 'any' ? 0.9 : 0.8);
});

test('at most 2 of 100 harmless descriptions raise a false alarm', () => {
  const all = rows.at(-1);
  expect((all?.alarms ?? 1) / (all?.harmless ?? 1), all?.falsely.join(', ')).toBeLessThanOrEqual(0.02);
});

test('the page has the figures of this run', () => {
  expect(readFileSync(join(ROOT, 'docs/control-tool-lock.md'), 'utf8')).toContain(tableOf(rows));
});
