/**
 * Evaluates the part of Cedar that one-line rules use: membership, equal claims, names by pattern. Loading Cedar for
 * those would double the time to the first answer, and a decision takes it fifty times as long. A property test
 * compares this with Cedar. Anything else is refused, never ignored.
 */
import { isObject } from '../../json/lossless.ts';
import type { Answer, Evaluator, Question } from './evaluator.ts';
import { actionsOf, conditionsOf, isVariable, literalsOf, operation, pathOf, type PolicyJson } from './expression.ts';
import { matcherOf } from './pattern.ts';
import type { Policies } from './policies.ts';
import { keyOf } from './reads.ts';

type Test = (question: Question) => boolean;

interface Plain {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly applies: Test;
}

export class PlainEvaluator implements Evaluator {
  readonly #sets = new Map<string, readonly Plain[]>();

  prepare(set: string, policies: Policies): void {
    this.#sets.set(
      set,
      [...policies].map(([id, policy]) => ({ id, effect: policy.effect, applies: testOf(policy) })),
    );
  }

  answer(set: string, question: Question): Answer {
    const policies = this.#sets.get(set);
    if (policies === undefined) throw new Error('no such set of policies');
    const applying = policies.filter(({ applies }) => applies(question));
    const forbidding = applying.filter(({ effect }) => effect === 'forbid');
    const deciding = forbidding.length > 0 ? forbidding : applying;
    return {
      decision: forbidding.length === 0 && applying.length > 0 ? 'allow' : 'deny',
      reason: deciding.map(({ id }) => id),
      failed: [],
    };
  }
}

function testOf(policy: PolicyJson): Test {
  const { principal, resource } = policy;
  if (principal.op !== 'All' || (resource.op !== 'All' && (resource.op !== 'is' || resource.in !== undefined)))
    throw notPlain('a scope');
  const actions = actionsOf(policy);
  const type = resource.op === 'is' ? resource.entity_type : undefined;
  const conditions = conditionsOf(policy).map(conditionOf);
  return (question) =>
    (actions?.includes(question.action) ?? true) &&
    (type ?? question.resource.type) === question.resource.type &&
    conditions.every((holds) => holds(question));
}

function conditionOf(expression: unknown): Test {
  if (!isObject(expression)) throw notPlain('an operand');
  const [operator, operands] = operation(expression);
  if (!isObject(operands)) throw notPlain(operator);
  const { left, right } = operands;
  switch (operator) {
    case '&&':
    case '||': {
      const [first, second] = [conditionOf(left), conditionOf(right)];
      return operator === '&&'
        ? (question) => first(question) && second(question)
        : (question) => first(question) || second(question);
    }
    case 'in': {
      const named = literalsOf(right);
      if (!isVariable(left, 'principal') || named === undefined) throw notPlain(operator);
      const keys = new Set(named.map(keyOf));
      return ({ caller }) =>
        keys.has(keyOf(caller.uid)) || caller.memberships.some((membership) => keys.has(membership));
    }
    case 'has': {
      const { attr } = operands;
      if (!isVariable(left, 'principal') || typeof attr !== 'string') throw notPlain(operator);
      return ({ caller }) => Object.hasOwn(caller.entity.attrs, attr);
    }
    case '==':
      return equal(left, right);
    case 'like': {
      const [attribute, ...more] = pathOf(left, 'resource') ?? [];
      if (attribute === undefined || more.length > 0) throw notPlain(operator);
      const matches = matcherOf(operands['pattern']);
      return ({ attributes }) => matches(attributes[attribute] ?? '');
    }
    default:
      throw notPlain(operator);
  }
}

function equal(left: unknown, right: unknown): Test {
  const [claim, ...deeper] = pathOf(left, 'principal') ?? [];
  const [attribute, ...more] = pathOf(left, 'resource') ?? [];
  const value = isObject(right) ? right['Value'] : undefined;
  if (deeper.length + more.length > 0 || value === undefined || isObject(value)) throw notPlain('==');
  if (claim !== undefined) return ({ caller }) => caller.entity.attrs[claim] === value;
  if (attribute === undefined) throw notPlain('==');
  return ({ attributes }) => attributes[attribute] === value;
}

function notPlain(what: string): TypeError {
  return new TypeError(`expected a policy made from a one-line rule, got one with ${what}`);
}
