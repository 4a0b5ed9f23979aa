import { expect, it } from 'vitest';
import { otherForms } from '../../../proxy/controls/access-policy/uri-forms.ts';

it.each([
  ['file:///a', ['crm+file:///a']],
  ['crm+file:///a', ['file:///a']],
  ['crm+crm+file:///a', ['crm+file:///a', 'file:///a']],
  ['crm+in-2+file:///a', ['in-2+file:///a', 'file:///a', 'crm+file:///a']],
  ['in-2+file:///a', ['crm+in-2+file:///a', 'file:///a', 'crm+file:///a']],
  // No upstream is named so.
  ['Crm+file:///a', ['crm+Crm+file:///a']],
  ['2+file:///a', ['crm+2+file:///a']],
  [`${'a'.repeat(32)}+x:a`, [`crm+${'a'.repeat(32)}+x:a`]],
  ['file:///a+b', ['crm+file:///a+b']],
])('%s may be read as other URIs of the upstream crm', (uri, forms) => {
  expect(otherForms(uri, 'crm')).toEqual(forms);
});

it('a URI has at most eight names before it', () => {
  expect(otherForms(`${'crm+'.repeat(8)}x:a`, 'crm')).toHaveLength(8);
  expect(otherForms(`${'crm+'.repeat(9)}x:a`, 'crm')).toBeUndefined();
});
