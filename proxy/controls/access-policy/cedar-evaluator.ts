/** Evaluates policies with Cedar. */
import type { Cedar } from './cedar.ts';
import { type Answer, type Evaluator, type Question, resourcesOf } from './evaluator.ts';
import type { PolicyJson } from './expression.ts';
import { type Policies, PolicyError } from './policies.ts';
import { words } from './words.ts';

let evaluators = 0;

export class CedarEvaluator implements Evaluator {
  readonly #cedar: Cedar;
  /** Cedar finds prepared sets by names that the whole process shares. */
  readonly #name = `access-policy-${++evaluators}`;
  /**
   * Policy sets that read more of the caller, or the resource, than its name. Only these get the entities, because
   * passing them takes half of Cedar's time.
   */
  readonly #lookingAtCaller = new Set<string>();
  readonly #lookingAtResource = new Set<string>();

  constructor(cedar: Cedar) {
    this.#cedar = cedar;
  }

  prepare(set: string, policies: Policies): void {
    const answer = this.#cedar.preparsePolicySet(`${this.#name}-${set}`, {
      staticPolicies: Object.fromEntries(policies),
    });
    if (answer.type === 'failure') throw new PolicyError([words(answer.errors)]);
    const all = [...policies.values()];
    if (all.some(looksAtCaller)) this.#lookingAtCaller.add(set);
    if (all.some(looksAtResource)) this.#lookingAtResource.add(set);
  }

  answer(set: string, question: Question): Answer {
    const answer = this.#cedar.statefulIsAuthorized({
      principal: question.caller.uid,
      action: { type: 'Action', id: question.action },
      resource: question.resource,
      context: question.context,
      preparsedPolicySetId: `${this.#name}-${set}`,
      entities: [
        ...(this.#lookingAtCaller.has(set) ? [question.caller.entity] : []),
        ...(this.#lookingAtResource.has(set) ? resourcesOf(question) : []),
      ],
    });
    if (answer.type === 'failure') throw new Error(`cedar can't decide: ${words(answer.errors)}`);
    const { decision, diagnostics } = answer.response;
    return { decision, reason: diagnostics.reason, failed: diagnostics.errors.map(({ policyId }) => policyId) };
  }
}

/**
 * Whether a policy reads attributes or parents of the resource, also of a literal one. A false match in a string
 * literal only costs time.
 */
function looksAtResource({ resource, conditions }: PolicyJson): boolean {
  return belongs(resource) || /"Var":"resource"|"type":"(?:Tool|Prompt|Resource)"/.test(JSON.stringify(conditions));
}

function looksAtCaller({ principal, conditions }: PolicyJson): boolean {
  return belongs(principal) || /"Var":"principal"|"type":"Caller"/.test(JSON.stringify(conditions));
}

function belongs(constraint: PolicyJson['principal'] | PolicyJson['resource']): boolean {
  return constraint.op === 'in' || (constraint.op === 'is' && constraint.in !== undefined);
}
