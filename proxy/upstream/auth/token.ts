/** One token by OAuth 2 client credentials (RFC 6749 §4.4). The secret goes to the token endpoint and nowhere else. */
import type { AuthorizationServer, ClientAuth, TokenEndpointResponse } from 'oauth4webapi';
import { ProxyError, UpstreamFailure } from '../../errors.ts';
import { documentFetch } from './endpoint.ts';

const TOKEN_LIMIT_MS = 8_000;

export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authMethod: 'client_secret_basic' | 'client_secret_post' | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
}

export interface Token {
  readonly accessToken: string;
  /** Seconds from the request; undefined where the server doesn't say. */
  readonly expiresIn: number | undefined;
}

/** The server knows no such client or no such secret (RFC 6749 §5.2): worth another look at the secret. */
export class InvalidClient extends UpstreamFailure {
  constructor(message: string) {
    super('upstream-auth', message);
  }
}

export async function requestToken(server: AuthorizationServer, request: TokenRequest): Promise<Token> {
  const oauth = await import('oauth4webapi');
  const authenticate = authMethod(server, request) === 'client_secret_post' ? oauth.ClientSecretPost : clientSecretBasic;
  const client = { client_id: request.clientId };
  const parameters = new URLSearchParams();
  if (request.scopes.length > 0) parameters.set('scope', request.scopes.join(' '));
  if (request.resource !== undefined) parameters.set('resource', request.resource);

  let token: TokenEndpointResponse;
  try {
    const response = await oauth.clientCredentialsGrantRequest(server, client, authenticate(request.clientSecret), parameters, {
      [oauth.customFetch]: documentFetch('the token endpoint', TOKEN_LIMIT_MS),
      // http gets as far as documentFetch, which lets it through to loopback alone.
      [oauth.allowInsecureRequests]: true,
    });
    token = await oauth.processClientCredentialsResponse(server, client, response);
  } catch (error) {
    if (error instanceof ProxyError) throw error;
    // The library's errors hold the request or the response: none of them goes further, not even as a cause.
    if (error instanceof oauth.ResponseBodyError) throw refusal(server, error.error, error.status);
    if (error instanceof oauth.WWWAuthenticateChallengeError) throw refusal(server, 'invalid_client', error.status);
    throw new UpstreamFailure('upstream-auth', `${endpointOf(server)} answered something that is not a token response (${codeOf(error)}), expected RFC 6749 §5.1: check UPSTREAM_TOKEN_URL or UPSTREAM_ISSUER`);
  }
  // RFC 6750 §2.1. Other types (DPoP, MAC) would need a proof that nobody asked for; anything but visible ASCII doesn't belong in a header.
  if (token.token_type !== 'bearer') throw new UpstreamFailure('upstream-auth', `${endpointOf(server)} gave a token of another type than bearer: configure this client for bearer tokens`);
  if (!/^[\x21-\x7e]+$/.test(token.access_token)) throw new UpstreamFailure('upstream-auth', `${endpointOf(server)} gave a token with characters that a header cannot carry`);
  return { accessToken: token.access_token, expiresIn: token.expires_in };
}

/**
 * RFC 6749 §2.3.1: both parts form-urlencoded, then Basic. Unlike the library's own, this leaves the characters alone that
 * form encoding (WHATWG URL, 5.2) leaves alone, `-`, `.`, `_` and `*`: servers that don't decode accept the usual ids then.
 */
function clientSecretBasic(clientSecret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const formEncoded = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1);
    const pair = `${formEncoded(client.client_id)}:${formEncoded(clientSecret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

/** What is asked for, else what the metadata supports, else basic (RFC 8414 §2: the default where nothing is said). */
function authMethod(server: AuthorizationServer, request: TokenRequest): 'client_secret_basic' | 'client_secret_post' {
  if (request.authMethod !== undefined) return request.authMethod;
  const supported = server.token_endpoint_auth_methods_supported;
  if (supported === undefined || supported.includes('client_secret_basic')) return 'client_secret_basic';
  if (supported.includes('client_secret_post')) return 'client_secret_post';
  throw new UpstreamFailure('upstream-auth', `${endpointOf(server)} supports neither client_secret_basic nor client_secret_post, expected one of them`);
}

function refusal(server: AuthorizationServer, code: string, status: number): UpstreamFailure {
  const shown = /^[a-z_]{1,40}$/.test(code) ? code : 'unknown error';
  const message = `${endpointOf(server)} refused the token request (${shown}, status ${status}): ${ADVICE[shown] ?? 'check how this client is registered'}`;
  return shown === 'invalid_client' ? new InvalidClient(message) : new UpstreamFailure('upstream-auth', message);
}

const ADVICE: Readonly<Record<string, string>> = {
  invalid_client: 'check UPSTREAM_CLIENT_ID and the secret that UPSTREAM_SECRET points to',
  unauthorized_client: 'allow the client_credentials grant for this client',
  unsupported_grant_type: 'allow the client_credentials grant for this client',
  invalid_scope: 'check UPSTREAM_SCOPES',
  invalid_target: 'check the resource (RFC 8707) that the token is asked for',
};

function endpointOf(server: AuthorizationServer): string {
  return `the token endpoint at ${URL.parse(server.token_endpoint ?? '')?.origin ?? 'an unknown place'}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
