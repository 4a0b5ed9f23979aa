/** How a policy is rewritten for what is unknown, by a small evaluator of conditions. `bounds.test.ts` compares with Cedar. */
import { describe, expect, it, test } from 'vitest';
import { type Bound, boundOf, dependsOn, type Unknown } from '../../../proxy/controls/access-policy/bounds.ts';
import type { Expression, PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';

const NOTHING: Unknown = { arguments: false, claims: false, resource: false };
const ARGUMENTS: Unknown = { ...NOTHING, arguments: true };
const CLAIMS: Unknown = { ...NOTHING, claims: true };
const RESOURCE: Unknown = { ...NOTHING, resource: true };

const [principal, resource, context] = ['principal', 'resource', 'context'].map((Var): Expression => ({ Var }));
const dot = (left: unknown, attr: string): Expression => ({ '.': { left, attr } });
const has = (left: unknown, attr: string): Expression => ({ has: { left, attr } });
const entity = (type: string, id: string): Expression => ({ Value: { __entity: { type, id } } });
const of = (operator: string, left: unknown, right: unknown): Expression => ({ [operator]: { left, right } });
const given = dot(context, 'arguments');
const TRUE: Expression = { Value: true };

function policy(effect: 'permit' | 'forbid', condition?: Expression, rest: Partial<PolicyJson> = {}): PolicyJson {
  const conditions = condition === undefined ? [] : [{ kind: 'when', body: condition as never } as const];
  return { effect, principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' }, conditions, ...rest };
}

type Outcome = boolean | 'fails';

/** Cedar's semantics of the operators that join conditions. Anything else is an atom. */
function evaluate(expression: Expression, atom: (expression: Expression) => Outcome): Outcome {
  const [operator, operands] = Object.entries(expression)[0] as [string, Readonly<Record<string, Expression>>];
  const operand = (name: string): Outcome => evaluate(operands[name] ?? TRUE, atom);
  const then = (first: Outcome, next: (first: boolean) => Outcome): Outcome =>
    first === 'fails' ? first : next(first);
  switch (operator) {
    case 'Value':
      return expression['Value'] as boolean;
    case '!':
      return then(operand('arg'), (it) => !it);
    case '&&':
      return then(operand('left'), (it) => it && operand('right'));
    case '||':
      return then(operand('left'), (it) => it || operand('right'));
    case 'if-then-else':
      return then(operand('if'), (it) => operand(it ? 'then' : 'else'));
    default:
      return atom(expression);
  }
}

/** What an atom may be if its arguments are unknown. */
const POSSIBLE = new Map<string, readonly Outcome[]>();
let made = 0;
/** An argument compared with a value: true, false, or it fails. Each is another one. */
function compared(): Expression {
  const atom = of('>', dot(given, `n${made++}`), { Value: 1 });
  POSSIBLE.set(JSON.stringify(atom), [true, false, 'fails']);
  return atom;
}
/** Whether an argument is there never fails. */
function present(): Expression {
  const atom = has(given, `n${made++}`);
  POSSIBLE.set(JSON.stringify(atom), [true, false]);
  return atom;
}
/** What no unknown fact decides. */
function known(value: boolean): Expression {
  const atom = of('==', dot(resource, 'name'), { Value: `${value} ${made++}` });
  POSSIBLE.set(JSON.stringify(atom), [value]);
  return atom;
}

const possible = (atom: Expression): readonly Outcome[] => POSSIBLE.get(JSON.stringify(atom)) ?? [];

/** All that an expression may be, over each value of its atoms. */
function outcomesOf(expression: Expression): Set<Outcome> {
  const atoms = new Map<string, readonly Outcome[]>();
  evaluate(expression, () => true);
  const walk = (one: Expression): void => {
    const options = possible(one);
    if (options.length > 0) atoms.set(JSON.stringify(one), options);
    else for (const inner of Object.values(Object.values(one)[0] as object)) if (typeof inner === 'object') walk(inner);
  };
  walk(expression);
  let assignments: Map<string, Outcome>[] = [new Map()];
  for (const [atom, options] of atoms)
    assignments = assignments.flatMap((before) => options.map((option) => new Map([...before, [atom, option]])));
  return new Set(
    assignments.map((values) => evaluate(expression, (atom) => values.get(JSON.stringify(atom)) ?? 'fails')),
  );
}

/** Whether the rewritten policy applies. It must read nothing unknown. */
function applies(effect: 'permit' | 'forbid', condition: Expression, bound: Bound): Outcome {
  const { conditions } = boundOf(policy(effect, condition), bound, ARGUMENTS);
  return conditions
    .map(({ body }) =>
      evaluate(body as Expression, (atom) => {
        expect(dependsOn(atom, ARGUMENTS), JSON.stringify(atom)).toBe(false);
        return possible(atom)[0] ?? 'fails';
      }),
    )
    .every((outcome) => outcome === true);
}

const ATOMS: readonly (() => Expression)[] = [compared, present, () => known(true), () => known(false)];
const JOINED: readonly ((make: (i: number) => Expression) => Expression)[] = [
  (atom) => ({ '!': { arg: atom(0) } }),
  (atom) => of('&&', atom(0), atom(1)),
  (atom) => of('||', atom(0), atom(1)),
  (atom) => ({ 'if-then-else': Object.fromEntries(['if', 'then', 'else'].map((name, i) => [name, atom(i)])) }),
  (atom) => ({ '!': { arg: of('||', atom(0), atom(1)) } }),
  (atom) => of('||', of('&&', atom(0), atom(1)), atom(2)),
  (atom) => of('&&', atom(0), of('||', atom(1), atom(2))),
  (atom) => of('&&', { '!': { arg: atom(0) } }, atom(1)),
];

/** Each choice of three of the atoms. */
const CHOICES = ATOMS.flatMap((a) => ATOMS.flatMap((b) => ATOMS.map((c) => [a, b, c] as const)));

describe('if arguments are unknown', () => {
  test.each(JOINED.map((join, i) => [i, join] as const))(
    'a condition applies at most and at least as all its outcomes say: form %i',
    (_i, join) => {
      for (const choice of CHOICES) {
        const condition = join((i) => choice[i]?.() ?? TRUE);
        const outcomes = outcomesOf(condition);
        const words = `${JSON.stringify(condition)}: ${[...outcomes].join()}`;
        // A permit that fails permits nothing; a forbid that fails forbids.
        expect(applies('permit', condition, 'most'), words).toBe(outcomes.has(true));
        expect(applies('permit', condition, 'least'), words).toBe(!outcomes.has(false) && !outcomes.has('fails'));
        expect(applies('forbid', condition, 'most'), words).toBe(!outcomes.has(false));
        expect(applies('forbid', condition, 'least'), words).toBe(outcomes.has(true) || outcomes.has('fails'));
      }
    },
  );

  it('several conditions apply together', () => {
    const conditions = [known(true), compared()].map((body) => ({ kind: 'when', body: body as never }) as const);
    const [most, least] = (['most', 'least'] as const).map((bound) => {
      const [only, ...more] = boundOf(policy('permit', undefined, { conditions }), bound, ARGUMENTS).conditions;
      expect(more).toEqual([]);
      return evaluate(only?.body as Expression, (atom) => possible(atom)[0] ?? 'fails');
    });
    expect([most, least]).toEqual([true, false]);
  });

  it('a condition of more than 500 parts is unknown as a whole', () => {
    const negated = (times: number): Expression =>
      times === 0 ? of('||', present(), TRUE) : { '!': { arg: negated(times - 1) } };
    // With the five parts of what is negated: 499, 500 and 502.
    expect(applies('permit', negated(494), 'least')).toBe(true);
    expect(applies('permit', negated(495), 'most')).toBe(false);
    expect(applies('permit', negated(497), 'most')).toBe(true);
    expect(applies('permit', negated(496), 'least')).toBe(false);
  });

  it('whether an argument has members may fail, if that is no object', () => {
    const condition = has(dot(given, 'a'), 'b');
    const body = (effect: 'permit' | 'forbid', bound: Bound): unknown =>
      boundOf(policy(effect, of('||', condition, { '!': { arg: condition } })), bound, ARGUMENTS).conditions[0]?.body;
    expect([body('permit', 'most'), body('permit', 'least')]).toEqual([{ Value: true }, { Value: false }]);
  });
});

describe('what depends on unknown facts', () => {
  it.each<[string, Expression, readonly (keyof Unknown)[]]>([
    ['the context', context as Expression, ['arguments']],
    ['the arguments', given, ['arguments']],
    ['an argument', dot(given, 'a'), ['arguments']],
    ['whether there are arguments', has(context, 'arguments'), ['arguments']],
    ['whether an argument is there', has(given, 'a'), ['arguments']],
    ['another member of the context', dot(context, 'field'), []],
    ['whether it is there', has(context, 'field'), []],
    ['the caller', principal as Expression, ['claims']],
    ['a claim', dot(principal, 'a'), ['claims']],
    ['a group of the caller', of('in', principal, entity('Group', 'g')), ['claims']],
    ['who the caller is', of('==', principal, entity('Caller', 'c')), []],
    ['who the caller is not', of('!=', principal, entity('Caller', 'c')), []],
    ['the caller compared with something else', of('==', principal, entity('Group', 'g')), ['claims']],
    ['the caller compared with a claim', of('==', principal, dot(principal, 'a')), ['claims']],
    ['a claim compared with a caller', of('==', dot(principal, 'a'), entity('Caller', 'c')), ['claims']],
    ['the type of the caller', { is: { left: principal, entity_type: 'Caller' } }, []],
    [
      'the type of the caller and its group',
      { is: { left: principal, entity_type: 'Caller', in: entity('Group', 'g') } },
      ['claims'],
    ],
    ['the resource', resource as Expression, ['resource']],
    ['its name', dot(resource, 'name'), ['resource']],
    ['the type of the resource', { is: { left: resource, entity_type: 'Tool' } }, []],
    [
      'the type of the resource and its upstream',
      { is: { left: resource, entity_type: 'Tool', in: entity('Upstream', 'u') } },
      ['resource'],
    ],
    ['the type of something else', { is: { left: dot(principal, 'a'), entity_type: 'Tool' } }, ['claims']],
    ['a literal caller', of('in', entity('Caller', 'c'), entity('Group', 'g')), ['claims']],
    ['a literal tool', of('in', entity('Tool', 't'), entity('Upstream', 'u')), ['resource']],
    ['a literal prompt', entity('Prompt', 'p'), ['resource']],
    ['a literal resource', entity('Resource', 'r'), ['resource']],
    ['a literal upstream', entity('Upstream', 'u'), []],
    ['a literal group', entity('Group', 'g'), []],
    ['a value', TRUE, []],
    ['both sides', of('&&', dot(given, 'a'), dot(resource, 'name')), ['arguments', 'resource']],
  ])('%s', (_what, expression, facts) => {
    for (const [fact, unknown] of Object.entries({ arguments: ARGUMENTS, claims: CLAIMS, resource: RESOURCE }))
      expect(dependsOn(expression, unknown), fact).toBe(facts.includes(fact as keyof Unknown));
    expect(dependsOn(expression, NOTHING)).toBe(false);
  });
});

describe('the head of a policy', () => {
  const GROUP = { entity: { type: 'Group', id: 'g' } };
  it.each<[string, Unknown, Partial<PolicyJson>, Partial<PolicyJson>]>([
    ['a group', CLAIMS, { principal: { op: 'in', ...GROUP } }, { principal: { op: 'All' } }],
    [
      'a type in a group',
      CLAIMS,
      { principal: { op: 'is', entity_type: 'Caller', in: GROUP } },
      { principal: { op: 'is', entity_type: 'Caller' } },
    ],
    [
      'a tool',
      RESOURCE,
      { resource: { op: '==', entity: { type: 'Tool', id: 't' } } },
      { resource: { op: 'is', entity_type: 'Tool' } },
    ],
    [
      'a caller in place of a tool',
      RESOURCE,
      { resource: { op: '==', entity: { type: 'Caller', id: 't' } } },
      { resource: { op: 'is', entity_type: 'Caller' } },
    ],
    [
      'an upstream',
      RESOURCE,
      { resource: { op: 'in', entity: { type: 'Upstream', id: 'u' } } },
      { resource: { op: 'All' } },
    ],
  ])('that names %s applies at most, and not in any case, without the name', (_what, unknown, head, without) => {
    for (const [effect, bound, body] of [
      ['permit', 'most', true],
      ['permit', 'least', false],
      ['forbid', 'most', false],
      ['forbid', 'least', true],
    ] as const)
      expect(boundOf(policy(effect, undefined, head), bound, unknown)).toEqual({
        ...policy(effect, undefined, without),
        conditions: [{ kind: 'when', body: { Value: body } }],
      });
    // Known, it stays as it is.
    const one = policy('permit', undefined, head);
    expect(boundOf(one, 'most', ARGUMENTS)).toBe(one);
  });

  it.each<[string, Partial<PolicyJson>]>([
    ['one caller', { principal: { op: '==', entity: { type: 'Caller', id: 'c' } } }],
    ['a type', { principal: { op: 'is', entity_type: 'Caller' }, resource: { op: 'is', entity_type: 'Tool' } }],
    ['a slot', { principal: { op: 'in', slot: '?principal' } }],
    ['nothing', {}],
  ])('that names %s stays as it is, whatever is unknown', (_what, head) => {
    const one = policy('permit', undefined, head);
    expect(boundOf(one, 'least', { arguments: true, claims: true, resource: true })).toBe(one);
  });

  it('is joined with the conditions', () => {
    const head = { principal: { op: 'in', ...GROUP } } as const;
    const never = policy('permit', known(false), head);
    const { conditions } = boundOf(never, 'most', CLAIMS);
    expect(evaluate(conditions[0]?.body as Expression, (atom) => possible(atom)[0] ?? 'fails')).toBe(false);
  });
});
