/** The parts of Cedar's JSON that are analyzed. */
import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  and,
  conditionsOf,
  entityOf,
  FALSE,
  hasPath,
  isVariable,
  literalOf,
  literalsOf,
  not,
  operandsOf,
  operation,
  or,
  pathOf,
  TRUE,
} from '../../../proxy/controls/access-policy/expression.ts';

const variable = (name: string) => ({ Var: name });
const dot = (left: unknown, attr: unknown) => ({ '.': { left, attr } });
const [A, B] = [{ Value: 'a' }, { Value: 'b' }];
const group = { type: 'Group', id: 'g' };

describe('an expression', () => {
  it('is its operator and its operands', () => {
    expect([operation({ '==': { left: A, right: B } }), operation({})]).toEqual([
      ['==', { left: A, right: B }],
      ['', undefined],
    ]);
  });

  it.each([
    ['named operands', { '==': { left: A, right: B } }, [A, B]],
    ['a list of operands', { Set: [A, 5, B] }, [A, B]],
    ['the operands of a function', { decimal: [A] }, [A]],
    ['members, without names and patterns', { like: { left: A, pattern: 'x' } }, [A]],
    ['none: a literal', { Value: { __entity: group } }, []],
    ['none: a variable', { Var: { left: A } }, []],
    ['none: a slot', { Slot: { left: A } }, []],
    ['none: something else', { '!': null }, []],
  ])('has %s as subexpressions', (_what, expression, operands) => {
    expect(operandsOf(expression)).toEqual(operands);
  });

  it('is a variable by its name', () => {
    expect([variable('principal'), variable('resource'), A, null, 5].map((it) => isVariable(it, 'principal'))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ['the variable itself', variable('context'), []],
    ['a member', dot(variable('context'), 'a'), ['a']],
    ['a member of a member', dot(dot(variable('context'), 'a'), 'b'), ['a', 'b']],
    ['of another variable', dot(variable('resource'), 'a'), undefined],
    ['of no name', dot(variable('context'), 5), undefined],
    ['of a literal', dot(A, 'a'), undefined],
    ['no member', A, undefined],
    ['no expression', 'context', undefined],
    ['a broken member', { '.': null }, undefined],
  ])('has a path on a variable: %s', (_what, expression, path) => {
    expect(pathOf(expression, 'context')).toEqual(path);
  });

  it.each([
    ['one', { has: { left: variable('context'), attr: 'a' } }, ['a']],
    ['a chain', { has: { left: dot(variable('context'), 'a'), attr: ['b', 'c', 5] } }, ['a', 'b', 'c']],
    ['of another variable', { has: { left: variable('resource'), attr: 'a' } }, undefined],
    ['no `has`', dot(variable('context'), 'a'), undefined],
  ])('has a path that `has` asks for: %s', (_what, expression, path) => {
    expect(hasPath(expression, 'context')).toEqual(path);
  });
});

describe('an entity', () => {
  it.each([
    ['as such', group, group],
    ['in Cedar form', { __entity: group }, group],
    ['with more members', { ...group, more: 1 }, group],
    ['without a type', { id: 'g' }, undefined],
    ['without an id', { type: 'Group' }, undefined],
    ['with a type that is no text', { type: 1, id: 'g' }, undefined],
    ['with an id that is no text', { type: 'Group', id: 1 }, undefined],
    ['a text', 'Group', undefined],
    ['nothing', undefined, undefined],
  ])('is read: %s', (_what, json, entity) => {
    expect(entityOf(json)).toEqual(entity);
  });

  it('is a literal, or one of a set in which nothing else is', () => {
    const literal = { Value: { __entity: group } };
    expect([literalOf(literal), literalOf(variable('principal')), literalOf(null)]).toEqual([
      group,
      undefined,
      undefined,
    ]);
    expect(
      [literal, { Set: [literal, literal] }, { Set: [] }, { Set: [literal, A] }, { Set: literal }, A, null].map((it) =>
        literalsOf(it),
      ),
    ).toEqual([[group], [group, group], [], undefined, undefined, undefined, undefined]);
  });
});

describe('a policy', () => {
  const all = { effect: 'permit', principal: { op: 'All' }, resource: { op: 'All' } } as const;
  const actions = (action: unknown) => actionsOf({ ...all, action: action as { op: 'All' }, conditions: [] });
  const action = (id: string) => ({ type: 'Action', id });

  it('has actions: all, one or several, and entities of other types are none', () => {
    expect(actions({ op: 'All' })).toBeUndefined();
    expect(actions({ op: '==', entity: { __entity: action('a') } })).toEqual(['a']);
    expect(actions({ op: 'in', entities: [action('a'), group, action('b'), {}] })).toEqual(['a', 'b']);
    expect(actions({ op: 'in' })).toEqual([]);
  });

  it('has its conditions, negated by `unless`', () => {
    const condition = (kind: 'when' | 'unless', body: unknown) => ({ kind, body: body as { Value: string } });
    expect(
      conditionsOf({
        ...all,
        action: { op: 'All' },
        conditions: [condition('when', A), condition('unless', B), condition('unless', TRUE)],
      }),
    ).toEqual([A, { '!': { arg: B } }, FALSE]);
  });
});

describe('a composed expression', () => {
  it('leaves out what is known', () => {
    expect([not(TRUE), not(FALSE), not(A)]).toEqual([FALSE, TRUE, { '!': { arg: A } }]);
    expect([and(TRUE, A), and(A, TRUE), and(FALSE, A), and(A, FALSE), and(A, B)]).toEqual([
      A,
      A,
      FALSE,
      { '&&': { left: A, right: FALSE } },
      { '&&': { left: A, right: B } },
    ]);
    expect([or(FALSE, A), or(A, FALSE), or(TRUE, A), or(A, TRUE), or(A, B)]).toEqual([
      A,
      A,
      TRUE,
      { '||': { left: A, right: TRUE } },
      { '||': { left: A, right: B } },
    ]);
    expect([TRUE, FALSE]).toEqual([{ Value: true }, { Value: false }]);
  });
});
