/**
 * HMAC-SHA-256 with a key that is used often (RFC 2104). Made of two hashes in one go each: Node's own `Hmac` is an object
 * outside of V8's heap for each signature, which takes twice the time and is left to the garbage collector.
 */
import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;

export class HmacSha256 {
  /** The key, padded, then the text. */
  #inner = Buffer.alloc(8 * BLOCK);
  /** The key, padded, then the inner digest. */
  readonly #outer = Buffer.alloc(BLOCK + DIGEST);

  constructor(key: Buffer) {
    const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key;
    for (let i = 0; i < BLOCK; i++) {
      this.#inner[i] = (short[i] ?? 0) ^ 0x36;
      this.#outer[i] = (short[i] ?? 0) ^ 0x5c;
    }
  }

  hex(text: string): string {
    const end = BLOCK + Buffer.byteLength(text);
    if (end > this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * end);
    this.#inner.write(text, BLOCK);
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK, 'binary');
    return hash('sha256', this.#outer, 'hex');
  }
}
