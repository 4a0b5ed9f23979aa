/** The evaluator of one-line rules, asked directly. `plain.test.ts` compares it with Cedar. */
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { callerEntity } from '../../../proxy/controls/access-policy/caller-entity.ts';
import type { Answer, Question } from '../../../proxy/controls/access-policy/evaluator.ts';
import type { PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';
import { PlainEvaluator } from '../../../proxy/controls/access-policy/plain-evaluator.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

const all = { effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;
const policyOf = (body: unknown, rest: object = {}): PolicyJson => ({
  ...all,
  conditions: [{ kind: 'when', body: body as never }],
  ...rest,
});
const principal = { Var: 'principal' };
const dot = (left: unknown, attr: string): unknown => ({ '.': { left, attr } });
const entity = (type: string, id: string): { __entity: { type: string; id: string } } => ({ __entity: { type, id } });
const is = (claim: string, value: unknown): unknown => ({
  '==': { left: dot(principal, claim), right: { Value: value } },
});

describe('the evaluator without Cedar refuses any policy that is not a one-line rule', () => {
  it.each([
    ['a negation', '!', { '!': { arg: { Value: true } } }],
    ['arguments', '==', { '==': { left: dot({ Var: 'context' }, 'x'), right: { Value: 1 } } }],
    ['a nested claim', '==', { '==': { left: dot(dot(principal, 'x'), 'y'), right: { Value: 1 } } }],
    ['a nested attribute', '==', { '==': { left: dot(dot({ Var: 'resource' }, 'x'), 'y'), right: { Value: 1 } } }],
    ['a claim equal to an entity', '==', is('x', entity('Group', 'g'))],
    ['a claim equal to another claim', '==', { '==': { left: dot(principal, 'x'), right: dot(principal, 'y') } }],
    ['a claim equal to nothing', '==', { '==': { left: dot(principal, 'x') } }],
    ['a caller equal to a value', '==', { '==': { left: principal, right: { Value: 1 } } }],
    ['a set of other values', 'in', { in: { left: { Var: 'resource' }, right: { Set: [] } } }],
    ['a caller in a claim', 'in', { in: { left: principal, right: dot(principal, 'x') } }],
    ['an attribute that the resource has', 'has', { has: { left: { Var: 'resource' }, attr: 'x' } }],
    ['a chain of claims that the caller has', 'has', { has: { left: principal, attr: ['x', 'y'] } }],
    ['a claim like a pattern', 'like', { like: { left: dot(principal, 'x'), pattern: [] } }],
    ['a resource like a pattern', 'like', { like: { left: { Var: 'resource' }, pattern: [] } }],
    ['a nested attribute', 'like', { like: { left: dot(dot({ Var: 'resource' }, 'x'), 'y'), pattern: [] } }],
    ['a function', 'decimal', { decimal: [{ Value: '1.0' }] }],
    ['a value', 'Value', { Value: true }],
    ['another operator', '<', { '<': { left: { Value: 1 }, right: { Value: 2 } } }],
    ['an operand that is missing', 'an operand', { '&&': { left: is('x', 1) } }],
    ['an operator without operands', '!', { '!': null }],
    ['no condition at all', 'an operand', undefined],
  ])('%s (%s)', (_what, named, body) => {
    expect(() => new PlainEvaluator().prepare('x', new Map([['p', policyOf(body)]]))).toThrow(
      new TypeError(`expected a policy made from a one-line rule, got one with ${named}`),
    );
  });

  it.each([
    ['for one caller', { principal: { op: '==', entity: { type: 'Caller', id: 'c' } } }],
    ['for one resource', { resource: { op: '==', entity: { type: 'Tool', id: 't' } } }],
    [
      'for the resources of one upstream',
      { resource: { op: 'is', entity_type: 'Tool', in: { entity: { type: 'Upstream', id: 'u' } } } },
    ],
  ])('a scope %s', (_what, scope) => {
    expect(() => new PlainEvaluator().prepare('x', new Map([['p', policyOf(is('x', 1), scope)]]))).toThrow(
      'expected a policy made from a one-line rule, got one with a scope',
    );
  });
});

describe('the evaluator without Cedar', () => {
  const reads = { ...readsOf([]), wholeCaller: true };
  const types = { level: 'number', staff: 'boolean' } as const;
  /** What `conditions` decide, each in its own policy, for a call of the tool `t`. */
  const answers = (policies: readonly PolicyJson[], who: JsonObject, question: Partial<Question> = {}): Answer => {
    const evaluator = new PlainEvaluator();
    evaluator.prepare('set', new Map(policies.map((policy, i) => [`p${i}`, policy])));
    return evaluator.answer('set', {
      caller: callerEntity(callerOf(who), { groups: ['groups'], claims: types }, reads),
      action: 'tools/call',
      resource: { type: 'Tool', id: 't' },
      attributes: { name: 't' },
      upstream: 'default',
      context: {},
      ...question,
    });
  };
  const decides = (body: unknown, who: JsonObject, question?: Partial<Question>): Answer['decision'] =>
    answers([policyOf(body)], who, question).decision;
  const among = (...ids: string[]): unknown => ({
    in: { left: principal, right: { Set: ids.map((id) => ({ Value: entity('Group', id) })) } },
  });

  it('compares a claim with its value and type', () => {
    expect([decides(is('level', 1), { level: 1 }), decides(is('level', 1), { level: 2 })]).toEqual(['allow', 'deny']);
    expect([decides(is('staff', true), { staff: true }), decides(is('level', '1'), { level: 1 })]).toEqual([
      'allow',
      'deny',
    ]);
    expect(decides(is('level', 1), {})).toBe('deny');
  });

  it('compares an attribute of the resource with its value', () => {
    const named = (name: string): unknown => ({
      '==': { left: dot({ Var: 'resource' }, 'name'), right: { Value: name } },
    });
    expect([decides(named('t'), {}), decides(named('u'), {})]).toEqual(['allow', 'deny']);
  });

  it('asks for both sides of `&&`, and for one of `||`', () => {
    const table = (operator: string): string[] =>
      [true, false].flatMap((left) =>
        [true, false].map((right) =>
          decides(
            { [operator]: { left: is('staff', left), right: is('level', right ? 1 : 2) } },
            { staff: true, level: 1 },
          ),
        ),
      );
    expect(table('&&')).toEqual(['allow', 'deny', 'deny', 'deny']);
    expect(table('||')).toEqual(['allow', 'allow', 'allow', 'deny']);
  });

  it('finds a caller by itself, and by each of its groups', () => {
    const self = { in: { left: principal, right: { Value: entity('Caller', 'me') } } };
    expect([decides(self, { sub: 'me' }), decides(self, { sub: 'you' })]).toEqual(['allow', 'deny']);
    expect([decides(among('a', 'b'), { groups: ['x', 'b'] }), decides(among('a', 'b'), { groups: ['x'] })]).toEqual([
      'allow',
      'deny',
    ]);
    expect(decides(among(), { groups: ['x'] })).toBe('deny');
  });

  it('asks whether a caller has a claim, whatever its value', () => {
    const has = (attr: string): unknown => ({ has: { left: principal, attr } });
    expect([decides(has('staff'), { staff: false }), decides(has('staff'), {}), decides(has('toString'), {})]).toEqual([
      'allow',
      'deny',
      'deny',
    ]);
  });

  it('matches an attribute of the resource with a pattern; one that is missing counts as empty', () => {
    const like = (...pattern: unknown[]): unknown => ({ like: { left: dot({ Var: 'resource' }, 'name'), pattern } });
    const [letter, wild] = [{ Literal: 't' }, 'Wildcard'];
    expect([decides(like(letter), {}), decides(like({ Literal: 'u' }), {})]).toEqual(['allow', 'deny']);
    expect([like(), like(wild), like(letter, wild)].map((body) => decides(body, {}, { attributes: {} }))).toEqual([
      'allow',
      'allow',
      'deny',
    ]);
  });

  it('applies a policy to its actions and its type of resource only', () => {
    const actions = (...ids: string[]): object => ({
      action: { op: 'in', entities: ids.map((id) => ({ type: 'Action', id })) },
    });
    const typed = (type: string): object => ({ resource: { op: 'is', entity_type: type } });
    const anyone = is('staff', true);
    const of = (scope: object): string => answers([policyOf(anyone, scope)], { staff: true }).decision;
    expect([of({}), of(actions('x', 'tools/call')), of(actions('x')), of(actions())]).toEqual([
      'allow',
      'allow',
      'deny',
      'deny',
    ]);
    expect([of(typed('Tool')), of(typed('Prompt'))]).toEqual(['allow', 'deny']);
  });

  it('asks for every condition of a policy', () => {
    const conditions = [is('staff', true), is('level', 1)].map((body) => ({ kind: 'when', body }));
    const of = (who: JsonObject): string => answers([policyOf({}, { conditions })], who).decision;
    expect([of({ staff: true, level: 1 }), of({ staff: true }), of({ level: 1 })]).toEqual(['allow', 'deny', 'deny']);
    expect(answers([policyOf({}, { conditions: [] })], {}).decision).toBe('allow');
  });

  it('lets a policy that forbids outrank those that permit, and names the policies that decided', () => {
    const [staff, first] = [is('staff', true), is('level', 1)];
    const policies = [policyOf(staff), policyOf(first, { effect: 'forbid' }), policyOf(staff), policyOf(first)];
    expect(answers(policies, { staff: true })).toEqual({ decision: 'allow', reason: ['p0', 'p2'], failed: [] });
    expect(answers(policies, { staff: true, level: 1 })).toEqual({ decision: 'deny', reason: ['p1'], failed: [] });
    expect(answers(policies, {})).toEqual({ decision: 'deny', reason: [], failed: [] });
    expect(answers([], { staff: true })).toEqual({ decision: 'deny', reason: [], failed: [] });
  });

  it('decides by the set that is asked for, and by no set that it was not given', () => {
    const evaluator = new PlainEvaluator();
    evaluator.prepare('set', new Map());
    expect(() => evaluator.answer('another', {} as never)).toThrow('no such set of policies');
  });
});
