/**
 * The client certificate of one upstream. One instance serves the upstream's connections and its token endpoint, so
 * that both show the same certificate: an issuer may bind a token to it (RFC 8705 §3).
 */
import { type ClientKeyPair, keyPairIn } from './key-pair.ts';
import { Renewal } from './renewal.ts';

export class ClientCertificate {
  readonly #renewal: Renewal<ClientKeyPair>;

  /** @param read the text of the secret; called when first needed, as the certificate nears its end, and after a refusal */
  constructor(read: () => Promise<string>) {
    this.#renewal = new Renewal('the client certificate', async () => {
      const value = keyPairIn(await read(), Date.now());
      return { value, id: value.id, expiresAt: value.expiresAt };
    });
  }

  /** The one to show now. */
  current(): ClientKeyPair | Promise<ClientKeyPair> {
    return this.#renewal.current();
  }

  /** A server refused this one. Resolves to true if the secret has another meanwhile. */
  refused({ id }: ClientKeyPair): Promise<boolean> {
    return this.#renewal.refused(id);
  }
}
