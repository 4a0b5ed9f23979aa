/** One-line rules are decided without Cedar, exactly as Cedar decides them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { loadEngine, loadWithCedar } from '../../../proxy/controls/access-policy/load.ts';
import { allow, deny, type RuleSpec } from '../../../proxy/controls/access-policy/rule.ts';
import type { ResourceRef } from '../../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { MODEL, upstream } from './asking.ts';

/** Few letters, so that names often match patterns. */
const name = fc.string({ unit: fc.constantFrom('a', 'b', '_', '"', '\\', '\u{1f600}'), minLength: 1, maxLength: 5 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '_', '"', '\\'), minLength: 1, maxLength: 5 });
const names = fc.array(pattern, { minLength: 1, maxLength: 3 });
const ids = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 2 });

const spec = fc.record(
  {
    group: ids,
    scope: ids,
    caller: ids,
    claims: fc.record(
      { department: fc.constantFrom('x', 'y'), level: fc.constantFrom(1, 2), staff: fc.boolean() },
      { requiredKeys: [] },
    ),
    tools: names,
    prompts: names,
    resources: names,
    methods: fc.array(fc.constantFrom('elicitation/create', 'roots/list'), { minLength: 1, maxLength: 2 }),
    detokenize: names,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RuleSpec>;
const rules = fc.array(
  fc.tuple(fc.boolean(), spec).map(([permits, it]) => (permits ? allow(it) : deny(it))),
  { minLength: 1, maxLength: 5 },
);

const claims: fc.Arbitrary<JsonObject> = fc.record(
  {
    sub: fc.constantFrom('x', 'y', 'w'),
    groups: fc.subarray(['x', 'y', 'w']),
    scope: fc.constantFrom('x', 'x y', 'w', ''),
    department: fc.constantFrom('x', 'z'),
    level: fc.constantFrom(1, 3),
    staff: fc.boolean(),
  },
  { requiredKeys: [] },
);
const asked = fc.oneof(
  fc.tuple(
    fc.constant('tools/call'),
    name.map((it): ResourceRef => ({ type: 'Tool', name: it })),
  ),
  fc.tuple(
    fc.constant('detokenize'),
    name.map((it): ResourceRef => ({ type: 'Tool', name: it })),
  ),
  fc.tuple(
    fc.constant('prompts/get'),
    name.map((it): ResourceRef => ({ type: 'Prompt', name: it })),
  ),
  fc.tuple(
    fc.constant('resources/read'),
    name.map((uri): ResourceRef => ({ type: 'Resource', uri })),
  ),
  fc.tuple(
    fc.constantFrom('elicitation/create', 'roots/list', 'made/up'),
    fc.constant<ResourceRef>({ type: 'Upstream' }),
  ),
);

const model = { ...MODEL, claims: { department: 'string', level: 'number', staff: 'boolean' } } as const;

describe('a set of one-line rules', () => {
  it('decides as Cedar does, and reports the same policies', async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(fc.tuple(claims, asked), { minLength: 5, maxLength: 10 }),
        async (policies, questions) => {
          const [plain, cedar] = await Promise.all([loadEngine(policies, model), loadWithCedar(policies, model)]);
          for (const [who, [action, resource]] of questions) {
            const asker = { caller: callerOf(who), upstream };
            expect(plain.decide(asker, action, resource, { arguments: {} })).toEqual(
              cedar.decide(asker, action, resource, { arguments: {} }),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
