/** What the detectors find and what they mistake for it, on the held-out half of the corpus. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../../bin/bundle.ts';
import { corpus } from './corpus/index.ts';
import { measure, type Row } from './measuring.ts';
import { tableIn, tableOf } from './page.ts';

const RECALL = 0.98;
const MISTAKEN = 0.005;
let rows: readonly Row[];

beforeAll(async () => {
  ({ rows } = await measure('heldOut'));
}, 120_000);

test('each detector finds at least 98 % of its data', () => {
  for (const { detector, positives, found } of rows) expect(found / positives, detector).toBeGreaterThanOrEqual(RECALL);
});

test('each detector mistakes at most 0.5 % of the look-alikes, and of the texts with data of other types', () => {
  for (const { detector, lookAlikes, mistaken, others, confused } of rows) {
    expect(mistaken / lookAlikes, detector).toBeLessThanOrEqual(MISTAKEN);
    expect(confused / others, detector).toBeLessThanOrEqual(MISTAKEN);
  }
});

test('docs/detectors.md contains the measured table', async () => {
  expect(tableIn(await readFile(join(ROOT, 'docs/detectors.md'), 'utf8'))).toBe(tableOf(rows));
});

describe('the corpus', () => {
  test('has thousands of texts, and few texts of the held-out half are in the other half', () => {
    const [held, seen] = [corpus('heldOut'), corpus('development')];
    const texts = (half: typeof held): string[] =>
      [...Object.values(half.positives).flat(), ...half.lookAlikes].map(({ text }) => text);
    const known = new Set(texts(seen));
    expect(Object.values(held.positives).flat().length).toBeGreaterThan(10_000);
    expect(held.lookAlikes.length).toBeGreaterThan(5_000);
    expect(texts(held).filter((text) => known.has(text)).length / texts(held).length).toBeLessThan(0.05);
  });

  test('is the same each time', () => {
    expect(corpus('heldOut', 5)).toEqual(corpus('heldOut', 5));
  });
});
