/**
 * Decisions on calls whose arguments, claims or URIs are unknown: each must be Cedar's decision for all values of the
 * unknown facts.
 */
import type * as CedarWasm from '@cedar-policy/cedar-wasm/web';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import type { ResourceRef } from '../../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { asking, upstream } from './asking.ts';

type Whole = Pick<typeof CedarWasm, 'isAuthorizedPartial' | 'policySetTextToParts'>;

let cedar: Whole;
beforeAll(async () => {
  cedar = (await loadCedar()) as unknown as Whole;
});

const ATOMS = [
  'context.arguments.n > 1',
  'context.arguments has n',
  'context.arguments.s == "a"',
  'context.arguments.flag',
  'principal in Group::"g"',
  'principal == Caller::"ann"',
  'resource.name == "t"',
  'resource.name like "u*"',
  'context.arguments == {}',
  'true',
] as const;

/** Conditions of up to three levels over every kind of fact. */
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    tie('condition').map((a) => `!(${a})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
}));

const scope = fc.constantFrom(
  'principal, action, resource',
  'principal in Group::"g", action, resource',
  'principal == Caller::"ann", action, resource is Tool',
  'principal, action, resource == Tool::"t"',
  'principal is Caller in Group::"g", action, resource in Upstream::"default"',
);
const policy = fc
  .tuple(fc.constantFrom('permit', 'forbid'), scope, fc.constantFrom('when', 'unless'), condition)
  .map(([effect, head, kind, body]) => `${effect} (${head}) ${kind} { ${body} };`);
const policies = fc.array(policy, { minLength: 1, maxLength: 4 });

const given: fc.Arbitrary<JsonObject> = fc.record(
  {
    n: fc.constantFrom(0, 1, 2, 1.5, 'x', null),
    s: fc.constantFrom('a', 'b', 3),
    flag: fc.constantFrom(true, false, 'x'),
  },
  { requiredKeys: [] },
);
const claims: fc.Arbitrary<JsonObject> = fc.record({
  sub: fc.constant('ann'),
  groups: fc.constantFrom<string[]>([], ['g'], ['h']),
});
const tool: fc.Arbitrary<ResourceRef> = fc.constantFrom('t', 'u1', 'v').map((name) => ({ type: 'Tool', name }));

const RUNS = { numRuns: 400 };

describe('if the arguments are unknown', () => {
  it('allow and deny hold for all arguments', async () => {
    await fc.assert(
      fc.asyncProperty(
        policies,
        claims,
        tool,
        fc.array(given, { minLength: 4, maxLength: 8 }),
        async (texts, who, resource, all) => {
          const { decide } = await asking(texts);
          const { verdict } = decide(who, 'tools/call', resource);
          const exact = all.map((one) => decide(who, 'tools/call', resource, { arguments: one }).verdict);
          expect(exact).not.toContain('undecidable');
          if (verdict !== 'undecidable') expect(new Set(exact)).toEqual(new Set([verdict]));
        },
      ),
      RUNS,
    );
  });

  it("decides every call that Cedar's own partial evaluation decides", async () => {
    await fc.assert(
      fc.asyncProperty(policies, claims, tool, async (texts, who, resource) => {
        const { decide } = await asking(texts);
        const { verdict } = decide(who, 'tools/call', resource);
        const answer = cedar.isAuthorizedPartial({
          principal: { type: 'Caller', id: 'ann' },
          action: { type: 'Action', id: 'tools/call' },
          resource: { type: 'Tool', id: resource.type === 'Tool' ? resource.name : '' },
          context: { arguments: { __extn: { fn: 'unknown', arg: 'arguments' } } },
          policies: { staticPolicies: texts.join('\n') },
          entities: [
            {
              uid: { type: 'Caller', id: 'ann' },
              attrs: {},
              parents: (who['groups'] as string[]).map((id) => ({ type: 'Group', id })),
            },
            {
              uid: { type: 'Tool', id: resource.type === 'Tool' ? resource.name : '' },
              attrs: { name: resource.type === 'Tool' ? resource.name : '' },
              parents: [{ type: 'Upstream', id: 'default' }],
            },
          ],
        });
        if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
        const { decision, errored } = answer.response;
        // If a policy fails, Cedar skips it, but here a prohibition counts.
        if (decision !== null && errored.length === 0 && verdict !== 'undecidable') expect(verdict).toBe(decision);
      }),
      RUNS,
    );
  });
});

describe('if claims or the resource are unknown as well', () => {
  it('allow and deny hold for all callers with that subject and for all names', async () => {
    const unknowns = fc.record({ arguments: fc.constant(true), claims: fc.boolean(), resource: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        policies,
        claims,
        tool,
        unknowns,
        fc.array(fc.tuple(claims, tool, given), { minLength: 6, maxLength: 10 }),
        async (texts, who, resource, unknown, completions) => {
          const { engine, decide } = await asking(texts);
          const { verdict } = engine.decideKnowing(
            unknown,
            { caller: callerOf(who), upstream },
            'tools/call',
            resource,
          );
          if (verdict === 'undecidable') return;
          for (const [otherWho, otherTool, args] of completions) {
            const exact = decide(
              unknown.claims ? otherWho : who,
              'tools/call',
              unknown.resource ? otherTool : resource,
              { arguments: args },
            );
            expect(exact.verdict).toBe(verdict);
          }
        },
      ),
      RUNS,
    );
  });

  it.each([
    ['a group', 'permit (principal in Group::"g", action, resource);', { claims: true }, 'undecidable'],
    [
      'a caller, whose subject is known',
      'permit (principal == Caller::"ann", action, resource);',
      { claims: true },
      'allow',
    ],
    ['another caller', 'permit (principal == Caller::"bob", action, resource);', { claims: true }, 'deny'],
    ['a tool', 'permit (principal, action, resource == Tool::"t");', { resource: true }, 'undecidable'],
    [
      'a prompt, which is never a tool',
      'permit (principal, action, resource == Prompt::"t");',
      { resource: true },
      'deny',
    ],
    ['tools of any name', 'permit (principal, action, resource is Tool);', { resource: true }, 'allow'],
    ['arguments', 'permit (principal, action, resource) when { context.arguments.n > 1 };', {}, 'undecidable'],
    [
      'arguments that make no difference',
      'permit (principal, action, resource) when { context.arguments has n || true };',
      {},
      'allow',
    ],
    [
      'arguments in a condition that may fail',
      'permit (principal, action, resource) when { context.arguments.n > 1 || true };',
      {},
      'undecidable',
    ],
  ])('decides a rule about %s as far as possible', async (_what, text, unknown, verdict) => {
    const { engine } = await asking([text]);
    const known = { arguments: true, claims: false, resource: false, ...unknown };
    expect(
      engine.decideKnowing(known, { caller: callerOf({ sub: 'ann' }), upstream }, 'tools/call', {
        type: 'Tool',
        name: 't',
      }).verdict,
    ).toBe(verdict);
  });
});
