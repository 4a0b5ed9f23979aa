/** Our compiler against the official test suite, if `npm run json-schema` has downloaded it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DRAFTS, SUITE } from './official.ts';

const IS_HERE = existsSync(SUITE);
if (IS_HERE) await import('./cases.ts');
else
  process.stdout.write(
    'the official JSON Schema test suite is not here, so it is not run: download it with npm run json-schema\n',
  );

test.skipIf(!IS_HERE)('has every draft that the compiler supports', () => {
  expect(readdirSync(join(SUITE, 'tests'))).toEqual(expect.arrayContaining([...DRAFTS]));
});
