/** Which sets of policies are prepared for a call, and how many. `relevant.test.ts` compares their decisions with those of all policies. */
import { beforeAll, expect, test } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { callerEntity } from '../../../proxy/controls/access-policy/caller-entity.ts';
import { CedarEvaluator } from '../../../proxy/controls/access-policy/cedar-evaluator.ts';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import type { Evaluator } from '../../../proxy/controls/access-policy/evaluator.ts';
import { type Policies, readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { EXACT, PreparedSets } from '../../../proxy/controls/access-policy/prepared-sets.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';
import type { Decision, ResourceRef } from '../../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { MODEL } from './asking.ts';

let cedar: Awaited<ReturnType<typeof loadCedar>>;
beforeAll(async () => (cedar = await loadCedar()));

const tool = (name: string): ResourceRef => ({ type: 'Tool', name });
const DIGITS = 'when { context.arguments has n && context.arguments.n > 1 }';

/** Sets made of these policies, `p0` and so on, with what was prepared in Cedar. */
function setsOf(texts: readonly string[]) {
  const policies = new Map(
    texts.flatMap((text, i) => [...readPolicies([text], cedar).values()].map((policy) => [`p${i}`, policy] as const)),
  );
  const evaluator = new CedarEvaluator(cedar);
  const prepared = new Map<string, Policies>();
  let answered = 0;
  const recording: Evaluator = {
    prepare: (name, set) => {
      expect(prepared.has(name), `${name} is prepared once`).toBe(false);
      prepared.set(name, set);
      evaluator.prepare(name, set);
    },
    // In another order each time: which policies hold counts, not the order in which they are reported.
    answer: (name, question) => {
      const { reason, ...answer } = evaluator.answer(name, question);
      return { ...answer, reason: answered++ % 2 === 0 ? reason.toSorted() : reason.toSorted().reverse() };
    },
  };
  const forbidding = new Set([...policies].filter(([, { effect }]) => effect === 'forbid').map(([id]) => id));
  const sets = new PreparedSets(recording, policies, forbidding);
  const partFor = (
    resource: ResourceRef,
    claims: JsonObject = {},
    open: Decision = { verdict: 'undecidable', policies: [] },
    action = 'tools/call',
  ): string => {
    const model = { ...MODEL, claims: { region: 'string' } } as const;
    const caller = callerEntity(callerOf(claims), model, readsOf(policies.values()));
    return sets.partFor(open, caller, action, resource, 'default', { arguments: {} });
  };
  return { sets, policies, prepared, partFor, answers: () => answered };
}

/** Of each policy in a set: whether it still has its conditions. */
function shown(set: Policies | undefined): Readonly<Record<string, boolean>> | undefined {
  return set && Object.fromEntries([...set].map(([id, { conditions }]) => [id, conditions.length > 0]));
}

test('all policies are prepared first', () => {
  const { prepared, policies } = setsOf(['permit (principal, action, resource);']);
  expect([...prepared]).toEqual([[EXACT, policies]]);
});

test('a part has what reads arguments, and what holds without its conditions', () => {
  const { prepared, partFor } = setsOf([
    `permit (principal, action, resource == Tool::"t") ${DIGITS};`,
    'permit (principal in Group::"g", action, resource) when { resource.name == "t" };',
    'forbid (principal, action, resource) when { principal has region && principal.region == "eu" };',
    'permit (principal, action, resource == Tool::"other");',
    'forbid (principal, action, resource) when { principal.region == "us" };',
    'permit (principal, action, resource) when { principal.region == "us" };',
    'permit (principal, action, resource) when { resource == Tool::"t" };',
  ]);
  expect(shown(prepared.get(partFor(tool('t'), { groups: ['g'], region: 'eu' })))).toEqual({
    p0: true,
    p1: false,
    p2: false,
    p6: false,
  });
  // Whether a forbidding policy that fails holds is not known, so it counts; a permitting one doesn't.
  expect(shown(prepared.get(partFor(tool('t'))))).toEqual({ p0: true, p4: false, p6: false });
  expect([...prepared.keys()].map((name) => name.split(' ')[0])).toEqual([EXACT, 'known', 'part', 'known', 'part']);
  const known = [...prepared].filter(([name]) => name.startsWith('known')).map(([, set]) => [...set]);
  expect(known.map((set) => set.map(([id, { effect }]) => `${effect} ${id}`).sort())).toEqual([
    ['permit p1', 'permit p2', 'permit p4', 'permit p5', 'permit p6'],
    ['permit p2', 'permit p4', 'permit p5', 'permit p6'],
  ]);
});

test('nothing is asked if every policy reads arguments', () => {
  const { prepared, partFor, answers } = setsOf([`permit (principal, action, resource) ${DIGITS};`]);
  expect(shown(prepared.get(partFor(tool('t'))))).toEqual({ p0: true });
  expect([answers(), prepared.size]).toEqual([0, 2]);
});

test('a decision has its part once, and equal parts are prepared once', () => {
  const { prepared, partFor, answers } = setsOf([
    `permit (principal, action, resource) ${DIGITS};`,
    'forbid (principal in Group::"g", action, resource);',
    'permit (principal in Group::"g", action, resource);',
  ]);
  const open: Decision = { verdict: 'undecidable', policies: [] };
  const name = partFor(tool('t'), { groups: ['g'] }, open);
  expect(partFor(tool('t'), { groups: ['g'] }, open)).toBe(name);
  expect([answers(), prepared.size]).toEqual([1, 3]);
  expect(partFor(tool('u'), { groups: ['g'] })).toBe(name);
  expect([answers(), prepared.size]).toEqual([2, 3]);
});

test.each<[ResourceRef, string]>([
  [{ type: 'Resource', uri: 'a:b' }, 'resource'],
  [{ type: 'Upstream' }, 'resource'],
])('a part for %j has all policies whose heads fit, since several readings share it', (resource, scope) => {
  const { prepared, partFor, answers } = setsOf([
    `permit (principal, action, ${scope}) ${DIGITS};`,
    `forbid (principal, action, ${scope}) when { resource has uri && resource.uri == "a:b" };`,
    'permit (principal, action, resource == Tool::"t");',
  ]);
  expect(shown(prepared.get(partFor(resource, {}, undefined, 'resources/read')))).toEqual({ p0: true, p1: true });
  expect(answers()).toBe(0);
});

test('callers make 64 parts at most; then the policies whose heads fit are one set', () => {
  const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const { prepared, partFor } = setsOf([
    ...letters.map((letter) => `permit (principal, action, resource) when { resource.name like "*${letter}*" };`),
    `forbid (principal, action, resource) ${DIGITS};`,
  ]);
  const names = Array.from({ length: 128 }, (_, i) =>
    partFor(tool(letters.filter((_letter, bit) => ((i >> bit) & 1) === 1).join('.'))),
  );
  const kinds = names.map((name) => name.split(' ')[0]);
  expect(kinds).toEqual([...Array<string>(64).fill('part'), ...Array<string>(64).fill('heads')]);
  expect(new Set(names).size).toBe(65);
  // With their conditions.
  expect(Object.values(shown(prepared.get(names.at(-1) ?? '')) ?? {})).toEqual(Array<boolean>(8).fill(true));
});

test('more sets of matching heads than 64 are not prepared: all policies decide', () => {
  const { partFor, prepared } = setsOf([
    ...Array.from({ length: 66 }, (_, i) => `permit (principal, action, resource == Tool::"t${i}");`),
    `forbid (principal, action, resource) ${DIGITS};`,
  ]);
  const kinds = Array.from({ length: 66 }, (_, i) => partFor(tool(`t${i}`)).split(' ')[0]);
  expect(kinds).toEqual([...Array<string>(64).fill('part'), EXACT, EXACT]);
  expect([...prepared.keys()].filter((name) => name.startsWith('known'))).toHaveLength(64);
});

test('bounds are prepared once for what is unknown', () => {
  const { sets, prepared } = setsOf([`permit (principal, action, resource) ${DIGITS};`]);
  const nothing = { arguments: false, claims: false, resource: false };
  const names = (['most', 'least'] as const).flatMap((bound) =>
    [nothing, ...Object.keys(nothing).map((key) => ({ ...nothing, [key]: true }))].flatMap((unknown) => [
      sets.bound(bound, unknown),
      sets.bound(bound, unknown),
    ]),
  );
  expect([...new Set(names)]).toEqual(
    ['most', 'least'].flatMap((bound) => ['', '-arguments', '-claims', '-resource'].map((what) => bound + what)),
  );
  expect(prepared.size).toBe(9);
  const outcome = (name: string): unknown => prepared.get(name)?.get('p0');
  expect(outcome('most-arguments')).not.toEqual(outcome('least-arguments'));
});
