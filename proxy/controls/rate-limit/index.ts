/**
 * Limits calls per caller, per tool and per upstream, in units per window or in concurrent calls. A call beyond a limit
 * is refused with the time to wait (`Throttled`).
 */
import { Throttled } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import type { Call } from '../../call/call.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import { MemoryStore } from './memory.ts';
import { faultsOf } from './option-faults.ts';
import type { RateLimitOptions } from './options.ts';
import { FREE, Plan } from './plan.ts';
import { type Admission, Full, type Slot, type Store } from './store.ts';

export type { Concurrency, Limit, RateLimitOptions, TableStore as RateLimitTable } from './options.ts';

const NO_SHARED_COUNT =
  'rate-limit counts in the memory of each process. On AgentCore each session has its own process, so these limits have no effect across sessions: set store: { table: "RATE_LIMITS" }';

/** Belongs after audit, before every control that costs more. */
export function rateLimit(options: RateLimitOptions): DefinedControl {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`rate-limit: ${faults.join('; ')}`);
  const { limits = [], concurrency = {}, store = 'memory' } = options;
  return defineBuiltIn({
    name: 'rate-limit',
    stage: 'limit',
    does: 'limits calls, their cost, and concurrent calls',
    arguments: [],
    replies: concurrency.perCaller === undefined && concurrency.perUpstream === undefined ? 'ignores' : 'observes',
    perCaller: concurrency.perCaller !== undefined || limits.some(({ of = 'caller' }) => of === 'caller'),
    bindings:
      store === 'memory'
        ? {}
        : { [store.table]: { for: 'the ARN of the DynamoDB table in which all sessions count', kind: 'table' } },
    check: () => Promise.resolve({ faults: [], warnings: store === 'memory' ? [NO_SHARED_COUNT] : [] }),
    setup: async ({ bindings, auditOnly = false, isReplay = false, onWarmUp }) => {
      let plan: Plan;
      let counted: Store;
      if (store === 'memory' || isReplay) {
        plan = new Plan(options);
        counted = new MemoryStore(concurrency);
      } else {
        const { idOf, parseTable, TableStore } = await import('./table.ts');
        plan = new Plan(options, idOf);
        const table = parseTable(bindings[store.table] ?? '');
        if (table === undefined)
          throw new TypeError(
            `${store.table}: expected arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, got ${JSON.stringify(bindings[store.table])}`,
          );
        onWarmUp?.(() => import('./table-client.ts'));
        counted = new TableStore({
          table,
          options: store,
          concurrency,
          longestMs: plan.longestMs,
          // Limits that are only watched must not use up enforced ones.
          prefix: auditOnly ? 'rate-limit-watched' : 'rate-limit',
          otherwise: store.onFailure === 'count-here' ? new MemoryStore(concurrency) : undefined,
          connect: async (region) => new (await import('./table-client.ts')).TableClient(region),
        });
      }
      let warned = store !== 'memory';
      return inSteps((call) => {
        if (!warned && call.exchange.inbound.runtimeSessionId !== undefined) {
          warned = true;
          log.warn(NO_SHARED_COUNT, { event: 'rate-limit' });
        }
        const charge = plan.chargeOf(call);
        if (charge === FREE) return call;
        const admission = counted.admit(call.caller.key, call.upstream.name, charge);
        return admission instanceof Promise
          ? admission.then((awaited) => admitted(awaited, call))
          : admitted(admission, call);
      });
    },
  });
}

function admitted(admission: Admission, call: Call): Call | Passing {
  if (admission === undefined) return call;
  if (!(admission instanceof Full)) return holding(admission, call);
  call.note({ control: 'rate-limit', full: admission.limit, retryAfterMs: admission.retryAfterMs });
  throw new Throttled(admission.retryAfterMs);
}

function holding(slot: Slot, call: Call): Passing {
  return { call, failed: () => slot.release(), replied: (reply) => void reply.finished.then(() => slot.release()) };
}
