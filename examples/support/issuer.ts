/** An OAuth 2 server on loopback (`oidc-provider`) with one client, which gets tokens by client credentials. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';

const AUDIENCE = 'urn:orders';

/** Without its warnings about newer versions of Node and about data that is only in memory, as here. */
async function createProvider(url: string, configuration: Readonly<Record<string, unknown>>) {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    const { default: Provider } = await import('oidc-provider');
    return new Provider(url, configuration);
  } finally {
    Object.assign(console, { warn, info });
  }
}

export interface Issuer extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** Whether an `Authorization` header holds a token of this issuer for the orders. */
  accepts(authorization: string | null): Promise<boolean>;
}

export async function startIssuer(): Promise<Issuer> {
  const [clientId, clientSecret, scope] = ['proxy', 'a-secret-for-this-example', 'orders/read'];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = await createProvider(url, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        scope,
      },
    ],
    scopes: [scope],
    ttl: { ClientCredentials: 600 },
    cookies: { keys: ['unused'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope,
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) => handle(request, response));
  return {
    url,
    clientId,
    clientSecret,
    scope,
    async accepts(authorization) {
      const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
      return jwtVerify(token, publicKey, { issuer: url, audience: AUDIENCE }).then(
        () => true,
        () => false,
      );
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
