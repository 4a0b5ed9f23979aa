/** `npm run keys` with a file, as typed on a command line. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { parseKeyring } from '../../proxy/controls/shared/keyring.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

const run = promisify(execFile);

test('the file is created in the current folder, with a warning that it is secret, and is ignored by git', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keys-'));
  const { stdout } = await run(process.execPath, [join(ROOT, 'bin/keys.ts'), 'new', 'file:keyring.json'], {
    env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], INIT_CWD: folder },
  });
  expect(parseKeyring(await readFile(join(folder, 'keyring.json'), 'utf8'))).toHaveProperty('current', 'k1');
  expect(stdout).toContain('keep it out of version control');
  const ignored = await readFile(join(ROOT, '.gitignore'), 'utf8');
  expect(ignored.split('\n')).toContain('keyring*.json');
});
