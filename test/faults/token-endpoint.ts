/** A token endpoint (OAuth 2 client credentials) that misbehaves as told. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** How it answers; `works` gives a new token for each request. */
export type Manner = 'works' | 'drops' | 'silent' | 'page' | 'no-token' | 'busy' | 'refuses' | 'huge';

export class TokenEndpoint implements AsyncDisposable {
  manner: Manner;
  /** Seconds that its tokens live. */
  life = 3_600;
  readonly port: number;
  readonly #server: http.Server;
  #given = 0;

  private constructor(server: http.Server, port: number, manner: Manner) {
    this.#server = server;
    this.port = port;
    this.manner = manner;
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      request.resume().on('end', () => this.#answer(request, response));
    });
  }

  static async start(manner: Manner): Promise<TokenEndpoint> {
    const server = http.createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TokenEndpoint(server, (server.address() as AddressInfo).port, manner);
  }

  /** The token that was given last. */
  get latest(): string {
    return `token-${this.#given}`;
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const json = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
    switch (this.manner) {
      case 'works':
        this.#given++;
        return json(200, { access_token: this.latest, token_type: 'Bearer', expires_in: this.life });
      case 'drops':
        return void request.socket.resetAndDestroy();
      case 'silent':
        return;
      case 'page':
        return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
      case 'no-token':
        return json(200, { token_type: 'Bearer' });
      case 'busy':
        return json(503, {});
      case 'refuses':
        return json(401, { error: 'invalid_client' });
      case 'huge':
        return void response.writeHead(200).end('x'.repeat(1_000_000));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Bindings for it. */
export function bindingsOf({ port }: TokenEndpoint): Readonly<Record<string, string>> {
  return {
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_TOKEN_URL: `http://127.0.0.1:${port}/token`,
    UPSTREAM_CLIENT_ID: 'faults',
    UPSTREAM_SECRET: 'env:FAULTS_SECRET',
    FAULTS_SECRET: 'a-secret-of-the-client',
  };
}
