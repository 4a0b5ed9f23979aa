/** What signs the heads of a chain. */
import type { Voucher } from './event.ts';

export interface Signer {
  readonly alg: 'hmac-sha256' | 'ed25519';
  /** The key id; undefined for Ed25519. */
  readonly key: string | undefined;
  /** Who vouches for its key. */
  readonly by?: Voucher | undefined;
  sign(text: string): string;
}
