import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { controlsTable, withTable } from './controls-table.ts';

const PAGE = 'docs/controls.md';

test('docs/controls.md has a row for each control, with what the control declares', async () => {
  await expect(withTable(await readFile(join(ROOT, PAGE), 'utf8'), await controlsTable())).toMatchFileSnapshot(
    join(ROOT, PAGE),
  );
});
