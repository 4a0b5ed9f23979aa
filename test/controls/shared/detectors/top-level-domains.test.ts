/** The list of top-level domains is that of IANA. */
import tlds from 'tlds';
import { expect, test } from 'vitest';
import { isTopLevel, ROOT_ZONE } from '../../../../proxy/controls/shared/detectors/top-level-domains.ts';

test('the list is the one that the package `tlds` has from IANA', () => {
  expect(ROOT_ZONE.split(/\s+/).sort()).toEqual([...tlds].sort());
});

test.each(['com', 'so', 'next', 'map', 'zip', '한국', 'рф', 'internal', 'example'])(
  '%s is a top-level domain',
  (name) => {
    expect(isTopLevel(name)).toBe(true);
  },
);

test.each(['png', 'js', 'json', 'yaml', 'mean', 'service', 'html', ''])('%j is none', (name) => {
  expect(isTopLevel(name)).toBe(false);
});
