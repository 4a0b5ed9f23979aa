/** Keys that a lenient JSON reader takes for one of the protocol's, or for each other. */
import { expect, test } from 'vitest';
import { fold, Known } from '../../proxy/call/variants.ts';
import { Members } from '../../proxy/json/members.ts';

test.each([
  ['name', 'name'],
  ['Name', 'name'],
  ['NAME', 'name'],
  ['protocolVersion', 'protocolversion'],
  ['_META', '_meta'],
  // Go takes these for s and k (Unicode's simple folding), Java for i.
  ['re\u017Fult', 'result'],
  ['tas\u212A', 'task'],
  ['\u0130d', 'id'],
  ['pr\u0131nt', 'print'],
  ['i\u0307d', 'id'],
])('%j is read as %j', (key, low) => {
  expect(fold(key)).toBe(low);
});

const known = new Known('id', 'Method', 'taskId');
const refuse = (...keys: readonly string[]): void => {
  const members = new Members();
  keys.forEach((key, i) => members.add(key, i, i));
  known.refuseVariants(members, 'params');
};

test.each<[readonly string[]]>([
  [[]],
  [['id', 'Method', 'taskId']],
  [['id', 'other', 'another']],
  [['x', 'id', 'y']],
  [['']],
])('the keys %j pass', (keys) => {
  expect(() => refuse(...keys)).not.toThrow();
});

test.each<[readonly string[], string]>([
  [['Id'], 'a key of params differs from a known one only in case'],
  [['id', 'x', 'ID'], 'a key of params differs from a known one only in case'],
  [['method'], 'a key of params differs from a known one only in case'],
  [['tas\u212Aid'], 'a key of params differs from a known one only in case'],
  [['other', 'Other'], 'two keys of params differ only in case'],
  [['a', 'b', 'id', 'A'], 'two keys of params differ only in case'],
  [['a', 'b', 'B'], 'two keys of params differ only in case'],
])('the keys %j are refused', (keys, message) => {
  expect(() => refuse(...keys)).toThrow(expect.objectContaining({ code: 'invalid-request', message }));
});

test.each<[readonly string[], boolean]>([
  [[], false],
  [['id', 'Method', 'other'], false],
  [['other', 'ID'], true],
  [['ID', 'other'], true],
  [['method'], true],
])('whether one of %j is a variant of a known key: %s', (keys, has) => {
  expect(known.hasVariant(keys)).toBe(has);
});
