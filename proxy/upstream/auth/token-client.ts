/**
 * The proxy as a client of one authorization server. Keeps the discovered server and the client's secret; each is read
 * again after a failure.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import type { ClientMethod } from './client-methods.ts';
import { discover } from './issuer.ts';
import { type Grant, InvalidClient, requestToken, type Token } from './token.ts';

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
   */
  readonly secret: () => Promise<string>;
  /** @default - what the issuer's metadata supports, basic before post */
  readonly authMethod?: ClientMethod | undefined;
}

export class TokenClient {
  readonly #options: TokenClientOptions;
  #server: AuthorizationServer | undefined;
  #secret: string | undefined;

  constructor(options: TokenClientOptions) {
    this.#options = options;
  }

  /** Gets one token. Throws `UpstreamFailure`, a `TokenRefused` if the server refused the request. */
  async request(grant: Grant): Promise<Token> {
    try {
      const server = (this.#server ??= await serverOf(this.#options.server));
      const secret = (this.#secret ??= await this.#options.secret());
      try {
        return await this.#send(server, secret, grant);
      } catch (error) {
        if (!(error instanceof InvalidClient)) throw error;
        const reread = await this.#options.secret();
        if (reread === secret) throw error;
        this.#secret = reread; // rotated since it was read
        return await this.#send(server, reread, grant);
      }
    } catch (error) {
      this.#server = undefined; // the endpoint may have moved
      if (error instanceof InvalidClient) this.#secret = undefined;
      throw error;
    }
  }

  #send(server: AuthorizationServer, clientSecret: string, grant: Grant): Promise<Token> {
    const { clientId, authMethod } = this.#options;
    return requestToken(server, { clientId, clientSecret, authMethod, grant });
  }
}

async function serverOf(server: TokenClientOptions['server']): Promise<AuthorizationServer> {
  if (server.tokenEndpoint === undefined) return discover(server.issuer);
  return { issuer: server.issuer?.href ?? server.tokenEndpoint.origin, token_endpoint: server.tokenEndpoint.href };
}
