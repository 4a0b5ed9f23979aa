/** Which arguments policies read: no other spelling of their names gets past them. */
import { expect, it, test } from 'vitest';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';
import { mayLookAtArguments, reachedBy } from '../../../proxy/controls/access-policy/reached.ts';
import { asking } from './asking.ts';

const CALL = 'action == Action::"tools/call"';
const reached = async (...policies: readonly string[]): Promise<unknown> =>
  reachedBy((await asking(policies)).engine.policies);

it.each([
  ['an argument', `permit (principal, ${CALL}, resource) when { context.arguments.a == 1 };`, ['["a"]']],
  [
    'an argument inside another',
    `permit (principal, ${CALL}, resource) when { context.arguments.a.b == 1 };`,
    ['["a"]["b"]'],
  ],
  ['whether there is one', `permit (principal, ${CALL}, resource) when { context.arguments has "a b" };`, ['["a b"]']],
  [
    'several, each once, wherever they stand',
    `permit (principal, ${CALL}, resource) when { !(context.arguments.a == 1 || context.arguments has b) } unless { [context.arguments.a].contains(2) };`,
    ['["a"]', '["b"]'],
  ],
  ['all of them', `forbid (principal, ${CALL}, resource) when { context.arguments == principal };`, ['*']],
  ['the whole context', `forbid (principal, ${CALL}, resource) when { context == principal };`, ['*']],
  ['whether there are any', `permit (principal, ${CALL}, resource) when { context has arguments };`, ['*']],
  ['something else of the context', `permit (principal, ${CALL}, resource) when { context.field == "a" };`, []],
  ['none', `permit (principal, ${CALL}, resource) when { principal == Caller::"context" };`, []],
])('a policy reads %s', async (_what, policy, paths) => {
  expect(await reached(policy)).toEqual(paths.map((path) => ({ method: 'tools/call', path })));
});

it.each([
  ['any tool by any method', 'principal, action, resource', {}],
  ['one method', `principal, ${CALL}, resource`, { method: 'tools/call' }],
  ['a list of one method', 'principal, action in [Action::"prompts/get"], resource', { method: 'prompts/get' }],
  ['several methods', `principal, action in [Action::"tools/call", Action::"prompts/get"], resource`, {}],
  ['the restoring of tokens, which is part of any call', 'principal, action == Action::"detokenize", resource', {}],
  ['one tool', 'principal, action, resource == Tool::"pay"', { tool: 'pay' }],
  ['a tool whose name would be a pattern', 'principal, action, resource == Tool::"pay*"', {}],
  ['a type of resources', 'principal, action, resource is Tool', {}],
  ['what is in an upstream', 'principal, action, resource in Upstream::"pay"', {}],
])('its arguments are those of %s', async (_what, head, scope) => {
  expect(await reached(`permit (${head}) when { context.arguments.a == 1 };`)).toStrictEqual([
    { ...scope, path: '["a"]' },
  ]);
});

test('the arguments of several policies are all reached', async () => {
  const policy = (name: string): string =>
    `permit (principal, action, resource) when { context.arguments.${name} == 1 };`;
  expect(await reached(policy('a'), policy('b'))).toEqual([{ path: '["a"]' }, { path: '["b"]' }]);
});

test('only Cedar that names the context is looked at', async () => {
  expect(mayLookAtArguments('permit (principal, action, resource);')).toBe(false);
  const policy = 'permit (principal, action, resource) when { context.arguments.a == 1 };';
  expect(mayLookAtArguments(policy)).toBe(true);
  const { arguments: given } = accessPolicy({ policies: [policy] });
  expect(typeof given === 'function' && (await given())).toEqual([{ path: '["a"]' }]);
  expect(accessPolicy({ policies: [allow({ tools: ['a'] })] }).arguments).toEqual([]);
});
