/** What real servers say of themselves: the embedded calculator and `@modelcontextprotocol/server-everything`. */
import { lockOfOffered } from '../../../bin/tools/lock-file.ts';
import type { Subject } from '../../../bin/tools/rules/rule.ts';
import { subjectsOf } from '../../../bin/tools/subjects.ts';
import { readOffered } from '../../../bin/tools/upstreams.ts';
import { startCalculator } from '../../../local/calculator.ts';
import { startEverything } from '../../upstream/everything.ts';

/** Both behind one proxy, as several upstreams. */
export async function realSubjects(): Promise<readonly Subject[]> {
  const calculator = await startCalculator();
  await using everything = await startEverything();
  const config = { controls: [], upstreams: { calculator: { prefix: true }, everything: { prefix: true } } };
  const environment = { UPSTREAM_CALCULATOR_URL: calculator.url, UPSTREAM_EVERYTHING_URL: everything.url };
  try {
    return subjectsOf(lockOfOffered(await readOffered({ config, urls: new Map() }, environment)), undefined);
  } finally {
    await calculator.close();
  }
}
