import { expect, test } from 'vitest';
import { surfacesPage } from './page.ts';

test('docs/surfaces.md says what the tests of the cells go through', async () => {
  await expect(surfacesPage()).toMatchFileSnapshot('../../../../docs/surfaces.md');
});
