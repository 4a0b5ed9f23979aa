import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { faultsPage } from './faults-page.ts';

test('docs/faults.md has each fault that is played, with what it declares', async () => {
  await expect(faultsPage()).toMatchFileSnapshot(join(ROOT, 'docs/faults.md'));
});
