// oxlint-disable-next-line typescript/triple-slash-reference -- an ambient module can't be imported
/// <reference path="./cedar-files.d.ts" />
/**
 * Controls who may use what. Everything that is not permitted is denied, and looks as if it did not exist: lists do not
 * show it, and a call to it gets the same answer as an unknown name. Policies are written in Cedar, or as one-line
 * rules that become Cedar.
 */
import { loadedOnce } from '../../base/loaded.ts';
import { log } from '../../base/log.ts';
import type { Call } from '../../call/call.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import type { Control } from '../../pipeline/next.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import type { Reply } from '../../reply/reply.ts';
import type { Decide } from '../shared/decide.ts';
import { NameWatch } from '../shared/name-watch.ts';
import { Access } from './access.ts';
import type { Engine } from './engine.ts';
import { faultsIn, handleOf, isFinal, type PolicyHandle } from './handle.ts';
import type { Named } from './names.ts';
import { type AccessPolicyOptions, modelOf } from './options.ts';
import { mayLookAtArguments, reachedBy } from './reached.ts';
import { scopesIn } from './required-scopes.ts';
import { list } from './rule.ts';

export type { Decide, Decision, DecisionContext, ResourceRef } from '../shared/decide.ts';
export type { AccessPolicyOptions } from './options.ts';
export { allow, deny, type Rule, type RuleSpec } from './rule.ts';

/**
 * The control, and its decisions for other controls: `tokenization({ decide: policy.decide })` asks whether a token may
 * be restored.
 */
export interface AccessPolicy extends DefinedControl {
  readonly decide: Decide;
  /** @internal */ readonly handle: PolicyHandle;
}

/**
 * Belongs before all controls that change names or arguments, because policies use what the client sees. Throws
 * `TypeError` for options with faults.
 */
export function accessPolicy(options: AccessPolicyOptions): AccessPolicy {
  const model = modelOf(options);
  const handle = handleOf(options.policies, model);
  const control = defineBuiltIn({
    name: 'access-policy',
    stage: 'permit',
    does: 'decides who may use what; hides the rest from lists',
    replies: { transforms: 'all', resources: 'keeps' },
    perCaller: true,
    arguments: [],
    scopes: options.policies.flatMap((source) =>
      typeof source === 'string' ? scopesIn(source) : list(source.spec.requiresScopes ?? []),
    ),
    check: async ({ upstreams } = {}) =>
      (await import('./check.ts')).checkPolicies(handle.sources, handle.model, upstreams),
    setup: ({ auditOnly = false, onWarmUp }) => {
      const ready = prepare(handle);
      onWarmUp?.(async () => ready());
      return controlOf(ready, auditOnly);
    },
  });
  const reached = options.policies.some((source) => typeof source === 'string' && mayLookAtArguments(source))
    ? async () => reachedBy((await handle.engine()).policies)
    : [];
  return Object.freeze({ ...control, arguments: reached, decide: handle.decide, handle });
}

/** What the control needs of its loaded policies. */
interface Ready {
  readonly engine: Engine;
  readonly names: NameWatch<Named>;
}

/** Starts loading immediately without blocking; the first call that needs a decision waits for the rest. */
function prepare(handle: PolicyHandle): () => Ready | Promise<Ready> {
  const ready = loadedOnce(async (): Promise<Ready> => {
    const engine = await loadedEngine(handle);
    const denied = engine.permittedToNobody();
    if (denied.length > 0)
      log.info('no policy permits these methods to any caller, so they are always denied', {
        event: 'access-policy',
        denied,
      });
    const names = new NameWatch(engine.named(), ({ policy, type, name }) =>
      log.warn(`a policy names a ${type.toLowerCase()} that the upstream does not list: is it misspelt?`, {
        event: 'access-policy',
        policy,
        name,
      }),
    );
    return { engine, names };
  }, isFinal);
  void Promise.resolve(ready()).catch(() => {});
  return ready;
}

async function loadedEngine(handle: PolicyHandle): Promise<Engine> {
  try {
    return await handle.engine();
  } catch (error) {
    const words = isFinal(error)
      ? 'the policies cannot be used, so every call is refused'
      : 'the policies could not be loaded, so the call is refused: the next call tries again';
    log.error(words, { event: 'access-policy', faults: faultsIn(error), error });
    throw error;
  }
}

function controlOf(ready: () => Ready | Promise<Ready>, auditOnly: boolean): Control {
  const admitting = ({ engine, names }: Ready, call: Call): Passing | Promise<Passing> => {
    const access = new Access(engine, call);
    const admitted = access.admit(call, auditOnly);
    return admitted instanceof Promise
      ? admitted.then((permitted) => new Admitted(permitted, access, names))
      : new Admitted(admitted, access, names);
  };
  return inSteps((call) => {
    const at = ready();
    return at instanceof Promise ? at.then((loaded) => admitting(loaded, call)) : admitting(at, call);
  });
}

/** A call that may go on. */
class Admitted implements Passing {
  readonly call: Call;
  readonly #access: Access;
  readonly #names: NameWatch<Named>;

  constructor(call: Call, access: Access, names: NameWatch<Named>) {
    this.call = call;
    this.#access = access;
    this.#names = names;
  }

  replied(reply: Reply): void {
    if (reply.kind === 'empty') return;
    this.#names.attach(this.call, reply);
    this.#access.attach(reply, this.call);
  }
}
