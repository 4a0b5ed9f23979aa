import { expect, test } from 'vitest';
import { getHeader, setHeader } from '../../../proxy/upstream/auth/header-list.ts';

test('a header that is set replaces every earlier one of its name, and stands last', () => {
  const headers = ['authorization', 'first', 'host', 'a', 'authorization', 'second', 'x-authorization', 'b'];
  setHeader(headers, 'authorization', 'third');
  expect(headers).toEqual(['host', 'a', 'x-authorization', 'b', 'authorization', 'third']);
});

test('a header that is set is added to an empty list', () => {
  const headers: string[] = [];
  setHeader(headers, 'authorization', 'first');
  expect(headers).toEqual(['authorization', 'first']);
});

test('a value that reads like a name is not taken for a header', () => {
  const headers = ['x', 'authorization', 'authorization', 'x'];
  expect([getHeader(headers, 'authorization'), getHeader(headers, 'x')]).toEqual(['x', 'authorization']);
  setHeader(headers, 'authorization', 'y');
  expect(headers).toEqual(['x', 'authorization', 'authorization', 'y']);
});

test('the first of repeated headers is found, and none where there is none', () => {
  const headers = ['a', '1', 'b', '2', 'b', '3', 'c', '4'];
  expect([getHeader(headers, 'b'), getHeader(headers, 'c'), getHeader(headers, 'd')]).toEqual(['2', '4', undefined]);
  expect(getHeader([], 'a')).toBeUndefined();
});
