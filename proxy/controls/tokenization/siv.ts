/**
 * AES-SIV (RFC 5297) with 256-bit keys on Node's AES, for many messages with one associated datum. Values that depend
 * only on keys and datum are computed once; a library would compute them for each message, which costs ten times as
 * much. Deterministic: it reveals only that messages are equal.
 */
import { createCipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK = 16;
/** Up to this many blocks, each is encrypted separately; for more, one cipher object for all is cheaper. */
const FEW = 8;

/** AES-256 on separate whole blocks. The object has no state: no padding, no chaining. */
type Blocks = (blocks: Buffer) => Buffer;

function blocksOf(key: Buffer): Blocks {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

export class Siv {
  readonly #macKey: Buffer;
  readonly #streamKey: Buffer;
  readonly #mac: Blocks;
  readonly #stream: Blocks;
  /** The subkeys of AES-CMAC (NIST SP 800-38B, 6.1), for a whole last block and for a padded one. */
  readonly #whole: Buffer;
  readonly #padded: Buffer;
  /** The state of S2V (RFC 5297, 2.4) after the associated datum. */
  readonly #datum: Buffer;

  /**
   * @param key 64 octets: the key of the vector, then that of the stream
   * @param data the associated datum, which is not secret
   */
  constructor(key: Uint8Array, data: ArrayLike<number>) {
    if (key.length !== 64) throw new RangeError(`AES-SIV: expected a key of 64 octets, got ${key.length}`);
    this.#macKey = Buffer.from(key.subarray(0, 32));
    this.#mac = blocksOf(this.#macKey);
    this.#streamKey = Buffer.from(key.subarray(32));
    this.#stream = blocksOf(this.#streamKey);
    this.#whole = doubled(this.#mac(ZERO));
    this.#padded = doubled(this.#whole);
    this.#datum = xored(doubled(this.#cmac(ZERO)), this.#cmac(Buffer.from(data)));
  }

  /** The synthetic vector, 16 octets, followed by the encrypted message. */
  seal(message: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(BLOCK + message.length);
    const vector = this.#vector(message);
    sealed.set(vector);
    this.#cipher(vector, message, sealed.subarray(BLOCK));
    return sealed;
  }

  /** Undefined: it was not made with this key and datum, or was changed. */
  open(sealed: Uint8Array): Buffer | undefined {
    if (sealed.length < BLOCK) return undefined;
    const vector = sealed.subarray(0, BLOCK);
    const message = Buffer.allocUnsafe(sealed.length - BLOCK);
    this.#cipher(vector, sealed.subarray(BLOCK), message);
    return timingSafeEqual(this.#vector(message), vector) ? message : undefined;
  }

  /** S2V (RFC 5297, 2.4). */
  #vector(message: Uint8Array): Buffer {
    const { length } = message;
    if (length < BLOCK) return this.#cmac(xored(doubled(this.#datum), paddedBlock(message)));
    const last = Buffer.allocUnsafe(length);
    last.set(message);
    for (let i = 0, at = length - BLOCK; i < BLOCK; i++, at++) last[at] = (last[at] ?? 0) ^ (this.#datum[i] ?? 0);
    return this.#cmac(last);
  }

  /** AES-CMAC (NIST SP 800-38B, RFC 4493). */
  #cmac(message: Buffer): Buffer {
    const start = Math.max(0, Math.ceil(message.length / BLOCK) - 1) * BLOCK;
    let state: Uint8Array = ZERO;
    if (start > FEW * BLOCK)
      state = createCipheriv('aes-256-cbc', this.#macKey, ZERO)
        .setAutoPadding(false)
        .update(message.subarray(0, start))
        .subarray(-BLOCK);
    else for (let at = 0; at < start; at += BLOCK) state = this.#mac(xored(state, message, at));
    const whole = message.length - start === BLOCK;
    const last = whole ? xored(state, message, start) : xored(state, paddedBlock(message.subarray(start)));
    return this.#mac(xored(last, whole ? this.#whole : this.#padded));
  }

  /**
   * Counter mode that starts at the vector with two bits cleared (RFC 5297, 2.5), so that its last 32 bits do not
   * overflow.
   */
  #cipher(vector: Uint8Array, from: Uint8Array, into: Buffer): void {
    const { length } = from;
    const first = Buffer.allocUnsafe(BLOCK);
    first.set(vector);
    first[8] = (first[8] ?? 0) & 0x7f;
    first[12] = (first[12] ?? 0) & 0x7f;
    if (length > FEW * BLOCK) {
      into.set(createCipheriv('aes-256-ctr', this.#streamKey, first).update(from));
      return;
    }
    const counters = Buffer.allocUnsafe(Math.ceil(length / BLOCK) * BLOCK);
    for (let at = 0, counter = first.readUInt32BE(12); at < length; at += BLOCK, counter++) {
      counters.set(first, at);
      counters.writeUInt32BE(counter, at + 12);
    }
    const stream = this.#stream(counters);
    for (let i = 0; i < length; i++) into[i] = (from[i] ?? 0) ^ (stream[i] ?? 0);
  }
}

const ZERO = Buffer.alloc(BLOCK);

/** `dbl` of RFC 5297, 2.3: multiplication by x in GF(2^128). */
function doubled(block: Buffer): Buffer {
  const out = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7);
  if ((block[0] ?? 0) & 0x80) out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ 0x87;
  return out;
}

/** A part of a block, one bit, and zeros. */
function paddedBlock(part: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(BLOCK).fill(0);
  out.set(part);
  out[part.length] = 0x80;
  return out;
}

/** @param at the start of the block in `b` */
function xored(a: Uint8Array, b: Uint8Array, at = 0): Buffer {
  const out = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = (a[i] ?? 0) ^ (b[at + i] ?? 0);
  return out;
}
