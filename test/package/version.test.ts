/** One version, wherever it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { VERSION } from '../../proxy/base/version.ts';

test.each(['package.json', 'create/package.json'])('%s has the version that the proxy names', (file) => {
  expect(JSON.parse(readFileSync(join(ROOT, file), 'utf8'))).toHaveProperty('version', VERSION);
});
