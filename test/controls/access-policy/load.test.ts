/** Cedar is large: it is loaded only if a policy needs it. */
import { expect, it, vi } from 'vitest';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';
import { callControl } from '../../../testing/index.ts';
import { asking, NONE } from './asking.ts';

const IN_CEDAR = 'permit (principal, action, resource == Tool::"c");';

vi.mock(import('../../../proxy/controls/access-policy/cedar.ts'), { spy: true });

it('rules are decided without Cedar, which is loaded for the first policy in it', async () => {
  const rules = [allow({ tools: ['a'] }), allow({ tools: ['b'] })];
  expect((await asking(rules)).tool({}, 'b', NONE)).toBe('allow');
  expect(loadCedar).not.toHaveBeenCalled();
  const mixed = [...rules, IN_CEDAR];
  expect((await asking(mixed)).tool({}, 'c', NONE)).toBe('allow');
  expect(loadCedar).toHaveBeenCalledOnce();
});

it('a load that failed denies the calls that wait for it, and the next call loads again', async () => {
  vi.mocked(loadCedar).mockRejectedValueOnce(new Error('EMFILE'));
  const policy = accessPolicy({ policies: [IN_CEDAR] });
  const message = { method: 'tools/call', params: { name: 'c' } };
  expect((await callControl(policy, message)).refused).toBeDefined();
  expect((await callControl(policy, message)).refused).toBeUndefined();
});

it('policies with faults are read only once', async () => {
  const policy = accessPolicy({ policies: ['permit ('] });
  const message = { method: 'tools/call', params: { name: 'c' } };
  vi.mocked(loadCedar).mockClear();
  for (let i = 0; i < 3; i++) expect((await callControl(policy, message)).refused).toBeDefined();
  expect(loadCedar).toHaveBeenCalledOnce();
});
