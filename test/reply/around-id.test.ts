/** A text around the id of its message. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { release } from '../../proxy/base/release.ts';
import { around, matches } from '../../proxy/reply/around-id.ts';

const LONG = 'x'.repeat(40_000);
const text = (id: string): Buffer => Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{"a":"${LONG}"}}`);
const ONE = Buffer.from('1');

it('is found again with another id, however the text is cut', () => {
  const own = around(text('1'), ONE);
  if (own === undefined) throw new Error('expected an id');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999 }), fc.array(fc.nat(40_100), { maxLength: 5 }), (id, cuts) => {
      const whole = text(String(id));
      const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end));
      const { length } = Buffer.concat(chunks);
      expect(matches(chunks, length, own, Buffer.from(String(id)))).toBe(length === whole.length);
      const other = Buffer.from(whole);
      const place = (id * 7) % whole.length;
      other[place] = (other[place] ?? 0) ^ 1;
      expect(matches([other], other.length, own, Buffer.from(String(id)))).toBe(false);
    }),
  );
});

it('holds none of the memory of its text, and is not freed by a writer that frees its chunks', () => {
  const given = text('1');
  const own = around(given, ONE);
  if (own === undefined) throw new Error('expected an id');
  release(given);
  release(own.before);
  release(own.after);
  expect(Buffer.concat([own.before, ONE, own.after]).equals(text('1'))).toBe(true);
});

it.each([
  ['in a string at the end', '{"result":{},"a":",\\"id\\":1}"}'],
  ['in an object at the end', '{"result":{"id":1}}'],
  ['of another member', '{"ids":1,"result":{}}'],
  ['of another message', '{"id":2,"result":{}}'],
  ['longer than that of the call', '{"id":12,"result":{}}'],
  ['the end of another', '{"result":{},"id":21}'],
  ['in a list', '[{"id":1}]'],
])('an id that is %s is none', (_where, other) => {
  expect(around(Buffer.from(other), ONE)).toBeUndefined();
});
