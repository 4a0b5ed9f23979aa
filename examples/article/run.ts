/**
 * The walk-through of AWS's article on this machine: agent, proxy with controls, and a gateway that wants signatures.
 *
 *   npm run examples -- article
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { check, isRefused } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startProxy } from '../support/proxy.ts';
import { CREDENTIALS, startGateway } from './gateway.ts';

const gateway = await startGateway();
try {
  check('the gateway refuses an agent without a signature', await isRefused(connect(gateway.url)));
  await using proxy = await startProxy(
    new URL('proxy.config.ts', import.meta.url),
    ['--upstream', gateway.url, '--auth', 'iam'],
    CREDENTIALS,
  );
  check('the proxy signs with its own credentials', gateway.accepted.length > 0);
  check('the test agent lists the tools', (await agent(proxy.url, '--list')).includes('add  a=number  b=number'));
  check('and adds 2 and 3', (await agent(proxy.url, '--call', 'add', '{"a":2,"b":3}')).includes('"result":5'));
  for (const era of ERAS) {
    await using client = await connect(proxy.url, era);
    const tools = await client.tools();
    const add = tools.find(({ name }) => name === 'add');
    check(
      `${era}: the schema arrives as the gateway has it`,
      JSON.stringify(add?.inputSchema).includes('"required":["a","b"]'),
    );
    check(`${era}: and so do hints`, add?.annotations?.readOnlyHint === true);
    check(
      `${era}: results keep their structure`,
      (await client.call('add', { a: 2, b: 3 })).includes('"structuredContent":{"result":5}'),
    );
    check(
      `${era}: an error of a tool stays one`,
      (await client.call('divide', { a: 1, b: 0 })).includes('"isError":true'),
    );
    check(`${era}: the control refuses a tool that writes`, await isRefused(client.call('confirm_reset')));
  }
  const lines = proxy.log.map((line) => JSON.parse(line) as { name?: string; outcome?: string });
  check(
    'both are in the audit',
    ['add', 'confirm_reset'].every((tool) => lines.some(({ name }) => name === tool)),
  );
  check('the credentials are in no line of it', !proxy.log.join().includes(CREDENTIALS.AWS_SECRET_ACCESS_KEY));
} finally {
  await gateway.close();
}

/** What `npm run agent` prints. */
function agent(url: string, ...args: readonly string[]): Promise<string> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['bin/agent.ts', '--url', url, ...args], { cwd }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
