/**
 * Personal data that the model never sees, and that tools still get.
 *
 *   npm run examples -- personal-data
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { check } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startProxy } from '../support/proxy.ts';
import { CUSTOMER, startDesk } from './desk.ts';

const folder = await mkdtemp(join(tmpdir(), 'example-personal-data-'));
const desk = await startDesk();
try {
  const keyring = `file:${join(folder, 'keyring.json')}`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  await promisify(execFile)(process.execPath, ['bin/keys.ts', 'new', keyring], { cwd });
  await using proxy = await startProxy(new URL('proxy.config.ts', import.meta.url), ['--upstream', desk.url], {
    TOKENIZATION_KEYRING: keyring,
  });
  const tokens = new Set<string>();
  for (const era of ERAS) {
    await using model = await connect(proxy.url, era);
    const found = await model.call('find_customer', { id: 'C-1001' });
    check(
      `${era}: the model reads no address, no name and no card`,
      Object.values(CUSTOMER).every((value) => !found.includes(value)),
    );
    check(`${era}: but that a card was there`, found.includes('REDACTED_PAYMENT_CARD'));
    const token = (JSON.parse(found) as { structuredContent: { email: string } }).structuredContent.email;
    check(`${era}: the token has the form of an address`, /^qtk_[\w-]+@q\.invalid$/i.test(token));
    tokens.add(token);
    const sent = await model.call('send_mail', { to: token, text: `Dear customer (${token})` });
    const mail = desk.mails.at(-1);
    check(`${era}: the mail goes to the real address`, mail?.to === CUSTOMER.email);
    check(`${era}: a field that may not have it gets the token`, mail?.text === `Dear customer (${token})`);
    check(`${era}: and the model still reads none`, !sent.includes(CUSTOMER.email));
  }
  check('equal addresses have equal tokens, in both eras', tokens.size === 1);
  check(
    'the log has no personal data',
    Object.values(CUSTOMER).every((value) => !proxy.log.join().includes(value)),
  );
} finally {
  await desk.close();
  await rm(folder, { recursive: true });
}
