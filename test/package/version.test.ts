/** One version, wherever it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { VERSION } from '../../proxy/base/version.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

test.each(['package.json', 'create/package.json', 'server.json'])('%s has the version that the proxy names', (file) => {
  expect(read(file)).toHaveProperty('version', VERSION);
});
