/** What a decision is made of and cached by, besides caller, action, resource and arguments: only what policies read. */
import { expect, it } from 'vitest';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { circumstances, contextOf } from '../../../proxy/controls/access-policy/circumstances.ts';
import { readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { readsOf } from '../../../proxy/controls/access-policy/reads.ts';

const CONTEXT = { field: '$.to', to: 'client', kind: 'email' } as const;

const readsIn = async (condition: string) =>
  readsOf(readPolicies([`permit (principal, action, resource) when { ${condition} };`], await loadCedar()).values());

it.each([
  ['nothing', 'true', {}],
  ['arguments', 'context.arguments has a', {}],
  ['the field', 'context.field == "x"', { field: '$.to' }],
  ['whether there is a field', 'context has field', { field: '$.to' }],
  ['the receiver and the kind', 'context.to == "client" && context.kind == "email"', { to: 'client', kind: 'email' }],
  ['the whole context', 'context == {}', CONTEXT],
  ['all arguments', 'context.arguments == {}', CONTEXT],
])('policies that read %s get it', async (_what, condition, read) => {
  const reads = await readsIn(condition);
  expect(contextOf(CONTEXT, reads)).toEqual(read);
  expect(circumstances(CONTEXT, reads)).toBe(
    Object.entries(read)
      .map(([name, value]) => `\n${name}=${JSON.stringify(value)}`)
      .join(''),
  );
});

it.each(['context == {}', 'context.field == "x"'])('what is not known is left out: %s', async (condition) => {
  const reads = await readsIn(condition);
  expect(Object.keys(contextOf({}, reads))).toEqual([]);
  expect(circumstances({ to: undefined }, reads)).toBe('');
});

it('no value makes the key of another', async () => {
  const reads = await readsIn('context == {}');
  const keys = [
    { field: 'a', kind: 'b' },
    { field: 'a"\nkind="b' },
    { field: 'a\nkind=b' },
    { kind: 'a', field: 'b' },
    { field: '' },
    {},
  ].map((context) => circumstances(context, reads));
  expect(new Set(keys).size).toBe(keys.length);
});
