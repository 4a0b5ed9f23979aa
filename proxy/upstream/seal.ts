/**
 * Sealed session ids: the id that the client holds is encrypted, authenticated and bound to its caller (AES-256-GCM with a
 * random nonce). It reveals nothing about the upstream, can't be forged, and is of no use to another caller.
 */
import { crypto } from '../base/crypto.ts';
import { kernelRandom } from '../base/random.ts';

const PREFIX = 'mcps1.';
const NONCE = 12;
const TAG = 16;

export class Sealer {
  /** Whether other processes can open ids that this one sealed. */
  readonly shared: boolean;
  #key: Buffer | undefined;

  /** @param shared a secret of several processes, which open each other's ids, will be `learn`ed before anything is sealed */
  constructor(shared = false) {
    this.shared = shared;
  }

  learn(secret: string): void {
    this.#key = crypto().createHash('sha256').update(`mcp session id\n${secret}`).digest();
  }

  /** Without a shared secret, each process generates its own on first use, so after a restore from a snapshot. */
  get #secret(): Buffer {
    if (this.#key === undefined && this.shared) throw new TypeError('the shared secret was not read yet');
    return (this.#key ??= kernelRandom(32));
  }

  /** Returns true for an id that any proxy of this kind has sealed. */
  static looksSealed(id: string): boolean {
    return id.startsWith(PREFIX);
  }

  /** @param binding `open` must get the same */
  seal(payload: string, binding: string): string {
    const nonce = kernelRandom(NONCE);
    const cipher = crypto().createCipheriv('aes-256-gcm', this.#secret, nonce).setAAD(Buffer.from(binding));
    const sealed = Buffer.concat([nonce, cipher.update(payload, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return PREFIX + sealed.toString('base64url');
  }

  /** Returns the payload; undefined if the id is another proxy's, damaged, or bound to another caller. */
  open(id: string, binding: string): string | undefined {
    const bytes = Sealer.looksSealed(id) ? bytesOf(id.slice(PREFIX.length)) : undefined;
    if (bytes === undefined || bytes.length < NONCE + TAG) return undefined;
    // A probe before the first call, with a session id: nothing is open yet.
    if (this.#key === undefined && this.shared) return undefined;
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

/** The bytes of a base64url text. Undefined if these bytes are written otherwise: the decoder skips what it doesn't know. */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
