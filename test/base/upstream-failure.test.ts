import { expect, test } from 'vitest';
import { UpstreamFailure } from '../../proxy/base/errors.ts';

test.each([
  ['the upstream did not answer', 'the upstream crm did not answer'],
  ["expected the upstream's list", "expected the upstream crm's list"],
  ['no connection', 'the upstream crm: no connection'],
  ['the upstream crm sent no result', 'the upstream crm sent no result'],
  ["the upstream crm's list has no end", "the upstream crm's list has no end"],
])('a failure named once: %s', (words, named) => {
  expect(new UpstreamFailure('upstream-invalid', words).of('crm').message).toBe(named);
});
