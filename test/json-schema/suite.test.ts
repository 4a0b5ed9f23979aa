/** Our compiler, held against the official test suite, where `npm run json-schema` has put it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DRAFTS, SUITE } from './official.ts';

const IS_HERE = existsSync(SUITE);
if (IS_HERE) await import('./cases.ts');
else
  process.stdout.write(
    'the official JSON Schema test suite is not here, so it is not run: npm run json-schema gets it\n',
  );

test.skipIf(!IS_HERE)('has every draft that is read here', () => {
  expect(readdirSync(join(SUITE, 'tests'))).toEqual(expect.arrayContaining([...DRAFTS]));
});
