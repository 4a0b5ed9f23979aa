/** What Cedar isn't asked changes nothing of what it answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallerEntity, callerEntity } from '../../../proxy/controls/access-policy/caller-entity.ts';
import { callerOf } from '../../../proxy/caller.ts';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { CedarEvaluator } from '../../../proxy/controls/access-policy/cedar-evaluator.ts';
import type { Question } from '../../../proxy/controls/access-policy/evaluator.ts';
import { type Policies, readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';
import { relevantTo } from '../../../proxy/controls/access-policy/relevant.ts';
import { asking, MODEL } from './asking.ts';

const effect = fc.constantFrom('permit', 'forbid');
const principal = fc.constantFrom('principal', 'principal == Caller::"ann"', 'principal in Group::"a"', 'principal in Scope::"s"', 'principal is Caller', 'principal is Caller in Group::"b"');
const action = fc.constantFrom('action', 'action == Action::"tools/call"', 'action in [Action::"tools/call", Action::"prompts/get"]', 'action == Action::"resources/read"');
const resource = fc.constantFrom('resource', 'resource == Tool::"t"', 'resource == Tool::"u"', 'resource is Tool', 'resource is Prompt', 'resource in Upstream::"default"', 'resource is Tool in Upstream::"other"');
const condition = fc.constantFrom(
  '',
  'when { context.arguments has n && context.arguments.n > 1 }',
  'unless { context.arguments has s && context.arguments.s == "x" }',
  'when { context.arguments.n > 1 }',
  'when { resource has name && resource.name like "t*" }',
  'when { resource in Upstream::"default" }',
  'when { principal in [Group::"b", Group::"c"] }',
);
const policy = fc.tuple(effect, principal, action, resource, condition).map(([effect, by, doing, to, condition]) => `${effect} (${by}, ${doing}, ${to}) ${condition};`);
const claims = fc.record({ sub: fc.constantFrom('ann', 'bob'), groups: fc.subarray(['a', 'b', 'c']), scope: fc.constantFrom('', 's', 's t') }, { requiredKeys: ['sub'] });
const given = fc.record({ n: fc.constantFrom(1, 2), s: fc.constantFrom('x', 'y') }, { requiredKeys: [] });
const asked = fc.constantFrom(['tools/call', 'Tool', 't'], ['tools/call', 'Tool', 'v'], ['prompts/get', 'Prompt', 't'], ['resources/read', 'Resource', 'a:b']);

describe('the policies whose heads fit a question', () => {
  it('decide it as all of them do, by the same reasons and the same failures', async () => {
    const cedar = await loadCedar();
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 8 }), claims, asked, given, (texts, who, [doing = '', type = '', id = ''], args) => {
        // The last one never fits, and makes Cedar be told of the resource.
        const policies = readPolicies([texts.join('\n'), 'forbid (principal, action == Action::"roots/list", resource) when { resource.name == "x" };'], cedar);
        const caller: CallerEntity = callerEntity(callerOf(who), MODEL, readsOf(policies.values()));
        const ids = relevantTo(policies, { caller, action: doing, resource: { type, id } });
        const part: Policies = new Map([...policies].filter(([id]) => ids.includes(id)));
        const evaluator = new CedarEvaluator(cedar);
        evaluator.prepare('all', policies);
        evaluator.prepare('part', part);
        const question: Question = { caller, action: doing, resource: { type, id }, attributes: { name: id }, upstream: 'default', context: { arguments: args } };
        const sorted = ({ decision, reason, failed }: ReturnType<CedarEvaluator['answer']>): object => ({ decision, reason: reason.toSorted(), failed: failed.toSorted() });
        expect(sorted(evaluator.answer('part', question))).toEqual(sorted(evaluator.answer('all', question)));
      }),
      { numRuns: 400 },
    );
  });

  it('decide the calls of a tool each by its own arguments, of callers in different groups', async () => {
    const { tool } = await asking([
      `permit (principal in Group::"a", action == Action::"tools/call", resource == Tool::"pay") when { context.arguments has n && context.arguments.n <= 10 };
       permit (principal in Group::"b", action == Action::"tools/call", resource == Tool::"pay");
       forbid (principal, action == Action::"tools/call", resource == Tool::"pay") when { context.arguments has n && context.arguments.n > 100 };
       permit (principal, action == Action::"tools/call", resource == Tool::"add");`,
    ]);
    const [a, b] = [{ sub: 'x', groups: ['a'] }, { sub: 'x', groups: ['b'] }];
    for (let i = 0; i < 2; i++) {
      expect([1, 11, 101].map((n) => tool(a, 'pay', { n }))).toEqual(['allow', 'deny', 'deny']);
      expect([1, 11, 101].map((n) => tool(b, 'pay', { n }))).toEqual(['allow', 'allow', 'deny']);
      expect(tool({ sub: 'x' }, 'pay', { n: 1 })).toBe('deny');
      expect(tool({ sub: 'x' }, 'add', { n: 101 })).toBe('allow');
    }
  });
});
