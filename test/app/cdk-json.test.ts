/** The CDK CLI's settings in this repository. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

it('the app runs on the Node that npm installs', async () => {
  expect(await read(join(ROOT, 'cdk.json'))).toHaveProperty('app', 'npx --no-install node bin/app.ts');
});

it('the feature flags are those that the installed CDK recommends', async () => {
  const recommended = await read(createRequire(import.meta.url).resolve('aws-cdk-lib/recommended-feature-flags.json'));
  expect(await read(join(ROOT, 'cdk.json'))).toHaveProperty('context', recommended);
});

it('no look-up is cached, since there are none', async () => {
  expect(await read(join(ROOT, 'cdk.context.json'))).toEqual({});
});
