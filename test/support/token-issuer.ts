/**
 * A real OAuth 2 server on loopback (`oidc-provider`, a certified one), shaped like a Cognito user pool: an issuer with
 * the pool in its path, only OIDC discovery, client credentials for a resource with scopes, JWT access tokens with
 * `token_use`. It can be made to fail.
 */
import { generateKeyPairSync, hash, type KeyObject, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import { type JWK, jwtVerify, type JWTPayload } from 'jose';
import type { CustomGrantContext, GrantContext } from 'oidc-provider';
import type { Certificate } from './certificate.ts';

/** Imports it without its warning about every newer Node. */
async function loadProvider() {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

const SCOPES = ['mcp/invoke', 'mcp/admin'] as const;
const POOL = 'eu-west-1_TestPool1';
/** RFC 8414 §3.1 puts its well-known part before the issuer's path, OIDC after it. */
const OAUTH_DOCUMENT = `/.well-known/oauth-authorization-server/${POOL}`;
const OIDC_DOCUMENT = '/.well-known/openid-configuration';
const DEFAULT_RESOURCE = 'urn:mcp';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** One for all issuers of a process, since creating it is the slowest part of starting one. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SIGNING_KEY = { ...privateKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' };

export interface TokenIssuerOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** How the client authenticates, which the server requires. @default client_secret_basic */
  readonly authMethod?:
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'private_key_jwt'
    | 'tls_client_auth'
    | 'self_signed_tls_client_auth';
  /** The client's public keys, for `private_key_jwt`. @default - none */
  readonly clientKeys?: readonly JWK[];
  /** The scopes that the client may request. @default - all of them */
  readonly clientScopes?: readonly (typeof SCOPES)[number][];
  /** Seconds a token lives. @default 3600 */
  readonly tokenLife?: number;
  /** @default oidc - as Cognito; `oauth2` serves only RFC 8414's document */
  readonly discovery?: 'oidc' | 'oauth2';
  /** Serves TLS and asks for client certificates. @default - plain HTTP */
  readonly tls?: {
    readonly server: Certificate;
    /** PEM of the authority of client certificates. */
    readonly authority: string;
    /** Ends connections without a certificate of the authority. @default false */
    readonly required?: boolean;
    /** The DNS name that the client's certificate has, for `tls_client_auth`. */
    readonly clientName?: string;
    /** The token endpoint for clients with a certificate (RFC 8705 §5). @default - none is published */
    readonly alias?: () => string;
  };
  /** Verifies callers' tokens, which are then exchanged. @default - none are */
  readonly callersKey?: KeyObject;
}

/** One request as received by the token endpoint. */
export interface TokenRequestSeen {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** `down` drops connections, `busy` answers 503, `redirect` redirects to another address. */
export type Trouble = 'none' | 'down' | 'busy' | { readonly redirect: string };

export interface TokenIssuer extends AsyncDisposable {
  readonly issuer: URL;
  readonly tokenEndpoint: URL;
  readonly clientId: string;
  /** The requests to the token endpoint. */
  readonly tokenRequests: readonly TokenRequestSeen[];
  /** The paths of all requests. */
  readonly paths: readonly string[];
  trouble: Trouble;
  /** The error's code with which every exchange of a caller's token is refused. */
  refuses: string | undefined;
  /** From now on the client has only this secret. */
  rotateSecret(secret: string): void;
  /** SHA-256 digests of the client certificates of all requests, in base64url. */
  readonly certificates: readonly (string | undefined)[];
  /** The claims of an `Authorization` header's token; rejects if it isn't a valid one of this issuer. */
  verify(authorization: string | undefined): Promise<JWTPayload>;
}

interface Requested {
  readonly req: http.IncomingMessage;
}

/** The client's certificate. */
function peerOf({ socket }: http.IncomingMessage): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

export async function startTokenIssuer(options: TokenIssuerOptions = {}): Promise<TokenIssuer> {
  const clientId = options.clientId ?? 'm2m';
  let clientSecret = options.clientSecret ?? 'first-secret';
  const tokenRequests: TokenRequestSeen[] = [];
  const paths: string[] = [];
  const discovery = options.discovery ?? 'oidc';

  const certificates: (string | undefined)[] = [];
  const server =
    options.tls === undefined
      ? http.createServer()
      : https.createServer({
          ...options.tls.server,
          ca: options.tls.authority,
          requestCert: true,
          rejectUnauthorized: options.tls.required === true,
        });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const origin = `http${options.tls === undefined ? '' : 's'}://127.0.0.1:${address.port}`;
  const issuer = new URL(`${origin}/${POOL}`);

  // Clients come from storage rather than from the configuration, so that a secret can be rotated.
  const client = () => ({
    client_id: clientId,
    ...(options.clientKeys !== undefined
      ? { jwks: { keys: options.clientKeys } }
      : options.tls?.clientName === undefined
        ? { client_secret: clientSecret }
        : { tls_client_auth_san_dns: options.tls.clientName }),
    ...(options.tls === undefined ? {} : { tls_client_certificate_bound_access_tokens: true }),
    grant_types: ['client_credentials', TOKEN_EXCHANGE, JWT_BEARER],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: options.authMethod ?? 'client_secret_basic',
    scope: (options.clientScopes ?? SCOPES).join(' '),
  });
  class Storage {
    readonly #kind: string;
    constructor(kind: string) {
      this.#kind = kind;
    }
    async find(id: string) {
      return this.#kind === 'Client' && id === clientId ? client() : undefined;
    }
    async upsert() {}
    async consume() {}
    async destroy() {}
    async revokeByGrantId() {}
    async findByUid() {}
    async findByUserCode() {}
  }

  const { default: Provider, errors } = await loadProvider();
  const provider = new Provider(issuer.href, {
    adapter: Storage,
    jwks: { keys: [SIGNING_KEY] },
    clientAuthMethods: [options.authMethod ?? 'client_secret_basic'],
    scopes: [...SCOPES],
    routes: { token: '/oauth2/token', jwks: '/.well-known/jwks.json' },
    ttl: { ClientCredentials: options.tokenLife ?? 3600 },
    cookies: { keys: ['unused'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: options.tls !== undefined,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: ({ req }: Requested) => peerOf(req)?.toString(),
        certificateAuthorized: ({ req }: Requested) => req.socket instanceof TLSSocket && req.socket.authorized,
        certificateSubjectMatches: ({ req }: Requested, property: string, expected: string) =>
          property === 'tls_client_auth_san_dns' && peerOf(req)?.checkHost(expected) !== undefined,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEFAULT_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: SCOPES.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: options.tokenLife ?? 3600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { readonly clientId: string }) => ({
      token_use: 'access',
      client_id: token.clientId,
    }),
  });
  const resourceServer = (resource: string) =>
    new provider.ResourceServer(resource, {
      scope: SCOPES.join(' '),
      audience: resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: options.tokenLife ?? 3600,
      jwt: { sign: { alg: 'RS256' } },
    });
  const onBehalf = (member: 'subject_token' | 'assertion') => async (context: CustomGrantContext) => {
    const { client, params } = context.oidc;
    const refusal = self.refuses;
    if (refusal !== undefined) throw new errors.CustomOIDCProviderError(refusal, 'refused by the test');
    const callers = options.callersKey;
    const subject = params[member] ?? '';
    const known = callers && (await jwtVerify(subject, callers).catch(() => undefined));
    const sub = known?.payload.sub;
    if (sub === undefined) throw new errors.InvalidGrant("the caller's token is not valid");
    const token = new context.oidc.provider.AccessToken({ accountId: sub, client, scope: params['scope'] });
    token.resourceServer = resourceServer(params['resource'] ?? params['audience'] ?? DEFAULT_RESOURCE);
    const access_token = await token.save();
    const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token';
    context.body = { access_token, token_type: 'Bearer', expires_in: token.expiration, issued_token_type };
  };
  const common = ['scope', 'resource', 'audience'];
  provider.registerGrantType(TOKEN_EXCHANGE, onBehalf('subject_token'), [
    ...common,
    'subject_token',
    'subject_token_type',
    'requested_token_type',
    'actor_token',
    'actor_token_type',
  ]);
  provider.registerGrantType(JWT_BEARER, onBehalf('assertion'), [...common, 'assertion', 'requested_token_use']);
  const record = ({ headers, oidc }: GrantContext) =>
    void tokenRequests.push({ authorization: headers.authorization, form: new URLSearchParams(oidc.body) });
  provider.on('grant.success', record);
  provider.on('grant.error', record);
  const handle = provider.callback();

  const self: TokenIssuer = {
    issuer,
    tokenEndpoint: new URL(`${origin}/${POOL}/oauth2/token`),
    clientId,
    tokenRequests,
    certificates,
    paths,
    trouble: 'none',
    refuses: undefined,
    rotateSecret(secret) {
      clientSecret = secret;
    },
    async verify(authorization) {
      const { payload } = await jwtVerify(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '', publicKey, {
        issuer: issuer.href,
      });
      return payload;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  server.on('request', (request, response) => {
    const path = request.url ?? '/';
    paths.push(path);
    const peer = peerOf(request);
    certificates.push(peer && hash('sha256', peer.raw, 'base64url'));
    const { trouble } = self;
    if (trouble === 'down') return void request.socket.destroy();
    if (trouble === 'busy') return void response.writeHead(503).end();
    if (typeof trouble === 'object') return void response.writeHead(307, { location: trouble.redirect }).end();

    const inPool =
      discovery === 'oauth2' && path === OAUTH_DOCUMENT
        ? OIDC_DOCUMENT
        : path.startsWith(`/${POOL}/`)
          ? path.slice(POOL.length + 1)
          : undefined;
    const alias = options.tls?.alias;
    if (alias !== undefined && inPool === OIDC_DOCUMENT)
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          JSON.stringify({
            issuer: issuer.href,
            token_endpoint: 'https://without-certificates.test/token',
            mtls_endpoint_aliases: { token_endpoint: alias() },
          }),
        );
    const served = discovery === 'oidc' || path === OAUTH_DOCUMENT || inPool !== OIDC_DOCUMENT;
    if (inPool === undefined || !served) return void response.writeHead(404).end();
    Object.assign(request, { originalUrl: `/${POOL}${inPool}`, url: inPool });
    handle(request, response);
  });
  return self;
}
