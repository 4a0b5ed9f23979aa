/**
 * What was called, in OCSF and tamper-evident, without the data of the calls.
 *
 *   npm run examples -- audit
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startProxy } from '../support/proxy.ts';

/** API Activity and Application Lifecycle: https://schema.ocsf.io/1.8.0 */
const CLASSES = [6003, 6002];

const folder = await mkdtemp(join(tmpdir(), 'example-audit-'));
try {
  const [keyring, file] = [`file:${join(folder, 'keyring.json')}`, join(folder, 'audit.log')];
  check('makes a keyring', (await command('bin/keys.ts', 'new', keyring)) === 0);
  const proxy = await startProxy(
    new URL('proxy.config.ts', import.meta.url),
    ['--caller', '{"sub":"ann@example.com","groups":["support"]}'],
    { AUDIT_KEYS: keyring },
  );
  for (const era of ERAS) {
    await using agent = await connect(proxy.url, era);
    await agent.call('lookup_customer', { id: 'C-1001' });
  }
  // The last line is written at the end.
  await proxy.end();

  const lines = proxy.log.filter((line) => line.includes('"class_uid"'));
  const records = lines.map((line) => JSON.parse(line) as { class_uid: number; metadata: { version: string } });
  check(
    'each line is an event of OCSF 1.8.0',
    records.every(({ class_uid, metadata }) => CLASSES.includes(class_uid) && metadata.version === '1.8.0'),
  );
  check(
    'the call of each era is among them',
    lines.filter((line) => line.includes('lookup_customer') && line.includes('tools/call')).length >= ERAS.length,
  );
  const all = lines.join('\n');
  check('no line has the argument, the result or the caller', !/C-1001|Inventado|ann@example\.com/.test(all));
  check('both calls have the same fingerprints', new Set(all.match(/"id":"k[\w-]+\.[\w-]+"/g)).size === 1);

  await writeFile(file, `${all}\n`);
  check('the chain is whole', (await command('bin/audit.ts', 'verify', file, '--keyring', keyring)) === 0);
  await writeFile(file, `${lines.toSpliced(2, 1).join('\n')}\n`);
  check('a removed line is found', (await command('bin/audit.ts', 'verify', file, '--keyring', keyring)) === 1);
  await writeFile(file, `${all.replace('lookup_customer', 'lookup_nobody')}\n`);
  check('and so is a changed one', (await command('bin/audit.ts', 'verify', file, '--keyring', keyring)) === 1);
} finally {
  await rm(folder, { recursive: true });
}

/** The exit code of one of this project's commands. */
function command(...args: readonly string[]): Promise<number> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd }, () => resolve(child.exitCode ?? -1));
  });
}
