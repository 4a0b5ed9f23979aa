/** The form of the examples. `npm run examples`, which the gate does, runs them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

const folder = join(ROOT, 'examples');
const names = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'run.ts')));
const linesOf = async (file: string): Promise<number> =>
  (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n').length;

test('there is one for each goal that the docs name', () => {
  expect(names.toSorted()).toEqual([
    'article',
    'audit',
    'compliance',
    'oauth',
    'on-behalf',
    'personal-data',
    'several',
    'teams',
  ]);
});

describe.each(names)('%s', (name) => {
  test('has a config and a README of less than 40 lines', async () => {
    expect(await linesOf(`${name}/proxy.config.ts`)).toBeLessThan(40);
    expect(await linesOf(`${name}/README.md`)).toBeLessThan(40);
  });

  test('its README says how to run it, and the index leads to it', async () => {
    expect(await readFile(join(folder, name, 'README.md'), 'utf8')).toContain(`\`npm run examples -- ${name}\``);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(`](${name}/README.md)`);
  });
});

describe('npm run examples', () => {
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['examples/run.ts', ...args], {
      cwd: ROOT,
      env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'] },
    });

  test('runs the one that is named', async () => {
    const { stdout } = await run('oauth');
    expect(stdout).toContain('ok  when the server revokes it, the proxy gets another\n');
    expect(stdout).toMatch(/\n1 example ran, and all checks held\n$/);
  });

  test('ends with 2 for one that does not exist, and names those that do', async () => {
    await expect(run('nowhere')).rejects.toMatchObject({
      code: 2,
      stderr: `no example nowhere: expected some of ${names.toSorted().join(', ')}\n`,
    });
  });
});
