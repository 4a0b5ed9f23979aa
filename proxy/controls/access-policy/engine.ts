/** Decides with an evaluator: builds its questions and caches its answers. */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import { Cache } from '../../base/cache.ts';
import type { Caller } from '../../call/caller.ts';
import { TooMuch } from '../../json-schema/faults.ts';
import type { Action, Asker, Decision, DecisionContext, ResourceRef } from '../shared/decide.ts';
import { readingsOf } from '../shared/uris/readings.ts';
import type { Unknown } from './bounds.ts';
import { type CallerEntity, callerEntity, type CallerModel, UnfitClaims } from './caller-entity.ts';
import { circumstances, contextOf } from './circumstances.ts';
import type { Evaluator } from './evaluator.ts';
import { LastShown } from './last-shown.ts';
import { type Named, namedBy } from './names.ts';
import { about, permittedToNobody, type Policies } from './policies.ts';
import { EXACT, PreparedSets } from './prepared-sets.ts';
import { keyOf, type Reads, readsArguments, readsCallers, readsOf } from './reads.ts';
import { requiredScopes } from './required-scopes.ts';
import { otherForms } from './uri-forms.ts';
import { argumentsOf, Unrepresentable } from './values.ts';

const NOBODY_PERMITS: Decision = Object.freeze({ verdict: 'deny', policies: Object.freeze([]) });
const ARGUMENTS: Unknown = { arguments: true, claims: false, resource: false };
/** Bytes of callers, of decisions, and of what policies read per method: clients may invent any number of names. */
const MAX_BYTES = { callers: 8 * 1024 * 1024, decisions: 4 * 1024 * 1024, reads: 256 * 1024 };
interface Asking extends CallerEntity {
  readonly serial: number;
}

export class Engine {
  readonly policies: Policies;
  readonly #evaluator: Evaluator;
  readonly #model: CallerModel;
  readonly #reads: Reads;
  /** Ids of the policies that forbid. */
  readonly #forbidding: ReadonlySet<string>;
  readonly #byAction = new Cache<Reads>({ maxBytes: MAX_BYTES.reads, weigh: () => 1024 });
  /** By policy: scopes that it requires. */
  readonly #required: ReadonlyMap<string, readonly string[]>;
  readonly #sets: PreparedSets;
  /** By caller and request. */
  readonly #memo = new Cache<Decision>({
    maxBytes: MAX_BYTES.decisions,
    maxKey: 1024,
    weigh: ({ policies }) => 128 + 8 * policies.length,
  });
  readonly lastShown = new LastShown();
  /** By claims object: claims are frozen, and the same object is used as long as a token identifies the caller. */
  #callers = new WeakMap<object, Asking>();
  /** By everything that rules can read of a caller, which is also in the entity. */
  readonly #subjects = new Cache<Asking>({
    maxBytes: MAX_BYTES.callers,
    maxKey: 8 * 1024,
    weigh: ({ key }) => 512 + 8 * key.length,
  });
  #serial = 0;

  /** Throws `PolicyError`. */
  constructor(evaluator: Evaluator, policies: Policies, model: CallerModel) {
    this.#evaluator = evaluator;
    this.policies = policies;
    this.#model = model;
    this.#reads = readsOf(policies.values());
    this.#forbidding = new Set([...policies].flatMap(([id, { effect }]) => (effect === 'forbid' ? [id] : [])));
    this.#required = new Map(
      [...policies].flatMap(([id, policy]) => {
        const scopes = requiredScopes(policy);
        return scopes.length === 0 ? [] : [[id, scopes] as const];
      }),
    );
    this.#sets = new PreparedSets(evaluator, policies, this.#forbidding);
  }

  /** Methods that no policy permits to any caller. */
  permittedToNobody(): readonly string[] {
    return permittedToNobody(this.policies);
  }

  /** Whether another caller may get another decision: policies read the caller, or its claims deny it everything. */
  looksAtCallers(action: Action, caller: Caller): boolean {
    return readsCallers(this.#readsOf(action)) || this.#callerOf(caller) === undefined;
  }

  /**
   * All that decisions without arguments depend on besides the action and the resource. Undefined: with several
   * upstreams, also on which of them has the resource.
   */
  dependsOn({ caller, upstream }: Asker): readonly string[] | undefined {
    if (upstream.among !== undefined) return undefined;
    const who = this.#callerOf(caller);
    return [who === undefined ? 'unfit' : String(who.serial), upstream.name];
  }

  /** Tools and prompts that policies name. */
  named(): readonly Named[] {
    return namedBy(this.policies);
  }

  /** Number of cached decisions. */
  get remembered(): number {
    return this.#memo.size;
  }

  /** Never throws `UnfitClaims`: such a caller is denied everything. */
  decide(asker: Asker, action: Action, resource: ResourceRef, context: DecisionContext = {}): Decision {
    const { caller, upstream } = asker;
    const among = upstream.among?.(resource.type, nameOf(resource));
    if (among === undefined) return this.#decideAt(upstream.name, [], caller, action, resource, context);
    // It may belong to any of them, so it has to be permitted at each.
    const decisions = among.map((name) =>
      this.#decideAt(name, formsOf(resource, name), caller, action, resource, context),
    );
    return strictest(decisions);
  }

  /** @param aliases other URIs of the same resource: what forbids one forbids the resource. Undefined: too many */
  #decideAt(
    upstream: string,
    aliases: readonly string[] | undefined,
    caller: Caller,
    action: Action,
    resource: ResourceRef,
    context: DecisionContext,
  ): Decision {
    const name = nameOf(resource);
    if (aliases === undefined || !name.isWellFormed()) return NOBODY_PERMITS;
    const reads = this.#readsOf(action);
    const who = this.#callerOf(caller);
    if (who === undefined) return NOBODY_PERMITS;
    // Names from clients contain any characters, so lengths separate the parts of the key.
    const what = `${who.serial} ${action.length} ${name.length} ${action}${resource.type}${name}${upstream}${circumstances(context, reads)}`;
    const decision = this.#memo.getOrMake(what, () =>
      this.#inAllReadings(resource, aliases, (read) =>
        this.#between(
          who,
          action,
          read,
          upstream,
          contextOf(context, reads),
          readsArguments(reads) ? ARGUMENTS : undefined,
        ),
      ),
    );
    if (decision.verdict !== 'undecidable' || context.arguments === undefined) return decision;
    try {
      const given = argumentsOf(context.arguments, reads.allArguments ? undefined : reads.arguments, context.digits);
      const part = this.#sets.partFor(decision, who, action, resource, upstream, contextOf(context, reads));
      return this.#inAllReadings(resource, aliases, (read) =>
        this.#ask(part, who, action, read, upstream, { ...contextOf(context, reads), arguments: given }),
      );
    } catch (error) {
      if (error instanceof Unrepresentable || error instanceof TooMuch) return NOBODY_PERMITS;
      throw error;
    }
  }

  /** Decides for recorded traffic, of which more than the arguments is unknown. */
  decideKnowing(unknown: Unknown, asker: Asker, action: Action, resource: ResourceRef): Decision {
    const who = this.#callerOf(asker.caller);
    if (who === undefined) return NOBODY_PERMITS;
    return this.#inAllReadings(resource, [], (read) =>
      this.#between(who, action, read, asker.upstream.name, {}, unknown),
    );
  }

  /**
   * A resource is permitted if every reading of its URI is permitted. If one reading is forbidden, the resource is
   * forbidden.
   */
  #inAllReadings(
    resource: ResourceRef,
    aliases: readonly string[],
    decided: (resource: ResourceRef) => Decision,
  ): Decision {
    if (resource.type !== 'Resource') return decided(resource);
    const readings = readingsOf(resource.uri);
    const others = aliases.map(readingsOf);
    if (readings === undefined || others.includes(undefined)) return NOBODY_PERMITS;
    const of = (uri: string): Decision => decided({ type: 'Resource', uri });
    const lenient =
      this.#forbidding.size === 0
        ? []
        : [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? [])])]
            .map(of)
            .filter(({ policies }) => policies.some((policy) => this.#forbidding.has(policy)));
    const decisions = [...readings.plain.map(of), ...lenient];
    return strictest(decisions);
  }

  /** Decides at most and at least; exactly if nothing is unknown. */
  #between(
    who: CallerEntity,
    action: Action,
    resource: ResourceRef,
    upstream: string,
    context: Record<string, CedarValueJson>,
    unknown: Unknown | undefined,
  ): Decision {
    if (unknown === undefined) return this.#ask(EXACT, who, action, resource, upstream, context);
    const most = this.#ask(this.#sets.bound('most', unknown), who, action, resource, upstream, context);
    if (most.verdict === 'deny') return most;
    const least = this.#ask(this.#sets.bound('least', unknown), who, action, resource, upstream, context);
    if (least.verdict === 'allow') return least;
    return Object.freeze({
      verdict: 'undecidable',
      policies: Object.freeze([...new Set([...most.policies, ...least.policies])]),
    });
  }

  #ask(
    set: string,
    caller: CallerEntity,
    action: Action,
    resource: ResourceRef,
    upstream: string,
    context: Record<string, CedarValueJson>,
  ): Decision {
    const id = resource.type === 'Upstream' ? upstream : nameOf(resource);
    const attributes: Record<string, string> =
      resource.type === 'Upstream' ? {} : { [resource.type === 'Resource' ? 'uri' : 'name']: id };
    const { decision, reason, failed } = this.#evaluator.answer(set, {
      caller,
      action,
      resource: { type: resource.type, id },
      attributes,
      upstream,
      context,
    });
    // Cedar skips a policy that fails. A prohibition that can't be evaluated must still forbid.
    const forbidding = failed.filter((policy) => this.#forbidding.has(policy)).sort();
    if (forbidding.length > 0) return Object.freeze({ verdict: 'deny', policies: Object.freeze(forbidding) });
    const deciding = Object.freeze(reason.toSorted());
    const lacks = decision === 'allow' ? this.#lacking(caller, deciding) : undefined;
    return lacks === undefined
      ? Object.freeze({ verdict: decision, policies: deciding })
      : Object.freeze({ verdict: 'deny', policies: deciding, lacks });
  }

  /** The scopes of the policy that asks the caller for the fewest more; undefined if one permits without more. */
  #lacking({ memberships }: CallerEntity, permitting: readonly string[]): readonly string[] | undefined {
    if (this.#required.size === 0) return undefined;
    let least: { readonly scopes: readonly string[]; readonly missing: number } | undefined;
    for (const id of permitting) {
      const scopes = this.#required.get(id) ?? [];
      const missing = scopes.filter((scope) => !memberships.includes(keyOf({ type: 'Scope', id: scope }))).length;
      if (missing === 0) return undefined;
      if (least === undefined || missing < least.missing) least = { scopes, missing };
    }
    return least?.scopes;
  }

  #readsOf(action: Action): Reads {
    return this.#byAction.getOrMake(action, (own) => readsOf(about(this.policies, own)));
  }

  /** Undefined: the claims have other types than the policies expect. */
  #callerOf(caller: Caller): Asking | undefined {
    const known = this.#callers.get(caller.claims);
    if (known !== undefined) return known;
    try {
      const made = callerEntity(caller, this.#model, this.#reads);
      // All callers whom rules can't distinguish share one number, which is the key of their decisions. Numbers of
      // evicted callers are not used again.
      const same = this.#subjects.getOrMake(made.key, () => ({ ...made, serial: ++this.#serial }));
      this.#callers.set(caller.claims, same);
      return same;
    } catch (error) {
      if (error instanceof UnfitClaims) return undefined;
      throw error;
    }
  }
}

/** Of several decisions that all have to permit. What is denied whatever scopes a caller has comes first. */
function strictest(decisions: readonly Decision[]): Decision {
  return (
    decisions.find(({ verdict, lacks }) => verdict === 'deny' && lacks === undefined) ??
    decisions.find(({ verdict }) => verdict === 'deny') ??
    decisions.find(({ verdict }) => verdict === 'undecidable') ??
    decisions[0] ??
    NOBODY_PERMITS
  );
}

function nameOf(resource: ResourceRef): string {
  switch (resource.type) {
    case 'Upstream':
      return '';
    case 'Resource':
      return resource.uri;
    default:
      return resource.name;
  }
}

/** {@link otherForms} of a resource; anything but a resource has one name. */
function formsOf(resource: ResourceRef, upstream: string): readonly string[] | undefined {
  return resource.type === 'Resource' ? otherForms(resource.uri, upstream) : [];
}
