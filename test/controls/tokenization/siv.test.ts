import { aessiv } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Siv } from '../../../proxy/controls/tokenization/siv.ts';

const key = fc.uint8Array({ minLength: 64, maxLength: 64 });
const data = fc.uint8Array({ maxLength: 100 });
/** Lengths around a block, and around the start of long messages. */
const message = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ minLength: 120, maxLength: 400 }));

describe('AES-SIV', () => {
  it('encrypts every message as @noble/ciphers does, and opens it again', () => {
    fc.assert(
      fc.property(key, data, fc.array(message, { minLength: 1, maxLength: 5 }), (key, data, messages) => {
        const siv = new Siv(key, data);
        // One object for all messages: none may leave a state that affects the next.
        for (const message of messages) {
          const sealed = siv.seal(message);
          expect(Uint8Array.from(sealed)).toEqual(aessiv(key, data).encrypt(message));
          expect(siv.open(sealed)).toEqual(Buffer.from(message));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not open a text that was changed by one bit, cut, or made with another datum', () => {
    fc.assert(
      fc.property(key, data, message, fc.nat(), fc.nat(7), (key, data, message, at, bit) => {
        const siv = new Siv(key, data);
        const sealed = siv.seal(message);
        const changed = Uint8Array.from(sealed, (octet, i) => (i === at % sealed.length ? octet ^ (1 << bit) : octet));
        expect(siv.open(changed)).toBeUndefined();
        expect(siv.open(sealed.subarray(0, -1))).toBeUndefined();
        expect(new Siv(key, [...data, 0]).open(sealed)).toBeUndefined();
      }),
    );
  });

  it('counts past the last 32 bits as the RFC does, which clears two bits to leave room', () => {
    // A vector of ones is the worst case.
    const siv = new Siv(new Uint8Array(64).fill(7), new Uint8Array(0));
    const long = new Uint8Array(64 * 1024).fill(1);
    expect(siv.open(siv.seal(long))).toEqual(Buffer.from(long));
  });

  it('accepts only keys of 64 octets', () => {
    expect(() => new Siv(new Uint8Array(32), new Uint8Array(0))).toThrow('expected a key of 64 octets, got 32');
  });
});
