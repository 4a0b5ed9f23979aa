/** What the text of a token holds. */

export interface Encrypted {
  readonly keyId: string;
  /** Derived from the type's name: see `codeOf`. */
  readonly code: string;
  readonly ciphertext: Uint8Array;
}

/** A token in a text. */
export interface FoundToken extends Encrypted {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** How often its `@` is percent-encoded. */
  readonly percent: number;
  /** Whether it may be written in any case. */
  readonly caseFree: boolean;
  /** Whether lines of quoted-printable text fold it (RFC 2045, 6.7). */
  readonly isFolded: boolean;
}
