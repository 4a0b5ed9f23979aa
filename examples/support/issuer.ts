/**
 * An OAuth 2 server on loopback (`oidc-provider`) with one client, which gets tokens by client credentials, or by an exchange of a
 * person's own token (RFC 8693).
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify, SignJWT } from 'jose';

const AUDIENCE = 'urn:orders';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Without its warnings about newer versions of Node and about data that is only in memory, as here. */
async function createProvider(url: string, configuration: Readonly<Record<string, unknown>>) {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    const { default: Provider, errors } = await import('oidc-provider');
    return { provider: new Provider(url, configuration), InvalidGrant: errors.InvalidGrant };
  } finally {
    Object.assign(console, { warn, info });
  }
}

export interface Issuer extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** A token of a person who signed in, for the proxy: what their agent sends it. */
  signIn(person: string): Promise<string>;
  /** From now on, exchanges no token of this person. */
  withdraw(person: string): void;
  /** Whether an `Authorization` header holds a token of this issuer for the orders. */
  accepts(authorization: string | null): Promise<boolean>;
}

export async function startIssuer(): Promise<Issuer> {
  const [clientId, clientSecret, scope] = ['proxy', 'a-secret-for-this-example', 'orders/read'];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { provider, InvalidGrant } = await createProvider(url, {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials', EXCHANGE],
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
  const withdrawn = new Set<string>();
  const tokenOf = (person: string, audience: string): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
      .setIssuer(url)
      .setSubject(person)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey);
  provider.registerGrantType(
    EXCHANGE,
    async (context) => {
      const { subject_token = '', audience } = context.oidc.params;
      const known = await jwtVerify(subject_token, publicKey, { issuer: url, audience: clientId }).catch(
        () => undefined,
      );
      const person = known?.payload.sub;
      if (person === undefined || withdrawn.has(person) || audience !== AUDIENCE)
        throw new InvalidGrant('not for this person, or not for this service');
      context.body = {
        access_token: await tokenOf(person, AUDIENCE),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 600,
      };
    },
    ['audience', 'subject_token', 'subject_token_type', 'requested_token_type'],
  );
  const handle = provider.callback();
  server.on('request', (request, response) => handle(request, response));
  return {
    url,
    clientId,
    clientSecret,
    scope,
    signIn: (person) => tokenOf(person, clientId),
    withdraw: (person) => void withdrawn.add(person),
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
