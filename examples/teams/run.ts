/**
 * One proxy, two teams: each sees and uses its own tools, by policies in Cedar.
 *
 *   npm run examples -- teams
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { check, isRefused } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startProxy } from '../support/proxy.ts';
import { tokenOf } from '../support/token.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const policy = ['bin/policy.ts', 'test', here('table.json'), '--config', here('proxy.config.ts')];
const { stdout } = await promisify(execFile)(process.execPath, policy, { cwd: here('../..') });
const { callers, cases } = JSON.parse(await readFile(here('table.json'), 'utf8')) as {
  callers: Record<'ann' | 'sam' | 'eva', Record<string, unknown>>;
  cases: readonly unknown[];
};
check(`the policies decide all ${cases.length} cases as the table says`, stdout.includes(`${cases.length} `));

await using proxy = await startProxy(new URL('proxy.config.ts', import.meta.url), [], { INBOUND_AUTH: 'jwt' });
for (const era of ERAS) {
  await using ann = await connect(proxy.url, era, tokenOf(callers.ann));
  check(`${era}: an analyst sees the arithmetic`, (await ann.names()).join() === 'add,subtract,multiply,divide');
  check(`${era}: and uses it`, (await ann.call('add', { a: 2, b: 3 })).includes('5'));
  check(`${era}: but not what it doesn't see`, await isRefused(ann.call('lookup_customer', { id: 'C-1001' })));
  await using sam = await connect(proxy.url, era, tokenOf(callers.sam));
  check(`${era}: support sees one tool`, (await sam.names()).join() === 'lookup_customer');
  check(
    `${era}: a customer of one's region is shown`,
    (await sam.call('lookup_customer', { id: 'C-1001' })).includes('Inventado'),
  );
  check(`${era}: one of another region is not`, await isRefused(sam.call('lookup_customer', { id: 'C-1002' })));
  await using eva = await connect(proxy.url, era, tokenOf(callers.eva));
  check(`${era}: and the other way round`, (await eva.call('lookup_customer', { id: 'C-1002' })).includes('Beispiel'));
}
