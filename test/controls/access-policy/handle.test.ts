/** Which errors of loading policies stay, and which a later call may not have. */
import { expect, it } from 'vitest';
import { faultsIn, isFinal } from '../../../proxy/controls/access-policy/handle.ts';
import { PolicyError } from '../../../proxy/controls/access-policy/policies.ts';

it('policies with faults have the same ones the next time', () => {
  const error = new PolicyError(['a', 'b']);
  expect([faultsIn(error), isFinal(error)]).toEqual([['a', 'b'], true]);
});

it.each([
  ['another error', new Error('EMFILE')],
  ['an object that is no error', { faults: ['a'] }],
  ['a text', 'faults'],
  ['nothing', undefined],
])('%s may be gone the next time', (_what, error) => {
  expect([faultsIn(error), isFinal(error)]).toEqual([undefined, false]);
});
