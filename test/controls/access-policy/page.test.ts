/** The code in docs/control-access-policy.md compiles, and does what the page says. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { DECIDED, FREE, SHARED } from '../../../proxy/controls/access-policy/methods.ts';
import { usePages } from '../../docs/page.ts';
import { command, type Ran } from '../../support/commands.ts';

const page = usePages(['docs/control-access-policy.md'], ['policy.config.ts', 'payments.config.ts']);
const text = await readFile(join(ROOT, 'docs/control-access-policy.md'), 'utf8');

/** A block in another language, found by a text that it contains. */
function block(language: string, containing: string): string {
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))]
    .map(([, inside = '']) => inside)
    .find((inside) => inside.includes(containing));
  if (found === undefined) throw new Error(`no block with ${containing}`);
  return found;
}

beforeAll(async () => {
  await writeFile(join(page.folder, 'rules.cedar'), block('', '// rules.cedar'));
  await writeFile(join(page.folder, 'table.json'), block('json', '"cases"'));
});

const policy = (...args: string[]): Promise<Ran> => command('bin/policy.ts', args, { INIT_CWD: page.folder });

test('the table decides as the page says', async () => {
  expect((await policy('test', 'table.json', '--config', 'policy.config.ts')).stdout).toContain(
    '4 cases, all as expected',
  );
});

test('the policies in the file have no faults, and decide by group, region and amount', async () => {
  const { stdout, stderr } = await policy('show', '--config', 'payments.config.ts');
  expect(stdout).toContain('// small-payments');
  expect(stderr).toBe('');
  const clerk = { sub: 'c', groups: ['clerks'], region: 'eu' };
  const cases = [
    { caller: 'clerk', tool: 'pay', arguments: { amount: 1000 }, expect: 'allow', policy: 'small-payments' },
    { caller: 'clerk', tool: 'pay', arguments: { amount: 1001 }, expect: 'deny' },
    { caller: 'clerk', tool: 'pay', arguments: { amount: null }, expect: 'deny' },
    { caller: 'clerk', tool: 'lookup_customer', expect: 'allow' },
    { caller: 'abroad', tool: 'lookup_customer', expect: 'deny', policy: 'own-region' },
  ];
  await writeFile(
    join(page.folder, 'payments.json'),
    JSON.stringify({ callers: { clerk, abroad: { ...clerk, region: 'us' } }, cases }),
  );
  expect((await policy('test', 'payments.json', '--config', 'payments.config.ts')).stdout).toContain(
    '5 cases, all as expected',
  );
});

test('the table of methods lists every method that is decided, shares a decision or always passes', () => {
  const table = text.slice(text.indexOf('| method | decided as'), text.indexOf('- The `cacheScope`'));
  for (const method of [...Object.keys(DECIDED), ...Object.keys(SHARED), ...FREE]) {
    if (method === 'detokenize' || method === 'tasks/list') continue;
    expect(
      table.includes(`\`${method}\``) || table.includes(`\`…${method.slice('notifications'.length)}\``),
      method,
    ).toBe(true);
  }
});
