/** What policies read of a question. */
import { describe, expect, it } from 'vitest';
import type { PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';
import {
  idIn,
  keyOf,
  type Reads,
  readsArguments,
  readsCallers,
  readsOf,
} from '../../../proxy/controls/access-policy/reads.ts';

const all = { effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;
const when = (body: unknown, rest: object = {}): PolicyJson => ({
  ...all,
  conditions: [{ kind: 'when', body: body as { Value: true } }],
  ...rest,
});
const NOTHING: Reads = {
  arguments: new Set(),
  allArguments: false,
  context: new Set(),
  named: new Set(),
  claims: new Set(),
  wholeCaller: false,
};
const principal = { Var: 'principal' };
const context = { Var: 'context' };
const dot = (left: unknown, attr: string) => ({ '.': { left, attr } });
const given = dot(context, 'arguments');
const entity = (type: string, id: string) => ({ Value: { __entity: { type, id } } });
const [group, caller] = [entity('Group', 'g'), entity('Caller', 'c')];
const GROUP = { named: new Set(['Group::"g"']) };
const CALLER = { named: new Set(['Caller::"c"']) };
const WHOLE = { wholeCaller: true };

describe('a condition', () => {
  it.each<[what: string, body: unknown, reads: Partial<Reads>]>([
    ['an argument', dot(given, 'a'), { arguments: new Set(['a']) }],
    ['a member of an argument', dot(dot(given, 'a'), 'b'), { arguments: new Set(['a']) }],
    ['whether an argument is there', { has: { left: given, attr: 'a' } }, { arguments: new Set(['a']) }],
    ['the arguments as a whole', { '==': { left: given, right: { Record: {} } } }, { allArguments: true }],
    ['the context as a whole', { '==': { left: context, right: { Record: {} } } }, { allArguments: true }],
    ['another member of the context', dot(context, 'field'), { context: new Set(['field']) }],
    ['a member of it', dot(dot(context, 'field'), 'arguments'), { context: new Set(['field']) }],
    ['a claim', dot(principal, 'a'), { claims: new Set(['a']) }],
    ['a member of a claim', dot(dot(principal, 'a'), 'b'), { claims: new Set(['a']) }],
    ['whether a claim is there', { has: { left: principal, attr: 'a' } }, { claims: new Set(['a']) }],
    ['the caller as a whole', { contains: { left: { Set: [] }, right: principal } }, WHOLE],
    ['whether the caller is in a group', { in: { left: principal, right: group } }, GROUP],
    [
      'whether the caller is in one of several',
      { in: { left: principal, right: { Set: [group, caller] } } },
      { named: new Set(['Group::"g"', 'Caller::"c"']) },
    ],
    ['whether the caller is someone', { '==': { left: principal, right: caller } }, CALLER],
    ['whether someone is the caller', { '==': { left: caller, right: principal } }, CALLER],
    ['whether the caller is not someone', { '!=': { left: principal, right: caller } }, CALLER],
    ['whether someone is not the caller', { '!=': { left: caller, right: principal } }, CALLER],
    ['what is in the caller', { in: { left: group, right: principal } }, WHOLE],
    [
      'whether the caller is in a claim',
      { in: { left: principal, right: dot(principal, 'a') } },
      { ...WHOLE, claims: new Set(['a']) },
    ],
    ['the type of the caller', { is: { left: principal, entity_type: 'Caller' } }, {}],
    ['the type of the caller and its group', { is: { left: principal, entity_type: 'Caller', in: group } }, GROUP],
    [
      'the type of something else',
      { is: { left: dot(principal, 'a'), entity_type: 'Group' } },
      { claims: new Set(['a']) },
    ],
    ['a literal caller', { in: { left: caller, right: group } }, WHOLE],
    ['a literal group', { in: { left: { Var: 'resource' }, right: group } }, {}],
    ['a literal', { Value: true }, {}],
    [
      'both sides',
      { '&&': { left: dot(principal, 'a'), right: dot(given, 'b') } },
      { claims: new Set(['a']), arguments: new Set(['b']) },
    ],
  ])('reads %s', (_what, body, reads) => {
    expect(readsOf([when(body)])).toEqual({ ...NOTHING, ...reads });
  });
});

describe('policies', () => {
  it.each([
    ['one caller', { op: '==', entity: { type: 'Caller', id: 'c' } }, CALLER],
    ['a group', { op: 'in', entity: { type: 'Group', id: 'g' } }, GROUP],
    ['a type in a group', { op: 'is', entity_type: 'Caller', in: { entity: { type: 'Group', id: 'g' } } }, GROUP],
    ['a type', { op: 'is', entity_type: 'Caller' }, {}],
    ['a slot', { op: 'in', slot: '?principal' }, {}],
    ['all', { op: 'All' }, {}],
  ])('read the caller that their head names: %s', (_what, head, reads) => {
    expect(readsOf([when({ Value: true }, { principal: head })])).toEqual({ ...NOTHING, ...reads });
  });

  it('read the scopes that they require', () => {
    expect(readsOf([when({ Value: true }, { annotations: { requiresScopes: 'a b' } })])).toEqual({
      ...NOTHING,
      named: new Set(['Scope::"a"', 'Scope::"b"']),
    });
  });

  it('read together what each reads', () => {
    expect(readsOf([when(dot(principal, 'a')), when(dot(principal, 'b')), when(dot(given, 'c'))])).toEqual({
      ...NOTHING,
      claims: new Set(['a', 'b']),
      arguments: new Set(['c']),
    });
    expect(readsOf([])).toEqual(NOTHING);
  });

  it('read callers if they read a claim, name one or read the whole of it', () => {
    const reads = [{}, CALLER, WHOLE, { claims: new Set(['a']) }, { arguments: new Set(['a']) }];
    expect(reads.map((it) => readsCallers({ ...NOTHING, ...it }))).toEqual([false, true, true, true, false]);
  });

  it('read arguments if they read one or all', () => {
    const reads = [{}, { arguments: new Set(['a']) }, { allArguments: true }, CALLER];
    expect(reads.map((it) => readsArguments({ ...NOTHING, ...it }))).toEqual([false, true, true, false]);
  });
});

it('the key of an entity holds its type and its id, whatever their characters', () => {
  const entities = [
    { type: 'Group', id: 'g' },
    { type: 'A::B', id: 'c' },
    { type: 'A', id: 'B::"c"' },
  ];
  for (const each of entities) expect(idIn(keyOf(each), each.type)).toBe(each.id);
  expect([
    idIn(keyOf({ type: 'A::B', id: 'c' }), 'A'),
    idIn('Group::"g"', 'Scope'),
    idIn('xGroup::"g"', 'Group'),
  ]).toEqual([undefined, undefined, undefined]);
});
