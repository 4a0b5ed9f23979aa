// oxlint-disable-next-line typescript/triple-slash-reference -- an ambient module can't be imported
/// <reference path="./access-policy/cedar-files.d.ts" />
/**
 * Who may use what. Everything that isn't permitted is denied, and what is denied isn't there: lists don't show it, and a call to it
 * gets the answer of a name that doesn't exist. Policies are written in Cedar, or as one-line rules that become Cedar.
 */
import { type Control, type DefinedControl, defineControl } from '../control.ts';
import { log } from '../log.ts';
import { Access } from './access-policy/access.ts';
import type { ClaimType } from './access-policy/caller-entity.ts';
import type { Decide } from './access-policy/decide.ts';
import type { Engine } from './access-policy/engine.ts';
import { handleOf, type PolicyHandle } from './access-policy/handle.ts';
import { NameWatch } from './access-policy/name-watch.ts';
import type { PolicySource } from './access-policy/policies.ts';
import { faultsOf } from './access-policy/rule.ts';

export type { Decide, Decision, DecisionContext, ResourceRef } from './access-policy/decide.ts';
export { allow, deny, type Rule, type RuleSpec } from './access-policy/rule.ts';

export interface AccessPolicyOptions {
  /** Rules made by `allow` and `deny`, and texts in Cedar, in any order: one that forbids outdoes all that permit. */
  readonly policies: readonly PolicySource[];
  /**
   * Claims that hold the caller's groups: a list, or one name.
   * @default ['groups', 'cognito:groups']
   */
  readonly groups?: readonly string[];
  /**
   * Further claims that rules may read, as attributes of the caller, with their types.
   * @default - those that `allow` and `deny` name
   */
  readonly claims?: Readonly<Record<string, ClaimType>>;
}

/** The control, and its decisions for others: `tokenization({ policy })` asks it whether a token may be restored. */
export interface AccessPolicy extends DefinedControl {
  readonly decide: Decide;
  /** @internal */ readonly handle: PolicyHandle;
}

/** Belongs before everything that changes names or arguments: policies speak of what the client sees. */
export function accessPolicy(options: AccessPolicyOptions): AccessPolicy {
  const { policies, groups = ['groups', 'cognito:groups'] } = options;
  const faults = faultsIn(options);
  const claims = claimsOf(options, faults);
  if (faults.length > 0) throw new TypeError(`access-policy: ${faults.join('; ')}`);
  const handle = handleOf(policies, { groups, claims });
  const control = defineControl({
    name: 'access-policy',
    replies: 'transforms',
    perCaller: true,
    check: async () => (await import('./access-policy/check.ts')).checkPolicies(handle.sources, handle.model),
    setup: ({ auditOnly = false }) => {
      const ready = prepare(handle);
      return controlOf(ready, auditOnly);
    },
  });
  return Object.freeze({ ...control, decide: handle.decide, handle });
}

function faultsIn({ policies, groups = [] }: AccessPolicyOptions): string[] {
  const faults: string[] = [];
  if (!Array.isArray(policies) || policies.length === 0) faults.push('expected policies, a list of rules and Cedar texts; got none');
  else {
    (policies as readonly unknown[]).forEach((source, i) => {
      if (isRule(source)) faults.push(...faultsOf(source, `policies[${i}]`));
      else if (typeof source !== 'string') faults.push(`policies[${i}]: expected allow(…), deny(…) or a text in Cedar, got ${typeof source}`);
    });
  }
  if (!Array.isArray(groups) || !groups.every((claim) => typeof claim === 'string')) faults.push('groups: expected a list of claims');
  return faults;
}

function isRule(source: unknown): source is Exclude<PolicySource, string> {
  return typeof source === 'object' && source !== null && 'effect' in source && 'spec' in source;
}

const CLAIM_TYPES: readonly unknown[] = ['string', 'number', 'boolean', 'strings'] satisfies ClaimType[];

/** Claims that rules compare are of the type they are compared with. */
function claimsOf({ policies, claims: declared = {} }: AccessPolicyOptions, faults: string[]): Readonly<Record<string, ClaimType>> {
  const claims: Record<string, ClaimType> = { ...declared };
  for (const [name, type] of Object.entries(declared)) if (!CLAIM_TYPES.includes(type)) faults.push(`claims.${name}: expected ${CLAIM_TYPES.join(', ')}, got ${JSON.stringify(type)}`);
  for (const source of Array.isArray(policies) ? policies : []) {
    if (!isRule(source)) continue;
    for (const [name, value] of Object.entries(source.spec.claims ?? {})) {
      const type = typeof value as 'string' | 'number' | 'boolean';
      const known = (claims[name] ??= type);
      if (known !== type) faults.push(`claims.${name}: expected a ${known}, as elsewhere; a rule compares it with a ${type}`);
    }
  }
  return claims;
}

/** What the control needs of its policies, once they are read. */
interface Ready {
  readonly engine: Engine;
  readonly names: NameWatch;
}

/** Begins at once, and holds nothing up: the first call that has to be decided waits for the rest. */
function prepare(handle: PolicyHandle): () => Ready | Promise<Ready> {
  let ready: Ready | undefined;
  const loading = Promise.resolve(handle.engine()).then((engine) => {
    const denied = engine.permittedToNobody();
    if (denied.length > 0) log.info('what no policy permits is denied', { event: 'access-policy', denied });
    const names = new NameWatch(engine.named(), ({ policy, type, name }) => log.warn(`no list shows the ${type.toLowerCase()} that a policy names`, { event: 'access-policy', policy, name }));
    return (ready = { engine, names });
  });
  loading.catch((error: unknown) => {
    log.error('the policies cannot be used, so every call is refused', { event: 'access-policy', faults: error instanceof Error && 'faults' in error ? error.faults : undefined, error });
  });
  return () => ready ?? loading;
}

function controlOf(ready: () => Ready | Promise<Ready>, auditOnly: boolean): Control {
  return async (call, next) => {
    const at = ready();
    const { engine, names } = at instanceof Promise ? await at : at;
    const access = new Access(engine, call);
    const permitted = access.admit(call, auditOnly);
    const reply = await next(permitted);
    if (reply.kind !== 'empty') access.attach(reply, permitted, names);
    return reply;
  };
}
