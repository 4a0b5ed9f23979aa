/** docs/deploy.md and docs/accounts.md: their list of deployments compiles and synthesizes, and they name every member, label and command. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { addStacks } from '../../lib/deployment/app.ts';

const run = promisify(execFile);
const page = (
  await Promise.all(['deploy', 'accounts'].map((name) => readFile(join(ROOT, `docs/${name}.md`), 'utf8')))
).join('');
let folder: string;

beforeAll(async () => {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  folder = await mkdtemp(join(ROOT, '.cache/deploy-'));
  const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
  expect(blocks).toHaveLength(1);
  await writeFile(join(folder, 'deployments.ts'), blocks.join(''));
  await symlink(join(ROOT, 'lib'), join(folder, 'lib'));
  await symlink(join(ROOT, 'proxy'), join(folder, 'proxy'));
  await symlink(join(ROOT, 'proxy.config.ts'), join(folder, 'proxy.config.ts'));
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['deployments.ts'] }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the page's list", () => {
  it('compiles with the settings of the project', async () => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });

  it('has no faults', async () => {
    const app = new App({ autoSynth: false });
    expect(await addStacks(app, join(folder, 'deployments.ts'))).toEqual([]);
    expect(app.node.children.map(({ node }) => node.id)).toEqual(['dev-orders', 'prod-orders']);
  });
});

it('the page names every member of an entry', async () => {
  const files = ['lib/deployment/entry.ts', 'lib/common-options.ts', 'lib/variable-options.ts'];
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), 'utf8')));
  const members = texts.flatMap((text) => {
    const [entry = ''] =
      /export interface (?:Deployment extends CommonOptions, VariableOptions|\w+Options) \{[^]*?^\}/m.exec(text) ?? [];
    const found = [...entry.matchAll(/^ {2}readonly (\w+)/gm)].map(([, member]) => member);
    expect(found.length).toBeGreaterThan(1);
    return found;
  });
  expect(members.length).toBeGreaterThan(20);
  for (const member of members) expect(page).toContain(`\`${member}\``);
});

it('the page names the label, the variables and the environments of the workflows', async () => {
  for (const name of ['ci', 'deploy']) {
    const text = await readFile(join(ROOT, `.github/workflows/${name}.yml`), 'utf8');
    const named = [...text.matchAll(/vars\.(\w+)|'(broadening-approved)'|stage: (dev|prod)\n/g)].flatMap(
      ([, ...found]) => found.filter((word) => word !== undefined),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const word of named) expect(page).toContain(`\`${word}\``);
  }
});

it('the page shows the commands of the pipeline and the app unchanged', async () => {
  const { app } = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8')) as { app: string };
  expect(page).toContain(`\`${app}\``);
  const settings = [...(await readFile(join(ROOT, 'examples/pipeline.ts'), 'utf8')).matchAll(/context\('(\w+)'/g)].map(
    ([, name]) => name,
  );
  expect(settings).toHaveLength(4);
  for (const name of settings) expect(page).toContain(`-c ${name}=`);
});
