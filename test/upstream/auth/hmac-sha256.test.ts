import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacSha256 } from '../../../proxy/upstream/auth/hmac-sha256.ts';

test('makes the same codes as Node does, with any key, of texts of any length one after the other', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200, size: 'max' }),
      fc.array(fc.string({ unit: 'binary', maxLength: 2_000, size: 'max' }), { minLength: 1, maxLength: 6 }),
      (key, texts) => {
        const hmac = new HmacSha256(Buffer.from(key));
        for (const text of texts) expect(hmac.hex(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
      },
    ),
    { numRuns: 300 },
  );
});

test('keeps the key when a text is longer than all before', () => {
  const hmac = new HmacSha256(Buffer.from('key'));
  for (const text of ['short', 'é'.repeat(5_000), '', 'short'])
    expect(hmac.hex(text)).toBe(createHmac('sha256', 'key').update(text).digest('hex'));
});

// A block of SHA-256 has 64 bytes: a longer key is hashed first.
test.each([0, 63, 64, 65, 200])('makes the same codes as Node does with a key of %i bytes', (length) => {
  const key = Buffer.alloc(length, 'key');
  expect(new HmacSha256(key).hex('text')).toBe(createHmac('sha256', key).update('text').digest('hex'));
});
