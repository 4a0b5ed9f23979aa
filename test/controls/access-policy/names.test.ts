/** Names in policies that no list shows: reported once, after a complete list was seen. */
import { expect, it } from 'vitest';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { upstreamsIn } from '../../../proxy/controls/access-policy/names.ts';
import { readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { allow } from '../../../proxy/controls/access-policy/rule.ts';
import { NameWatch } from '../../../proxy/controls/shared/name-watch.ts';
import { asking } from './asking.ts';

async function watching(...policies: Parameters<typeof asking>[0]) {
  const { engine } = await asking(policies);
  const missing: string[] = [];
  return {
    missing,
    watch: new NameWatch(engine.named(), ({ policy, type, name }) => missing.push(`${policy} ${type} ${name}`)),
  };
}

it('reports every missing name and pattern, in any form that a policy may have', async () => {
  const { missing, watch } = await watching(
    allow({ tools: ['a', 'gone', 'b*', 'x*y*z'], prompts: ['p'] }),
    'permit (principal, action, resource == Tool::"one"); permit (principal, action, resource is Tool) when { resource.name like "two*" || resource.name == "three" || resource in [Tool::"four"] };',
  );
  watch.saw('Tool', ['a', 'bcd', 'x-y-', 'two', 'four']);
  expect(missing).toEqual([
    'policies[0].tools Tool gone',
    'policies[0].tools Tool x*y*z',
    'policies[1]#1 Tool one',
    'policies[1]#2 Tool three',
  ]);
  watch.saw('Tool', []);
  expect(missing).toHaveLength(4);
  watch.saw('Prompt', ['q']);
  expect(missing.slice(4)).toEqual(['policies[0].prompts Prompt p']);
});

it('looks for a name only if it is clear which list should show it', async () => {
  const { engine } = await asking([
    'permit (principal, action, resource) when { resource.name == "any" || resource in [Prompt::"prompt", Resource::"file"] };',
    'permit (principal, action, resource is Prompt) when { resource.name == "typed" };',
    'permit (principal, action, resource == Prompt::"whole");',
    'permit (principal, action, resource is Resource) when { resource.uri == "uri" || resource.uri like "like*" };',
    'permit (principal, action, resource == Resource::"file");',
    'permit (principal, action, resource is Tool) when { principal.id == "ann" || principal.id like "b*" };',
    'permit (principal, action, resource is Tool in Tool::"inner");',
    'permit (principal, action, resource is Resource) when { resource.name == "resource" };',
    'permit (principal, action, resource is Tool) when { resource.name == 5 || resource.na.me == "deeper" };',
  ]);
  expect(engine.named().map(({ policy, type, name }) => [policy, type, name])).toEqual([
    ['policies[0]#1', 'Prompt', 'prompt'],
    ['policies[1]#1', 'Prompt', 'typed'],
    ['policies[2]#1', 'Prompt', 'whole'],
    ['policies[6]#1', 'Tool', 'inner'],
  ]);
});

it('reports after the last page of a list that was seen from its first page, even if other lists are read in between', async () => {
  const { missing, watch } = await watching(allow({ tools: ['a', 'b', 'gone'] }));
  watch.saw('Tool', ['z'], 'from-nowhere');
  watch.saw('Tool', ['a'], undefined, '2');
  watch.saw('Tool', ['y'], 'unknown', '7');
  expect(missing).toEqual([]);
  watch.saw('Tool', ['b'], '2');
  expect(missing).toEqual(['policies[0].tools Tool gone']);
});

it.each([
  ['resource', []],
  ['resource == Tool::"crm"', []],
  ['resource == Upstream::"crm"', ['crm']],
  ['resource in Upstream::"crm"', ['crm']],
  ['resource is Tool', []],
  ['resource is Tool in Upstream::"crm"', ['crm']],
])('finds the upstream in the scope %s', async (scope, upstreams) => {
  expect(await upstreamsOf(`permit (principal, action, ${scope});`)).toEqual(upstreams);
});

it('finds the upstreams in conditions, at any depth, after that of the scope', async () => {
  expect(
    await upstreamsOf(
      `permit (principal, action, resource in Upstream::"a")
         when { resource in Upstream::"b" || (resource in [Upstream::"c", Tool::"t"] && !(resource in Upstream::"d")) }
         unless { principal in Group::"g" };`,
    ),
  ).toEqual(['a', 'b', 'c', 'd']);
});

async function upstreamsOf(text: string): Promise<string[]> {
  return [...readPolicies([text], await loadCedar()).values()].flatMap(upstreamsIn);
}
