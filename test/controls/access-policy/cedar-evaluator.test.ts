/** Sets of policies in Cedar, each decided separately, with what it reads of the caller and the resource. */
import { describe, expect, it } from 'vitest';
import { CedarEvaluator } from '../../../proxy/controls/access-policy/cedar-evaluator.ts';
import { type Cedar, loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import type { Question } from '../../../proxy/controls/access-policy/evaluator.ts';
import { PolicyError, type Policies, readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { asking, NONE } from './asking.ts';

it('the policies of one config decide nothing for another in the same process', async () => {
  const configs = await Promise.all(
    ['a', 'b', 'c'].map((name) => asking([`permit (principal, action, resource == Tool::"${name}");`])),
  );
  const verdicts = configs.map(({ tool }) => ['a', 'b', 'c'].map((name) => tool({}, name, NONE)));
  expect(verdicts).toEqual([
    ['allow', 'deny', 'deny'],
    ['deny', 'allow', 'deny'],
    ['deny', 'deny', 'allow'],
  ]);
});

it.each([
  ['the upstream of a resource of any type', 'principal, action, resource in Upstream::"default"', {}],
  ['the upstream of a tool', 'principal, action, resource is Tool in Upstream::"default"', {}],
  ['the group of a caller', 'principal in Group::"g", action, resource', { groups: ['g'] }],
  ['the group of a typed caller', 'principal is Caller in Group::"g", action, resource', { groups: ['g'] }],
])('a scope sees %s, to permit and to forbid', async (_what, scope, claims) => {
  const permitting = await asking([`permit (${scope});`]);
  expect(permitting.tool(claims, 't', NONE)).toBe('allow');
  const forbidding = await asking(['permit (principal, action, resource);', `forbid (${scope});`]);
  expect(forbidding.tool(claims, 't', NONE)).toBe('deny');
  const elsewhere = await asking([`permit (${scope.replace(/"\w+"/, '"other"')});`]);
  expect(elsewhere.tool(claims, 't', NONE)).toBe('deny');
});

const ANN = { type: 'Caller', id: 'ann' };
const QUESTION: Question = {
  caller: {
    uid: ANN,
    entity: { uid: ANN, attrs: { level: 5 }, parents: [{ type: 'Group', id: 'g' }] },
  } as unknown as Question['caller'],
  action: 'tools/call',
  resource: { type: 'Tool', id: 't' },
  attributes: { name: 't' },
  upstream: 'default',
  context: {},
};

/** Cedar's evaluator, and the types of the entities that Cedar was given with each question. */
async function recorded() {
  const cedar = await loadCedar();
  const given: string[][] = [];
  const recording: Cedar = {
    ...cedar,
    statefulIsAuthorized: (call) => {
      given.push((call.entities as readonly { uid: { type: string } }[]).map(({ uid }) => uid.type));
      return cedar.statefulIsAuthorized(call);
    },
  };
  return { evaluator: new CedarEvaluator(recording), given, read: (text: string) => readPolicies([text], cedar) };
}

describe('Cedar is given', () => {
  it.each<[string, string[]]>([
    ['permit (principal, action, resource);', []],
    ['permit (principal == Caller::"ann", action, resource == Tool::"t");', []],
    ['permit (principal is Caller, action, resource is Tool);', []],
    ['permit (principal, action, resource) unless { context has a };', []],
    ['permit (principal in Group::"g", action, resource);', ['Caller']],
    ['permit (principal is Caller in Group::"g", action, resource);', ['Caller']],
    ['permit (principal, action, resource) when { principal.level > 4 };', ['Caller']],
    ['permit (principal, action, resource) when { Caller::"ann".level > 4 };', ['Caller']],
    ['permit (principal, action, resource in Upstream::"default");', ['Tool']],
    ['permit (principal, action, resource is Tool in Upstream::"default");', ['Tool']],
    ['permit (principal, action, resource) when { resource.name == "t" };', ['Tool']],
    ...['Tool', 'Prompt', 'Resource'].map((type): [string, string[]] => [
      `permit (principal, action, resource) unless { ${type}::"x" in Upstream::"other" };`,
      ['Tool'],
    ]),
    ['permit (principal in Group::"g", action, resource in Upstream::"default");', ['Caller', 'Tool']],
    ['permit (principal, action, resource); forbid (principal in Group::"h", action, resource);', ['Caller']],
    ['permit (principal, action, resource); forbid (principal, action, resource in Upstream::"x");', ['Tool']],
  ])('only the entities that are read: %s', async (text, entities) => {
    const { evaluator, given, read } = await recorded();
    evaluator.prepare('set', read(text));
    expect(evaluator.answer('set', QUESTION)).toMatchObject({ decision: 'allow', failed: [] });
    expect(given).toEqual([entities]);
  });

  it('them for the sets that read them', async () => {
    const { evaluator, given, read } = await recorded();
    evaluator.prepare('looks', read('permit (principal in Group::"g", action, resource in Upstream::"default");'));
    evaluator.prepare('blind', read('permit (principal, action, resource);'));
    evaluator.answer('blind', QUESTION);
    evaluator.answer('looks', QUESTION);
    expect(given).toEqual([[], ['Caller', 'Tool']]);
  });
});

it('an answer names the policies that decided, and those that could not be evaluated', async () => {
  const { evaluator, read } = await recorded();
  const permit = '@id("p") permit (principal, action == Action::"tools/call", resource == Tool::"t");';
  evaluator.prepare('set', read(`${permit} @id("f") forbid (principal, action, resource) when { context.a };`));
  expect(evaluator.answer('set', QUESTION)).toEqual({ decision: 'allow', reason: ['p'], failed: ['f'] });
  const other = { ...QUESTION, action: 'prompts/get', context: { a: true } };
  expect(evaluator.answer('set', other)).toEqual({ decision: 'deny', reason: ['f'], failed: [] });
});

it('two evaluators may have sets of one name', async () => {
  const [one, two] = [await recorded(), await recorded()];
  one.evaluator.prepare('set', one.read('permit (principal, action, resource);'));
  two.evaluator.prepare('set', two.read('forbid (principal, action, resource);'));
  const decisions = [one, two].map(({ evaluator }) => evaluator.answer('set', QUESTION).decision);
  expect(decisions).toEqual(['allow', 'deny']);
});

it('what Cedar refuses is an error with its words', async () => {
  const { evaluator } = await recorded();
  const broken = new Map([['a', { effect: 'perhaps' }]]) as unknown as Policies;
  expect(() => evaluator.prepare('set', broken)).toThrow(PolicyError);
  expect(() => evaluator.prepare('set', broken)).toThrow('perhaps');
  expect(() => evaluator.answer('never prepared', QUESTION)).toThrow(/^cedar can't decide: \S/);
});
