/** `npm run tools`: writes the lock of what upstreams offer, compares them with it, and looks for dangers. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { flush } from '../proxy/base/log.ts';
import { explain } from './explain.ts';
import { exitCodeOf } from './option-error.ts';
import { lockOfOffered, lockPath, lockText } from './tools/lock-file.ts';
import { readUpstreams } from './tools/upstreams.ts';

const USAGE = `usage: npm run tools -- COMMAND [--upstream URL|NAME] [--config FILE] [--out FILE]

  lock   writes tools.lock.json beside the config: what the upstreams offer now, for review and for the control tool-lock

  --upstream  the address of the config's only upstream, or the name of one of several (default: all, as UPSTREAM_* binds them)
  --config    the proxy.config.ts whose upstreams are meant (default: this repository's)
  --out       where the lock is written (default: tools.lock.json beside the config)

exit codes: 0 done, 1 an upstream can't be read, 2 wrong options`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(explain(error, USAGE));
  process.exitCode = exitCodeOf(error);
} finally {
  flush();
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { upstream: text, config: text, out: text, help: { type: 'boolean' } },
  });
  const [command, ...more] = positionals;
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  if (command !== 'lock' || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const lock = lockOfOffered(await readUpstreams(values.config, values.upstream, process.env));
  const path = lockPath(values.out, values.config);
  writeFileSync(path, lockText(lock));
  console.log(
    `${path}: ${lock.tools.length} tools, ${lock.prompts.length} prompts, ${lock.resourceTemplates.length} resource templates, ${lock.skills.length} skills`,
  );
  return 0;
}
