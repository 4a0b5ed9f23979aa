/** What the engine asks an evaluator, and what it makes of the answers. Without Cedar. */
import { describe, expect, it, test } from 'vitest';
import type { Caller } from '../../../proxy/call/caller.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { Engine } from '../../../proxy/controls/access-policy/engine.ts';
import type { Answer, Evaluator, Question } from '../../../proxy/controls/access-policy/evaluator.ts';
import type { PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';
import { PlainEvaluator } from '../../../proxy/controls/access-policy/plain-evaluator.ts';
import { readRules } from '../../../proxy/controls/access-policy/policies.ts';
import { allow, deny, type Rule } from '../../../proxy/controls/access-policy/rule.ts';
import type { Asker, Decision, ResourceRef } from '../../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { MODEL } from './asking.ts';

const TOOL: ResourceRef = { type: 'Tool', name: 't' };
const READS_X: PolicyJson['conditions'] = [
  { kind: 'when', body: { has: { left: { '.': { left: { Var: 'context' }, attr: 'arguments' } }, attr: 'x' } } },
];
const NOBODY = { verdict: 'deny', policies: [] };

function policy(effect: 'permit' | 'forbid', rest: Partial<PolicyJson> = {}): PolicyJson {
  return { effect, principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' }, conditions: [], ...rest };
}

const requiring = (scopes: string): PolicyJson => policy('permit', { annotations: { requiresScopes: scopes } });

/** An engine whose evaluator answers as it is told to, and what it was asked. */
function scripted(
  policies: Readonly<Record<string, PolicyJson>>,
  answer: (question: Question, set: string) => Partial<Answer>,
) {
  const asked: { readonly set: string; readonly question: Question }[] = [];
  const evaluator: Evaluator = {
    prepare: () => undefined,
    answer: (set, question) => {
      asked.push({ set, question });
      return { decision: 'deny', reason: [], failed: [], ...answer(question, set) };
    },
  };
  return { engine: new Engine(evaluator, new Map(Object.entries(policies)), MODEL), asked };
}

function withRules(...rules: readonly Rule[]): Engine {
  return new Engine(new PlainEvaluator(), readRules(rules), MODEL);
}

function asker(claims: JsonObject = {}, among?: readonly string[]): Asker {
  return {
    caller: callerOf(claims),
    upstream: { name: 'default', ...(among === undefined ? {} : { among: () => among }) },
  };
}

const UNFIT: JsonObject = { groups: [{}] };
const reading = (uri: string): ResourceRef => ({ type: 'Resource', uri });
const verdictOf = (engine: Engine, uri: string, among?: readonly string[]): string =>
  engine.decide(asker({}, among), 'resources/read', reading(uri)).verdict;

describe('an evaluator is asked', () => {
  it('once about a tool that no argument decides, by its name', () => {
    const { engine, asked } = scripted({ p: policy('permit') }, () => ({ decision: 'allow', reason: ['p'] }));
    expect(engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 1 } })).toEqual({
      verdict: 'allow',
      policies: ['p'],
    });
    expect(asked).toMatchObject([
      {
        set: 'exact',
        question: {
          action: 'tools/call',
          resource: { type: 'Tool', id: 't' },
          attributes: { name: 't' },
          upstream: 'default',
          context: {},
        },
      },
    ]);
  });

  it('once for the same question of callers whom no rule distinguishes', () => {
    const { engine, asked } = scripted({ p: policy('permit') }, () => ({ decision: 'allow', reason: ['p'] }));
    for (const sub of ['ann', 'bob', 'ann'])
      expect(engine.decide(asker({ sub }), 'tools/call', TOOL).verdict, sub).toBe('allow');
    expect([asked.length, engine.remembered]).toEqual([1, 1]);
  });

  it('about an upstream by the name of that upstream, without attributes', () => {
    const { engine, asked } = scripted({ p: policy('permit') }, () => ({ decision: 'allow', reason: ['p'] }));
    const among: unknown[] = [];
    const upstream = { name: 'default', among: (...asking: unknown[]) => (among.push(asking), ['crm']) };
    engine.decide({ caller: callerOf({}), upstream }, 'roots/list', { type: 'Upstream' });
    expect(asked.map(({ question }) => [question.resource, question.attributes, question.upstream])).toEqual([
      [{ type: 'Upstream', id: 'crm' }, {}, 'crm'],
    ]);
    expect(among).toEqual([['Upstream', '']]);
  });

  it('never about a name with half a character, or for a caller whose claims are unfit', () => {
    const { engine, asked } = scripted({ p: policy('permit') }, () => ({ decision: 'allow', reason: ['p'] }));
    const unknown = { arguments: true, claims: true, resource: true };
    expect([
      engine.decide(asker(), 'tools/call', { type: 'Tool', name: 't\ud83d' }),
      engine.decide(asker(UNFIT), 'tools/call', TOOL),
      engine.decideKnowing(unknown, asker(UNFIT), 'tools/call', TOOL),
    ]).toEqual([NOBODY, NOBODY, NOBODY]);
    expect(asked).toEqual([]);
  });
});

test('rules say what they name, and which methods they permit to nobody', () => {
  const engine = withRules(allow({ tools: ['search'], methods: ['roots/list'] }));
  expect(engine.named()).toEqual([expect.objectContaining({ name: 'search' })]);
  const nobody = engine.permittedToNobody();
  expect(['tools/call', 'roots/list', 'prompts/get'].filter((method) => nobody.includes(method))).toEqual([
    'prompts/get',
  ]);
});

describe('a policy that reads arguments', () => {
  const POLICIES = { p: policy('permit', { conditions: READS_X }), q: policy('permit'), f: policy('forbid') };
  /** What the sets of policies that know no argument decide: at most, and at least. */
  const bounds = (most: Answer['decision'], least: Answer['decision'], part: Partial<Answer> = {}) =>
    scripted(POLICIES, (_question, set) => {
      if (set === 'most-arguments') return { decision: most, reason: most === 'allow' ? ['q', 'p'] : ['f'] };
      if (set === 'least-arguments') return { decision: least, reason: least === 'allow' ? ['q'] : ['f'] };
      return part;
    });
  const setsOf = ({ asked }: ReturnType<typeof scripted>): string[] =>
    asked.map(({ set }) => set.split(' ')[0] ?? '').filter((set) => set !== 'known');

  it('decides nothing if the others deny in any case', () => {
    const it = bounds('deny', 'allow');
    expect(it.engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 1 } })).toEqual({
      verdict: 'deny',
      policies: ['f'],
    });
    expect(setsOf(it)).toEqual(['most-arguments']);
  });

  it('decides nothing if the others permit in any case', () => {
    const it = bounds('allow', 'allow');
    expect(it.engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 1 } })).toEqual({
      verdict: 'allow',
      policies: ['q'],
    });
    expect(setsOf(it)).toEqual(['most-arguments', 'least-arguments']);
  });

  it('leaves open what it decides, with each policy that may decide, until it knows the arguments', () => {
    const it = bounds('allow', 'deny', { decision: 'allow', reason: ['p'] });
    expect(it.engine.decide(asker(), 'tools/call', TOOL)).toEqual({
      verdict: 'undecidable',
      policies: ['p', 'q', 'f'],
    });
    expect(setsOf(it)).toEqual(['most-arguments', 'least-arguments']);
    expect(it.engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 1, y: 2 } })).toEqual({
      verdict: 'allow',
      policies: ['p'],
    });
    expect(it.asked.at(-1)?.question.context).toEqual({ arguments: { x: 1 } });
  });

  it('denies arguments that can’t be represented', () => {
    const it = bounds('allow', 'deny', { decision: 'allow', reason: ['p'] });
    expect(it.engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 'half \ud83d' } })).toEqual(NOBODY);
  });

  it('hides no fault of the evaluator', () => {
    const { engine } = scripted(POLICIES, (_question, set) => {
      if (set.startsWith('part')) throw new Error('a fault');
      return { decision: set === 'most-arguments' ? 'allow' : 'deny' };
    });
    expect(() => engine.decide(asker(), 'tools/call', TOOL, { arguments: { x: 1 } })).toThrow('a fault');
  });

  it('leaves recorded traffic open, of which it does not know the arguments', () => {
    const { engine, asked } = scripted(POLICIES, (_question, set) => ({
      decision: set.startsWith('most') ? 'allow' : 'deny',
      reason: [set.startsWith('most') ? 'p' : 'f'],
    }));
    const unknown = { arguments: true, claims: true, resource: false };
    expect(engine.decideKnowing(unknown, asker(), 'resources/read', reading('file:///a'))).toEqual({
      verdict: 'undecidable',
      policies: ['p', 'f'],
    });
    expect(asked.map(({ set, question }) => [set, question.attributes])).toEqual([
      ['most-arguments-claims', { uri: 'file:///a' }],
      ['least-arguments-claims', { uri: 'file:///a' }],
    ]);
  });
});

describe('a policy that fails', () => {
  const POLICIES = { b: policy('forbid'), a: policy('forbid'), p: policy('permit') };

  it('denies if it forbids, whatever the others decide', () => {
    const { engine } = scripted(POLICIES, () => ({ decision: 'allow', reason: ['p'], failed: ['b', 'p', 'a'] }));
    expect(engine.decide(asker(), 'tools/call', TOOL)).toEqual({ verdict: 'deny', policies: ['a', 'b'] });
  });

  it('is left out if it permits', () => {
    const { engine } = scripted(POLICIES, () => ({ decision: 'allow', reason: ['q', 'o'], failed: ['p'] }));
    expect(engine.decide(asker(), 'tools/call', TOOL)).toEqual({ verdict: 'allow', policies: ['o', 'q'] });
  });
});

describe('scopes that policies require', () => {
  const POLICIES = { a: requiring('r w'), b: requiring('r'), c: requiring('x'), d: policy('permit') };
  const decided = (reason: readonly string[], scope = ''): Decision =>
    scripted(POLICIES, () => ({ decision: 'allow', reason })).engine.decide(asker({ scope }), 'tools/call', TOOL);

  it.each<[reason: readonly string[], scope: string, lacks: readonly string[] | undefined]>([
    [['a'], '', ['r', 'w']],
    [['a'], 'r', ['r', 'w']],
    [['a'], 'r w', undefined],
    [['a', 'b'], '', ['r']],
    // Those of the policy that asks for the fewest more, not for the fewest.
    [['a', 'c'], 'w', ['r', 'w']],
    [['c', 'b'], '', ['r']],
    [['a', 'c'], '', ['x']],
    [['a', 'b', 'c'], 'x', undefined],
    [['a', 'd'], '', undefined],
  ])('of %j, a caller with the scopes "%s" lacks %j', (reason, scope, lacks) => {
    const policies = [...reason].sort();
    expect(decided(reason, scope)).toEqual(
      lacks === undefined ? { verdict: 'allow', policies } : { verdict: 'deny', policies, lacks },
    );
  });
});

describe('a resource', () => {
  it('is permitted if each way in which it is written is permitted', () => {
    const engine = withRules(allow({ resources: ['https://ok.example'] }));
    expect(verdictOf(engine, 'https://ok.example')).toBe('allow');
    const { engine: half } = scripted({ p: policy('permit') }, ({ resource: { id } }) =>
      id.endsWith('/') ? {} : { decision: 'allow', reason: ['p'] },
    );
    expect(verdictOf(half, 'https://ok.example')).toBe('deny');
  });

  it('is forbidden if one of its readings is forbidden', () => {
    const engine = withRules(allow({ resources: ['*'] }), deny({ resources: ['file:///closed/*'] }));
    expect(['file:///%63losed/s', 'file:///open/s'].map((uri) => verdictOf(engine, uri))).toEqual(['deny', 'allow']);
  });

  it('may have readings that nothing permits, if nothing forbids them', () => {
    const engine = withRules(allow({ resources: ['file:///A/*'] }), deny({ resources: ['file:///closed/*'] }));
    expect(verdictOf(engine, 'file:///A/x')).toBe('allow');
  });

  it('is asked about in no other reading if nothing forbids', () => {
    const { engine, asked } = scripted({ p: policy('permit') }, () => ({ decision: 'allow', reason: ['p'] }));
    expect(verdictOf(engine, 'file:///A/x')).toBe('allow');
    expect(asked.map(({ question }) => question.attributes)).toEqual([{ uri: 'file:///A/x' }]);
  });

  it('is asked about in all its readings if something forbids, and in no more', () => {
    const { engine, asked } = scripted({ p: policy('permit'), f: policy('forbid') }, () => ({}));
    verdictOf(engine, 'file:///A/x');
    const unknown = { arguments: false, claims: false, resource: false };
    engine.decideKnowing(unknown, asker(), 'resources/read', reading('file:///B/x'));
    expect(asked.map(({ question }) => question.resource.id).sort()).toEqual([
      'file:///A/x',
      'file:///B/x',
      'file:///a/x',
      'file:///b/x',
    ]);
  });

  it('that readers understand too differently is denied', () => {
    const engine = withRules(allow({ resources: ['*'] }));
    expect(engine.decide(asker(), 'resources/read', reading('file:///a\u0000'))).toEqual(NOBODY);
    expect(verdictOf(engine, 'file:///a\u0000', ['crm'])).toBe('deny');
  });

  it('of one of several upstreams is forbidden by each of its URIs', () => {
    const engine = withRules(allow({ resources: ['*'] }), deny({ resources: ['crm+file:///closed/*'] }));
    const uris = ['file:///closed/s', 'file:///%63losed/s', 'crm+file:///closed/s', 'file:///open/s'];
    expect(uris.map((uri) => verdictOf(engine, uri, ['crm']))).toEqual(['deny', 'deny', 'deny', 'allow']);
    expect(uris.map((uri) => verdictOf(engine, uri, ['other']))).toEqual(['allow', 'allow', 'deny', 'allow']);
    expect(uris.map((uri) => verdictOf(engine, uri))).toEqual(['allow', 'allow', 'deny', 'allow']);
    const web = withRules(allow({ resources: ['*'] }), deny({ resources: ['crm+https://h/closed/*'] }));
    expect(['closed', 'open'].map((path) => verdictOf(web, `https://h/${path}/s`, ['crm']))).toEqual(['deny', 'allow']);
  });

  it('that has too many names of upstreams is denied', () => {
    const engine = withRules(allow({ resources: ['*'] }));
    expect(verdictOf(engine, `${'crm+'.repeat(9)}file:///a`, ['crm'])).toBe('deny');
    expect(verdictOf(engine, `${'crm+'.repeat(3)}file:///a`, ['crm'])).toBe('allow');
  });
});

describe('what may belong to several upstreams', () => {
  const POLICIES = { p: requiring('s'), q: policy('permit', { conditions: READS_X }), f: policy('forbid') };
  /** By the name of the upstream. */
  const ANSWERS: Readonly<Record<string, readonly [most: Partial<Answer>, least: Partial<Answer>]>> = {
    allowed: [
      { decision: 'allow', reason: ['q'] },
      { decision: 'allow', reason: ['q'] },
    ],
    open: [{ decision: 'allow', reason: ['q'] }, { reason: [] }],
    lacking: [{ decision: 'allow', reason: ['p'] }, {}],
    denied: [{ reason: ['f'] }, {}],
  };
  const { engine } = scripted(
    POLICIES,
    ({ upstream }, set) => ANSWERS[upstream]?.[set.startsWith('most') ? 0 : 1] ?? {},
  );

  const at = (...among: readonly string[]): Decision => engine.decide(asker({}, among), 'tools/call', TOOL);

  it('is decided as at the strictest of them, in any order', () => {
    const ORDER = ['allowed', 'open', 'lacking', 'denied'];
    expect(ORDER.map((name) => at(name))).toEqual([
      { verdict: 'allow', policies: ['q'] },
      { verdict: 'undecidable', policies: ['q'] },
      { verdict: 'deny', policies: ['p'], lacks: ['s'] },
      { verdict: 'deny', policies: ['f'] },
    ]);
    for (const [i, stricter] of ORDER.entries())
      for (const other of ORDER.slice(0, i + 1)) {
        expect(at(other, stricter), `${other}, ${stricter}`).toEqual(at(stricter));
        expect(at(stricter, other), `${stricter}, ${other}`).toEqual(at(stricter));
      }
  });

  it('is denied if it belongs to none', () => {
    expect(at()).toEqual(NOBODY);
  });
});

describe('decisions depend on callers', () => {
  it('if a policy reads them, or the claims of one are unfit', () => {
    const open = withRules(allow({ tools: ['*'] }));
    const closed = withRules(allow({ group: 'a', tools: ['*'] }));
    const looks = (engine: Engine, claims: JsonObject): boolean =>
      engine.looksAtCallers('tools/call', callerOf(claims));
    expect([looks(open, {}), looks(open, UNFIT), looks(closed, {})]).toEqual([false, true, true]);
  });

  it('by what policies read of them', () => {
    const engine = withRules(allow({ group: 'a', tools: ['*'] }));
    const [a, same, other, unfit] = [{ groups: ['a'] }, { groups: ['a', 'b'], sub: 's' }, {}, UNFIT].map((claims) =>
      engine.dependsOn(asker(claims)),
    );
    expect(same).toEqual(a);
    expect(new Set([a, other, unfit].map((it) => JSON.stringify(it))).size).toBe(3);
    expect(a).toContain('default');
  });

  it('and with several upstreams on more than the caller', () => {
    expect(withRules(allow({ tools: ['*'] })).dependsOn(asker({}, ['crm']))).toBeUndefined();
  });

  test('a fault in reading a caller is not taken for unfit claims', () => {
    const claims = Object.defineProperty({}, 'groups', {
      get: () => {
        throw new Error('a fault');
      },
    });
    const caller: Caller = { ...callerOf({}), claims };
    expect(() => withRules(allow({ tools: ['*'] })).looksAtCallers('tools/call', caller)).toThrow('a fault');
  });
});
