/** Errors of Cedar, as they are reported. */
import { expect, test } from 'vitest';
import { words } from '../../../proxy/controls/access-policy/words.ts';

test('errors are one line: each with its labels and its help, if it has them', () => {
  expect(words([])).toBe('');
  expect(words([{ message: 'one', help: null }])).toBe('one');
  expect(
    words([
      {
        message: 'not\n  this',
        help: 'try\tthat',
        sourceLocations: [{ label: 'here' }, { label: null }, { label: 'there' }],
      },
      { message: 'two', help: null, sourceLocations: [] },
    ]),
  ).toBe('not this; here; there; try that; two');
});
