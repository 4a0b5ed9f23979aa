/**
 * Sealed session ids: what the client holds is encrypted and authenticated, and bound to its caller. It says nothing
 * about the upstream, can't be made up, and is of no use to another caller.
 *
 * AES-256-GCM with a random nonce.
 */
import { kernelRandom } from '../base/random.ts';

/**
 * Loaded with the first session: a modern upstream has none, and this is 0.6 MB and several milliseconds of every
 * start.
 */
const crypto = () => process.getBuiltinModule('node:crypto');

const PREFIX = 'mcps1.';
const NONCE = 12;
const TAG = 16;

export class Sealer {
  /** Another process can open what this one sealed. */
  readonly shared: boolean;
  #key: Buffer | undefined;

  /** @param secret shared by all processes that should open each other's ids; by default each process draws its own */
  constructor(secret?: string) {
    this.shared = secret !== undefined;
    if (secret !== undefined) this.#key = crypto().createHash('sha256').update(`mcp session id\n${secret}`).digest();
  }

  /** Drawn on first use, so after any restore that preceded it. */
  get #secret(): Buffer {
    return (this.#key ??= kernelRandom(32));
  }

  /** True for anything that some proxy like this one has sealed. */
  static looksSealed(id: string): boolean {
    return id.startsWith(PREFIX);
  }

  /** @param binding whoever opens it must give the same */
  seal(payload: string, binding: string): string {
    const nonce = kernelRandom(NONCE);
    const cipher = crypto().createCipheriv('aes-256-gcm', this.#secret, nonce).setAAD(Buffer.from(binding));
    const sealed = Buffer.concat([nonce, cipher.update(payload, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return PREFIX + sealed.toString('base64url');
  }

  /** The payload; undefined where the id is not ours, not whole, or bound to another caller. */
  open(id: string, binding: string): string | undefined {
    const bytes = Buffer.from(id.slice(PREFIX.length), 'base64url');
    if (!Sealer.looksSealed(id) || bytes.length < NONCE + TAG) return undefined;
    const decipher = crypto()
      .createDecipheriv('aes-256-gcm', this.#secret, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(binding))
      .setAuthTag(bytes.subarray(-TAG));
    try {
      return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }
}
