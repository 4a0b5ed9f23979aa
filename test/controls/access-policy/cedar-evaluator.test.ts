/** Sets of policies in Cedar, each decided separately, with what it reads of the caller and the resource. */
import { expect, it } from 'vitest';
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
