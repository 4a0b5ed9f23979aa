/** Leaving out policies that can't match does not change Cedar's answer. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import {
  type CallerEntity,
  callerEntity,
  type CallerModel,
} from '../../../proxy/controls/access-policy/caller-entity.ts';
import { CedarEvaluator } from '../../../proxy/controls/access-policy/cedar-evaluator.ts';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import type { Question } from '../../../proxy/controls/access-policy/evaluator.ts';
import { type Policies, readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';
import { relevantTo } from '../../../proxy/controls/access-policy/relevant.ts';
import { asking, MODEL as PLAIN } from './asking.ts';

const MODEL: CallerModel = { ...PLAIN, claims: { region: 'string' } };
const effect = fc.constantFrom('permit', 'forbid');
const principal = fc.constantFrom(
  'principal',
  'principal == Caller::"ann"',
  'principal in Group::"a"',
  'principal in Scope::"s"',
  'principal is Caller',
  'principal is Caller in Group::"b"',
  'principal in Group::a::"b"',
  'principal == Caller::a::"b"',
);
const action = fc.constantFrom(
  'action',
  'action == Action::"tools/call"',
  'action in [Action::"tools/call", Action::"prompts/get"]',
  'action == Action::"resources/read"',
  'action == Other::Action::"tools/call"',
);
const resource = fc.constantFrom(
  'resource',
  'resource == Tool::"t"',
  'resource == Tool::"u"',
  'resource is Tool',
  'resource is Prompt',
  'resource in Upstream::"default"',
  'resource is Tool in Upstream::"other"',
);
const condition = fc.constantFrom(
  '',
  'when { context.arguments has n && context.arguments.n > 1 }',
  'unless { context.arguments has s && context.arguments.s == "x" }',
  'when { context.arguments.n > 1 }',
  'when { resource has name && resource.name like "t*" }',
  'when { resource in Upstream::"default" }',
  'when { principal in [Group::"b", Group::"c"] }',
  'when { principal has region && principal.region == "eu" }',
  'when { principal.region == "eu" && context.arguments.n == 1 }',
  'when { resource.name == "t" }',
  'when { resource has uri && resource.uri like "a:*" }',
  'when { Tool::"t" has name }',
  'unless { Caller::"ann" in Group::"a" }',
);
const policy = fc
  .tuple(effect, principal, action, resource, condition)
  .map(([effect, by, doing, to, condition]) => `${effect} (${by}, ${doing}, ${to}) ${condition};`);
const claims = fc.record(
  {
    sub: fc.constantFrom('ann', 'bob', 'a::b'),
    groups: fc.subarray(['a', 'b', 'c', 'a::b']),
    scope: fc.constantFrom('', 's', 's t'),
    region: fc.constantFrom('eu', 'us'),
  },
  { requiredKeys: ['sub'] },
);
const given = fc.record({ n: fc.constantFrom(1, 2), s: fc.constantFrom('x', 'y') }, { requiredKeys: [] });
const asked = fc.constantFrom(
  ['tools/call', 'Tool', 't'],
  ['tools/call', 'Tool', 'v'],
  ['prompts/get', 'Prompt', 't'],
  ['resources/read', 'Resource', 'a:b'],
);

describe('the policies whose heads match a question', () => {
  it('give the same decision, reasons and failures as all policies', async () => {
    const cedar = await loadCedar();
    fc.assert(
      fc.property(
        fc.array(policy, { minLength: 1, maxLength: 8 }),
        claims,
        asked,
        given,
        fc.boolean(),
        (texts, who, [doing = '', type = '', id = ''], args, isKnown) => {
          // The last policy never matches, but makes Cedar get the resource.
          const policies = readPolicies(
            [
              texts.join('\n'),
              'forbid (principal, action == Action::"roots/list", resource) when { resource.name == "x" };',
            ],
            cedar,
          );
          const caller: CallerEntity = callerEntity(callerOf(who), MODEL, readsOf(policies.values()));
          const part: Policies = relevantTo(policies, {
            caller,
            action: doing,
            resource: { type, id: isKnown ? id : undefined },
          });
          const evaluator = new CedarEvaluator(cedar);
          evaluator.prepare('all', policies);
          evaluator.prepare('part', part);
          const question: Question = {
            caller,
            action: doing,
            resource: { type, id },
            attributes: { name: id },
            upstream: 'default',
            context: { arguments: args },
          };
          const sorted = ({ decision, reason, failed }: ReturnType<CedarEvaluator['answer']>): object => ({
            decision,
            reason: reason.toSorted(),
            failed: failed.toSorted(),
          });
          expect(sorted(evaluator.answer('part', question))).toEqual(sorted(evaluator.answer('all', question)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('give the same decision as all policies once only the arguments are open', async () => {
    const cedar = await loadCedar();
    let open = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { minLength: 1, maxLength: 8 }),
        claims,
        asked,
        fc.array(given, { minLength: 1, maxLength: 4 }),
        async (texts, who, [action = '', type = '', id = ''], several) => {
          const { engine, decide } = await asking([texts.join('\n')], MODEL);
          const evaluator = new CedarEvaluator(cedar);
          // The last policy makes Cedar get all entities.
          const all = readPolicies(
            [
              texts.join('\n'),
              'forbid (principal in Group::"z", action == Action::"roots/list", resource) when { resource.name == "x" };',
            ],
            cedar,
          );
          evaluator.prepare('all', all);
          // The whole caller, whatever the policies read.
          const caller = callerEntity(callerOf(who), MODEL, { ...readsOf(all.values()), wholeCaller: true });
          const resource = type === 'Resource' ? ({ type, uri: id } as const) : { type: type as 'Tool', name: id };
          for (const args of several) {
            const { decision, reason, failed } = evaluator.answer('all', {
              caller,
              action,
              resource: { type, id },
              attributes: type === 'Resource' ? { uri: id } : { name: id },
              upstream: 'default',
              context: { arguments: args },
            });
            const broken = failed.filter((policy) => all.get(policy)?.effect === 'forbid').sort();
            const expected =
              broken.length > 0
                ? { verdict: 'deny', policies: broken }
                : { verdict: decision, policies: reason.toSorted() };
            const { verdict, policies } = decide(who, action, resource, { arguments: args });
            expect(verdict).toBe(expected.verdict);
            // A call that is denied for any arguments is denied before they are read, by the policies that forbid it in
            // any case.
            if (decide(who, action, resource, {}).verdict === 'undecidable') {
              open++;
              expect(policies).toEqual(expected.policies);
            }
          }
          expect(engine.remembered).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1_000 },
    );
    // About 120; the policies are random.
    expect(open).toBeGreaterThan(50);
  });

  it.each([
    [
      'an action of another type',
      'permit (principal, action == Other::Action::"tools/call", resource == Tool::"t");',
      { sub: 'x' },
    ],
    [
      'a group of another type',
      'permit (principal in Group::a::"b", action, resource);',
      { sub: 'x', groups: ['a::b'] },
    ],
    ['a caller of another type', 'permit (principal == Caller::a::"b", action, resource);', { sub: 'a::b' }],
  ])('do not include one with %s', async (_, text, who) => {
    const { tool } = await asking([
      `permit (principal, action, resource == Tool::"t") when { context.arguments.n == 1 }; ${text}`,
    ]);
    expect([1, 2].map((n) => tool(who, 't', { n }))).toEqual(['allow', 'deny']);
  });

  it.each(['{ Caller::"ann" in Group::"blocked" }', '{ Caller::"ann" has region && Caller::"ann".region == "eu" }'])(
    'give Cedar the whole entity of a caller that a policy names: %s',
    async (condition) => {
      const { tool, engine } = await asking(
        [
          `permit (principal, action, resource); forbid (principal == Caller::"ann", action, resource) when ${condition};`,
        ],
        { claims: { region: 'string' } },
      );
      expect(tool({ sub: 'ann', groups: ['blocked'], region: 'eu' }, 't', {})).toBe('deny');
      expect(tool({ sub: 'ann', groups: ['other'], region: 'us' }, 't', {})).toBe('allow');
      expect(tool({ sub: 'bob', groups: ['blocked'], region: 'eu' }, 't', {})).toBe('allow');
      const asker = { caller: callerOf({ sub: 'ann' }), upstream: { name: 'default' } };
      expect(
        engine.decideKnowing({ arguments: true, claims: true, resource: false }, asker, 'tools/call', {
          type: 'Tool',
          name: 't',
        }).verdict,
      ).toBe('undecidable');
    },
  );

  it('decide calls of any number of tools like all policies', async () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const { tool } = await asking([
      `${letters.map((letter) => `permit (principal, action, resource) when { resource has name && resource.name like "*${letter}*" };`).join('\n')} forbid (principal, action, resource) when { context.arguments has n && context.arguments.n > 1 };`,
    ]);
    for (let i = 1; i < 200; i++) {
      const name = letters.filter((_, bit) => ((i >> bit) & 1) === 1).join('.');
      expect(
        [{ n: 1 }, { n: 2 }].map((given) => tool({ sub: 'x' }, name, given)),
        name,
      ).toEqual(['allow', 'deny']);
    }
    expect(tool({ sub: 'x' }, 'z', { n: 1 })).toBe('deny');
  });

  it('decide each call of a tool by its own arguments, for callers in different groups', async () => {
    const { tool } = await asking([
      `permit (principal in Group::"a", action == Action::"tools/call", resource == Tool::"pay") when { context.arguments has n && context.arguments.n <= 10 };
       permit (principal in Group::"b", action == Action::"tools/call", resource == Tool::"pay");
       forbid (principal, action == Action::"tools/call", resource == Tool::"pay") when { context.arguments has n && context.arguments.n > 100 };
       permit (principal, action == Action::"tools/call", resource == Tool::"add");`,
    ]);
    const [a, b] = [
      { sub: 'x', groups: ['a'] },
      { sub: 'x', groups: ['b'] },
    ];
    for (let i = 0; i < 2; i++) {
      expect([1, 11, 101].map((n) => tool(a, 'pay', { n }))).toEqual(['allow', 'deny', 'deny']);
      expect([1, 11, 101].map((n) => tool(b, 'pay', { n }))).toEqual(['allow', 'allow', 'deny']);
      expect(tool({ sub: 'x' }, 'pay', { n: 1 })).toBe('deny');
      expect(tool({ sub: 'x' }, 'add', { n: 101 })).toBe('allow');
    }
  });
});
