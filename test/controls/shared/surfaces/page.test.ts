import { expect, test } from 'vitest';
import { surfacesPage } from './page.ts';

test('docs/surfaces.md contains what the tests of the cells check', async () => {
  await expect(surfacesPage()).toMatchFileSnapshot('../../../../docs/surfaces.md');
});
