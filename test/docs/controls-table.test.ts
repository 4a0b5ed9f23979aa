import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import * as controls from '../../proxy/controls/index.ts';
import { controlsTable, shown, withTable } from './controls-table.ts';

const PAGE = 'docs/controls.md';

test('docs/controls.md has a row for each control, and says of it what the control says of itself', async () => {
  await expect(withTable(await readFile(join(ROOT, PAGE), 'utf8'), await controlsTable())).toMatchFileSnapshot(
    join(ROOT, PAGE),
  );
});

test('no control that is exported has no row', () => {
  const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const detectors = [
    'custom',
    'dateOfBirth',
    'email',
    'iban',
    'ip',
    'passport',
    'paymentCard',
    'phone',
    'secret',
    'usSsn',
  ];
  const others = ['allow', 'deny'];
  expect(
    Object.keys(controls)
      .filter((name) => !detectors.includes(name) && !others.includes(name))
      .map(kebab)
      .toSorted(),
  ).toEqual([...shown].toSorted());
});
