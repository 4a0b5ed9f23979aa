/** Cedar is large: it is loaded only if a policy needs it. */
import { expect, it, vi } from 'vitest';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { allow } from '../../../proxy/controls/access-policy/index.ts';
import { asking, NONE } from './asking.ts';

vi.mock(import('../../../proxy/controls/access-policy/cedar.ts'), { spy: true });

it('rules are decided without Cedar, which is loaded for the first policy in it', async () => {
  const rules = [allow({ tools: ['a'] }), allow({ tools: ['b'] })];
  expect((await asking(rules)).tool({}, 'b', NONE)).toBe('allow');
  expect(loadCedar).not.toHaveBeenCalled();
  const mixed = [...rules, 'permit (principal, action, resource == Tool::"c");'];
  expect((await asking(mixed)).tool({}, 'c', NONE)).toBe('allow');
  expect(loadCedar).toHaveBeenCalledOnce();
});
