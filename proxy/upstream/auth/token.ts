/** Gets one token from a token endpoint (RFC 6749 §3.2). The client's secret is sent only there. */
import type { AuthorizationServer, ClientAuth } from 'oauth4webapi';
import { UpstreamFailure } from '../../base/errors.ts';
import { documentFetch, jsonObjectIn } from '../../credentials/endpoint.ts';
import { isPrivateKey } from '../../credentials/private-key-text.ts';
import type { AssertionOptions } from './client-assertion.ts';
import { type ClientMethod, isByCertificate } from './client-methods.ts';
import type { ClientKeyPair } from './key-pair.ts';
import { endpointOf, refusal } from './token-refusal.ts';

const TOKEN_LIMIT_MS = 8_000;

/** What a token is asked for with. */
export interface Grant {
  /** The `grant_type`. */
  readonly type: string;
  /** All other parameters. */
  readonly parameters: URLSearchParams;
}

export interface TokenRequest {
  readonly clientId: string;
  /** The client's secret, or its private key; undefined: the certificate is what it authenticates with. */
  readonly clientSecret: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
  readonly authMethod: ClientMethod | undefined;
  readonly grant: Grant;
  readonly assertion?: AssertionOptions | undefined;
  /** What it authenticates with in place of a secret. */
  readonly proof?: (() => Promise<ClientAuth>) | undefined;
}

/**
 * A token is not used in the last milliseconds before it expires: the call still has to arrive, and clocks differ. At
 * most a tenth of the token's life.
 */
const MARGIN_MS = 10_000;

/** Epoch milliseconds until which a token that was asked for at `asked` may be sent; Infinity if it doesn't expire. */
export function usableUntil({ expiresIn }: Token, asked: number): number {
  const life = expiresIn === undefined ? Infinity : expiresIn * 1000;
  return asked + life - Math.min(MARGIN_MS, life / 10);
}

export interface Token {
  readonly accessToken: string;
  /** Seconds from the request; undefined if the server doesn't say. */
  readonly expiresIn: number | undefined;
}

export async function requestToken(server: AuthorizationServer, request: TokenRequest): Promise<Token> {
  const oauth = await import('oauth4webapi');
  const { type, parameters } = request.grant;
  const response = await oauth.genericTokenEndpointRequest(
    server,
    { client_id: request.clientId },
    await clientAuth(server, request),
    type,
    parameters,
    {
      [oauth.customFetch]: documentFetch('the token endpoint', TOKEN_LIMIT_MS, request.keyPair),
      // http passes here; documentFetch allows it only to loopback.
      [oauth.allowInsecureRequests]: true,
    },
  );
  const body = await jsonObjectIn(response);
  if (!response.ok) throw refusal(server, response, body, request);
  return tokenIn(server, response.status, body);
}

/** Names of token types (RFC 8693 §3). */
export const TYPES = 'urn:ietf:params:oauth:token-type:';

/**
 * Reads a token response (RFC 6749 §5.1), but only the members that are used: servers send null, lists and unused ID
 * tokens in the others, and 201 for 200. Errors show only the response's status: it may hold a token or the request.
 */
function tokenIn(server: AuthorizationServer, status: number, body: ReadonlyMap<string, unknown> | undefined): Token {
  const accessToken = body?.get('access_token');
  if (body === undefined || typeof accessToken !== 'string' || accessToken === '') {
    const got = body === undefined ? 'a body that is not a JSON object' : 'no access_token';
    throw new UpstreamFailure(
      'upstream-auth',
      `${endpointOf(server)} answered HTTP ${status} with ${got}, expected a token response (RFC 6749 §5.1): check UPSTREAM_TOKEN_URL or UPSTREAM_ISSUER`,
    );
  }
  // RFC 6750 §2.1. Other types (DPoP, MAC) need a proof that this request did not offer. Servers that leave the type
  // out mean bearer.
  const type = body.get('token_type') ?? 'bearer';
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new UpstreamFailure(
      'upstream-auth',
      `${endpointOf(server)} gave a token of a type other than bearer: configure this client for bearer tokens`,
    );
  // RFC 8693 §2.2.1: a refresh token or a SAML assertion can come as an access token, too.
  const issued = body.get('issued_token_type') ?? undefined;
  if (issued !== undefined && issued !== `${TYPES}access_token` && issued !== `${TYPES}jwt`)
    throw new UpstreamFailure(
      'upstream-auth',
      `${endpointOf(server)} gave no access token: its issued_token_type is another one, expected ${TYPES}access_token`,
    );
  if (!/^[\x21-\x7e]+$/.test(accessToken))
    throw new UpstreamFailure(
      'upstream-auth',
      `${endpointOf(server)} gave a token with characters that a header cannot carry`,
    );
  return { accessToken, expiresIn: secondsIn(body.get('expires_in')) };
}

/**
 * Reads a positive number of seconds, also as digits in a string. Otherwise the token's end is unknown, and it is used
 * until it is refused.
 */
function secondsIn(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 ? seconds : undefined;
}

/**
 * RFC 6749 §2.3.1: both parts form-urlencoded, then Basic. Unlike the library's own function, it doesn't encode `-`,
 * `.`, `_` and `*`, as form encoding (WHATWG URL, 5.2) doesn't: servers that don't decode then accept the usual ids.
 */
function clientSecretBasic(clientSecret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const formEncoded = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1);
    const pair = `${formEncoded(client.client_id)}:${formEncoded(clientSecret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

async function clientAuth(server: AuthorizationServer, request: TokenRequest): Promise<ClientAuth> {
  const { clientSecret, proof, assertion } = request;
  if (proof !== undefined) return proof();
  const method = authMethod(server, request);
  // The client's id alone (RFC 8705 §2): the connection says the rest.
  if (clientSecret === undefined || isByCertificate(method))
    return (_server, client, body) => body.set('client_id', client.client_id);
  if (method === 'private_key_jwt') return (await import('./client-assertion.ts')).assertedBy(clientSecret, assertion);
  if (isPrivateKey(clientSecret))
    throw new UpstreamFailure(
      'upstream-auth',
      `UPSTREAM_SECRET points to a private key, which ${method} would send to the issuer: set UPSTREAM_AUTH_METHOD=private_key_jwt, or point to a client secret`,
    );
  if (method === 'client_secret_basic') return clientSecretBasic(clientSecret);
  return (await import('oauth4webapi')).ClientSecretPost(clientSecret);
}

/** The configured method, else one that the metadata supports, else basic (the default of RFC 8414 §2). */
function authMethod(server: AuthorizationServer, request: TokenRequest): ClientMethod {
  if (request.authMethod !== undefined) return request.authMethod;
  const supported: unknown = server.token_endpoint_auth_methods_supported;
  if (!Array.isArray(supported) || supported.length === 0 || supported.includes('client_secret_basic'))
    return 'client_secret_basic';
  if (supported.includes('client_secret_post')) return 'client_secret_post';
  throw new UpstreamFailure(
    'upstream-auth',
    `${endpointOf(server)} supports neither client_secret_basic nor client_secret_post, expected one of them, or UPSTREAM_AUTH_METHOD=private_key_jwt with a private key`,
  );
}
