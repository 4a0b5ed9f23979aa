/** The sets of policies that an evaluator has prepared: all of them, bounds of them, and the part that arguments decide. */
import type { CedarValueJson } from '@cedar-policy/cedar-wasm/web';
import type { Action, Decision, ResourceRef } from '../shared/decide.ts';
import { type Bound, boundOf, type Unknown } from './bounds.ts';
import type { CallerEntity } from './caller-entity.ts';
import type { Evaluator, Question } from './evaluator.ts';
import type { Policies } from './policies.ts';
import { readsArguments, readsOf } from './reads.ts';
import { relevantTo } from './relevant.ts';

/** Maximum prepared parts of the policies, of each kind: each takes some kilobytes in the evaluator. */
const MAX_PARTS = 64;

/** `part`: policies that depend on arguments. `known`: those that do not. `heads`: those whose heads match. */
type PartKind = 'part' | 'known' | 'heads';

/** The complete policies. */
export const EXACT = 'exact';

export class PreparedSets {
  readonly #evaluator: Evaluator;
  readonly #policies: Policies;
  /** Ids of the policies that forbid. */
  readonly #forbidding: ReadonlySet<string>;
  readonly #prepared = new Set<string>();
  /** Number of prepared parts, by kind. */
  readonly #parts = new Map<PartKind, number>();
  /** The part of the policies that decides by arguments what the other policies leave open. */
  readonly #partOf = new WeakMap<Decision, string>();

  /** Throws `PolicyError`. */
  constructor(evaluator: Evaluator, policies: Policies, forbidding: ReadonlySet<string>) {
    this.#evaluator = evaluator;
    this.#policies = policies;
    this.#forbidding = forbidding;
    evaluator.prepare(EXACT, policies);
  }

  /**
   * The policies that are still open once everything but the arguments is known, prepared as a separate set, because
   * every other policy would cost time with each call.
   */
  partFor(
    open: Decision,
    caller: CallerEntity,
    action: Action,
    resource: ResourceRef,
    upstream: string,
    context: Record<string, CedarValueJson>,
  ): string {
    const known = this.#partOf.get(open);
    if (known !== undefined) return known;
    // A URI is decided in several readings, which share only the type of the resource.
    const id = 'name' in resource ? resource.name : undefined;
    const relevant = relevantTo(this.#policies, { caller, action, resource: { type: resource.type, id } });
    const part = new Map([...relevant].filter(([, policy]) => id === undefined || readsArguments(readsOf([policy]))));
    const settled = new Map([...relevant].filter(([id]) => !part.has(id)));
    let name = EXACT;
    const holding = this.#holding(settled, {
      caller,
      action,
      resource: { type: resource.type, id: id ?? '' },
      attributes: { name: id ?? '' },
      upstream,
      context,
    });
    if (holding !== undefined) {
      for (const id of holding) {
        const policy = settled.get(id);
        if (policy !== undefined) part.set(id, { ...policy, conditions: [] });
      }
      // Callers may cause any number of parts, but there are only as many sets of matching heads as the config has.
      name = this.#preparedPart('part', part, holding) ?? this.#preparedPart('heads', relevant, []) ?? EXACT;
    }
    this.#partOf.set(open, name);
    return name;
  }

  /** The policies that do not read arguments and hold. Undefined: too many such sets are prepared. */
  #holding(policies: Policies, question: Question): readonly string[] | undefined {
    if (policies.size === 0) return [];
    // With the effect `permit`, Cedar reports every policy that holds.
    const set = this.#preparedPart(
      'known',
      new Map([...policies].map(([id, policy]) => [id, { ...policy, effect: 'permit' }])),
      [],
    );
    if (set === undefined) return undefined;
    const { reason, failed } = this.#evaluator.answer(set, question);
    return [...reason, ...failed.filter((id) => this.#forbidding.has(id))].sort();
  }

  /** The name of the part; undefined if there are too many. @param holding the policies that lost their conditions */
  #preparedPart(kind: PartKind, policies: Policies, holding: readonly string[]): string | undefined {
    const name = `${kind} ${JSON.stringify([[...policies.keys()], holding])}`;
    if (this.#prepared.has(name)) return name;
    const parts = this.#parts.get(kind) ?? 0;
    if (parts >= MAX_PARTS) return undefined;
    this.#evaluator.prepare(name, policies);
    this.#prepared.add(name);
    this.#parts.set(kind, parts + 1);
    return name;
  }

  /** The name of the policy set that does not read unknown facts. */
  bound(bound: Bound, unknown: Unknown): string {
    const name = `${bound}${unknown.arguments ? '-arguments' : ''}${unknown.claims ? '-claims' : ''}${unknown.resource ? '-resource' : ''}`;
    if (!this.#prepared.has(name)) {
      this.#evaluator.prepare(
        name,
        new Map([...this.#policies].map(([id, policy]) => [id, boundOf(policy, bound, unknown)])),
      );
      this.#prepared.add(name);
    }
    return name;
  }
}
