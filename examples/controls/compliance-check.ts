/**
 * Calls a tool only if the compliance service approves (204). Without an answer in time, the call is denied; after 5
 * failures, calls are denied immediately for a while.
 */
import { defineControl, type DefinedControl, Denied } from 'agentcore-mcp-proxy';

export function complianceCheck({ limitMs = 500, restMs = 10_000 } = {}): DefinedControl {
  return defineControl({
    name: 'compliance-check',
    replies: 'ignores',
    bindings: { COMPLIANCE_URL: 'the service that approves tool calls: 204 approves' },
    setup: ({ bindings: { COMPLIANCE_URL = '' } }) => {
      let [failures, restUntil] = [0, 0];
      const ask = async (question: object, signal: AbortSignal): Promise<number> => {
        if (Date.now() < restUntil) throw new Denied('the compliance service does not answer: try again later');
        const { status, body } = await fetch(COMPLIANCE_URL, {
          method: 'POST',
          body: JSON.stringify(question),
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
        }).catch(() => ({ status: 503, body: null }));
        void body?.cancel();
        failures = status < 500 || signal.aborted ? 0 : failures + 1;
        if (failures >= 5) [failures, restUntil] = [0, Date.now() + restMs];
        return status;
      };
      return {
        otherwise: 'pass',
        'tools/call': async (call, next) => {
          const status = await ask(
            { caller: call.caller.subject, tool: call.params.name, arguments: call.params.arguments },
            call.signal,
          );
          if (status !== 204) throw new Denied('not approved');
          return next(call);
        },
      };
    },
  });
}
