/** Cedar as it is. */
import type { Cedar } from './cedar.ts';
import { type Answer, entitiesOf, type Evaluator, type Question } from './evaluator.ts';
import type { PolicyJson } from './expression.ts';
import { type Policies, PolicyError } from './policies.ts';
import { words } from './words.ts';

let evaluators = 0;

export class CedarEvaluator implements Evaluator {
  readonly #cedar: Cedar;
  /** Cedar knows prepared sets by names that all of a process share. */
  readonly #name = `access-policy-${++evaluators}`;
  /** Sets of policies to which the resource is more than its name: then Cedar is told of it, which takes it a quarter of its time. */
  readonly #lookingAtResource = new Set<string>();

  constructor(cedar: Cedar) {
    this.#cedar = cedar;
  }

  prepare(set: string, policies: Policies): void {
    const answer = this.#cedar.preparsePolicySet(`${this.#name}-${set}`, { staticPolicies: Object.fromEntries(policies) });
    if (answer.type === 'failure') throw new PolicyError([words(answer.errors)]);
    if ([...policies.values()].some(looksAtResource)) this.#lookingAtResource.add(set);
  }

  answer(set: string, question: Question): Answer {
    const answer = this.#cedar.statefulIsAuthorized({
      principal: question.caller.uid,
      action: { type: 'Action', id: question.action },
      resource: question.resource,
      context: question.context,
      preparsedPolicySetId: `${this.#name}-${set}`,
      entities: this.#lookingAtResource.has(set) ? entitiesOf(question) : [question.caller.entity],
    });
    if (answer.type === 'failure') throw new Error(`cedar can't decide: ${words(answer.errors)}`);
    const { decision, diagnostics } = answer.response;
    return { decision, reason: diagnostics.reason, failed: diagnostics.errors.map(({ policyId }) => policyId) };
  }
}

/** Its attributes, or what it belongs to. A text that only says so in a string costs time, and nothing else. */
function looksAtResource({ resource, conditions }: PolicyJson): boolean {
  return resource.op === 'in' || (resource.op === 'is' && resource.in !== undefined) || JSON.stringify(conditions).includes('"Var":"resource"');
}
