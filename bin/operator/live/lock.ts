/** Whether the lock of the deployment's config agrees with the live upstreams, asked from this machine. */
import { hasLock, locks } from '../checks/lock.ts';
import { upstreams } from '../checks/upstream.ts';
import { failed, type LiveCheck, ok, skipped } from './check.ts';

export const lockChecks: readonly LiveCheck[] = [
  {
    id: 'tool-lock',
    expected: 'the upstreams offer what the lock in the config has',
    run: async ({ listed, runtime }) => {
      if (listed === undefined)
        return skipped('the deployments file does not list this stack, so its config is not known');
      const question = { environment: runtime.environment, config: listed.config, inVpc: listed.inVpc };
      if (!(await hasLock(question))) return skipped('the config has no lock');
      const found = await upstreams(question);
      const results = await locks(question, found);
      const got = [...found.filter(([, { state }]) => state !== 'ok'), ...results]
        .map(([check, result]) => `${check}: ${result.found}`)
        .join('\n');
      if (results.some(([, { state }]) => state === 'failed')) return failed(got);
      return results.every(([, { state }]) => state === 'ok') ? ok(got) : skipped(got);
    },
  },
];
