/**
 * Checks for whom AgentCore Identity is asked. The container sees the workload token, and the check doesn't: a made-up one in
 * the client's request has to change nothing.
 */
import { RUNTIME } from '../../../proxy/upstream/auth/identity-arns.ts';
import { upstreamsIn } from '../upstreams.ts';
import { either, failed, type LiveCheck, skipped } from './check.ts';
import { type Answer, errorOf, resultOf, shown } from './exchange.ts';

export const workloadTokenChecks: readonly LiveCheck[] = [
  {
    id: 'workload-token',
    expected: "the platform's workload token reaches the proxy, and a client's own never does",
    run: async (live) => {
      const { environment } = live.runtime;
      const isAsked = upstreamsIn(environment).some(({ variables }) =>
        variables.some((name) => name.endsWith('_WORKLOAD') && environment[name] === RUNTIME),
      );
      if (!isAsked) return skipped('no upstream gets its tokens with it');
      const plain = await live.modernList();
      if (errorOf(plain)?.reason === 'unauthenticated-caller') return failed(`none arrives: ${shown(plain)}`);
      const forged = await live.modern('tools/list', {}, { WorkloadAccessToken: live.marker });
      return either(
        outcomeOf(plain) === outcomeOf(forged),
        `${outcomeOf(plain)}; with a made-up one ${outcomeOf(forged)}`,
      );
    },
  },
];

function outcomeOf(answer: Answer): string {
  if (resultOf(answer) !== undefined) return 'a list';
  const reason = errorOf(answer)?.reason;
  return reason === 'consent-required' ? 'the caller has to give access first' : (reason ?? `HTTP ${answer.status}`);
}
