/**
 * The proxy as a client of one authorization server. Keeps the discovered server and the client's secret; each is read
 * again after a failure.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import type { ClientAuth } from 'oauth4webapi';
import { CertificateRefused } from '../../base/refused-certificate.ts';
import { AssertionClock } from './assertion-clock.ts';
import type { AssertionOptions } from './client-assertion.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { ClientMethod } from './client-methods.ts';
import { discover } from './issuer.ts';
import type { ClientKeyPair } from './key-pair.ts';
import { InvalidClient, TokenRefused } from './token-refusal.ts';
import { type Grant, requestToken, type Token } from './token.ts';

export interface TokenClientOptions {
  /**
   * The authorization server: discovered from its issuer, or the token endpoint if that is known. URLs must have passed
   * `parseEndpoint`.
   */
  readonly server:
    | { readonly issuer: URL; readonly tokenEndpoint?: undefined }
    | { readonly issuer?: URL | undefined; readonly tokenEndpoint: URL };
  readonly clientId: string;
  /**
   * Reads the client's secret, or its private key. Called when first needed, and again when the token endpoint refuses
   * it.
   * @default - the certificate is what the client authenticates with
   */
  readonly secret?: (() => Promise<string>) | undefined;
  /** What the client authenticates with in place of a secret. @default - the secret, or the certificate */
  readonly proof?: ((options: AssertionOptions) => Promise<ClientAuth>) | undefined;
  /** How assertions are made. */
  readonly assertion?: AssertionOptions | undefined;
  /** Shown to the authorization server where that asks for one. @default - none is */
  readonly certificate?: ClientCertificate | undefined;
  /** @default - what the issuer's metadata supports, basic before post */
  readonly authMethod?: ClientMethod | undefined;
}

export class TokenClient {
  readonly #options: TokenClientOptions;
  #server: AuthorizationServer | undefined;
  #secret: string | undefined;
  readonly #clock = new AssertionClock();

  constructor(options: TokenClientOptions) {
    this.#options = options;
  }

  /** Gets one token. Throws `UpstreamFailure`, a `TokenRefused` if the server refused the request. */
  async request(grant: Grant): Promise<Token> {
    const { certificate } = this.#options;
    const shown = await certificate?.current();
    try {
      return await this.#requestWith(shown, grant);
    } catch (error) {
      // It may have moved. What a refusal says about the grant is no sign of that.
      if (!(error instanceof TokenRefused) || error instanceof InvalidClient || !error.isCoded)
        this.#server = undefined;
      if (error instanceof InvalidClient) this.#secret = undefined;
      if (error instanceof InvalidClient && this.#asserts && this.#clock.wasOff(error.date))
        return this.#requestWith(shown, grant).catch((again: unknown) => {
          if (again instanceof InvalidClient) this.#clock.takeBack();
          throw again;
        });
      const isRefused = error instanceof InvalidClient || error instanceof CertificateRefused;
      if (shown === undefined || !isRefused || (await certificate?.refused(shown)) !== true) throw error;
      return this.#requestWith(await certificate?.current(), grant); // rotated since it was read
    }
  }

  async #requestWith(keyPair: ClientKeyPair | undefined, grant: Grant): Promise<Token> {
    const { secret: read } = this.#options;
    const server = (this.#server ??= await serverOf(this.#options.server, keyPair));
    const secret = read && (this.#secret ??= await read());
    try {
      return await this.#send(server, { keyPair, secret }, grant);
    } catch (error) {
      if (!(error instanceof InvalidClient) || read === undefined) throw error;
      const reread = await read();
      if (reread === secret) throw error;
      this.#secret = reread; // rotated since it was read
      return await this.#send(server, { keyPair, secret: reread }, grant);
    }
  }

  #send(
    server: AuthorizationServer,
    { keyPair, secret }: { readonly keyPair: ClientKeyPair | undefined; readonly secret: string | undefined },
    grant: Grant,
  ): Promise<Token> {
    const { clientId, authMethod, proof, assertion } = this.#options;
    const asserted: AssertionOptions = { ...assertion, now: () => this.#clock.now() };
    return requestToken(server, {
      clientId,
      clientSecret: secret,
      keyPair,
      authMethod,
      grant,
      assertion: asserted,
      proof: proof && (() => proof(asserted)),
    });
  }

  /** Its requests say what time it is. */
  get #asserts(): boolean {
    const { authMethod, proof } = this.#options;
    return proof !== undefined || authMethod === 'private_key_jwt';
  }
}

async function serverOf(
  server: TokenClientOptions['server'],
  keyPair: ClientKeyPair | undefined,
): Promise<AuthorizationServer> {
  if (server.tokenEndpoint === undefined) return discover(server.issuer, keyPair);
  return { issuer: server.issuer?.href ?? server.tokenEndpoint.href, token_endpoint: server.tokenEndpoint.href };
}
