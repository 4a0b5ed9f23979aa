/**
 * FF1 (NIST SP 800-38G) on decimal digits, with Node's AES. `@noble/ciphers`, which the tests compare it with, takes
 * several times as long: dates, of which there are few, need a dozen rounds of it for one token.
 */
import { crypto } from '../../base/crypto.ts';

const ROUNDS = 10;
const RADIX = 10;
const BLOCK = 16;

/** Encrypts one block. */
type Block = (block: Buffer) => Buffer;

export class Ff1 {
  readonly #block: Block;

  /** @param key 32 octets */
  constructor(key: Uint8Array) {
    const cipher = crypto().createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#block = (block) => cipher.update(block);
  }

  /** Maps a number of that many digits to another one. */
  encrypt(value: bigint, digits: number, tweak: Buffer): bigint {
    const { low, mac, range } = this.#rounds(digits, tweak);
    let a = value / low;
    let b = value % low;
    for (let i = 0; i < ROUNDS; i++) [a, b] = [b, (a + mac(i, b)) % range(i)];
    return a * low + b;
  }

  decrypt(value: bigint, digits: number, tweak: Buffer): bigint {
    const { low, mac, range } = this.#rounds(digits, tweak);
    let a = value / low;
    let b = value % low;
    for (let i = ROUNDS - 1; i >= 0; i--) {
      const size = range(i);
      [a, b] = [(b + size - (mac(i, a) % size)) % size, a];
    }
    return a * low + b;
  }

  #rounds(
    digits: number,
    tweak: Buffer,
  ): {
    /** The range of the lower digits. */
    readonly low: bigint;
    /** The round function of one half. */
    readonly mac: (round: number, half: bigint) => bigint;
    /** The range of the half that a round changes. */
    readonly range: (round: number) => bigint;
  } {
    const u = Math.floor(digits / 2);
    const v = digits - u;
    const high = BigInt(RADIX) ** BigInt(u);
    const low = BigInt(RADIX) ** BigInt(v);
    const octets = Math.ceil(Math.ceil(v * Math.log2(RADIX)) / 8);
    const wanted = 4 * Math.ceil(octets / 4) + 4;
    const first = Buffer.alloc(BLOCK);
    first.set([1, 2, 1, 0, 0, RADIX, ROUNDS, u % 256]);
    first.writeUInt32BE(digits, 8);
    first.writeUInt32BE(tweak.length, 12);
    const begun = this.#block(first);
    const blocks = Math.ceil((tweak.length + 1 + octets) / BLOCK);
    const data = Buffer.alloc(blocks * BLOCK);
    data.set(tweak);
    const mac = (round: number, half: bigint): bigint => {
      data[data.length - octets - 1] = round;
      data.write(half.toString(16).padStart(2 * octets, '0'), data.length - octets, 'hex');
      let state: Buffer = begun;
      for (let at = 0; at < data.length; at += BLOCK) state = this.#block(xored(state, data, at));
      let text = state.toString('hex');
      for (let more = 1; text.length < 2 * wanted; more++) {
        const counter = Buffer.from(state);
        counter.writeUInt32BE((counter.readUInt32BE(12) ^ more) >>> 0, 12);
        text += this.#block(counter).toString('hex');
      }
      return BigInt(`0x${text.slice(0, 2 * wanted)}`);
    };
    return { low, mac, range: (round) => (round % 2 === 0 ? high : low) };
  }
}

/** @param at the start of the block in `data` */
function xored(state: Buffer, data: Buffer, at: number): Buffer {
  const out = Buffer.allocUnsafe(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = (state[i] ?? 0) ^ (data[at + i] ?? 0);
  return out;
}
