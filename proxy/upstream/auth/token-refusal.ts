/** The errors of a token endpoint that gives no token (RFC 6749 §5.2), and what they say beyond their code. */
import type { AuthorizationServer } from 'oauth4webapi';
import { UpstreamFailure } from '../../base/errors.ts';
import { isObject } from '../../json/lossless.ts';
import { type About, knownRefusal } from './known-refusals.ts';

/** What the server's answer says. None of it is the server's own prose, which may name people. */
export interface Refusal {
  /** The error's code, such as `invalid_grant`; `unknown error` if the server named none. */
  readonly error: string;
  /** What the error is about, where the server says more than the code does. */
  readonly about: About | undefined;
  /** The claims that the next token of the caller must have: a JSON object, for a request's `claims` (OpenID Connect Core §5.5). */
  readonly claims: string | undefined;
  /** The code, with what else the server names the error by: `invalid_grant, consent_required, AADSTS65001`. */
  readonly named: string;
}

/** The server refused the request for a reason that the request gives (RFC 6749 §5.2). */
export class TokenRefused extends UpstreamFailure {
  readonly refusal: Refusal;
  /** Where the request was sent, for another error's words. */
  readonly endpoint: string;

  constructor(message: string, refusal: Refusal, endpoint: string) {
    super('upstream-auth', message);
    this.refusal = refusal;
    this.endpoint = endpoint;
  }

  /** The answer was that of a token endpoint, and not of a server that has none there. */
  get isCoded(): boolean {
    return this.refusal.error !== UNKNOWN;
  }
}

const UNKNOWN = 'unknown error';

/** The server doesn't know the client or its secret: the secret should be read again. */
export class InvalidClient extends TokenRefused {
  /** The answer's `Date`. */
  readonly date: string | undefined;

  constructor(message: string, refusal: Refusal, endpoint: string, date: string | undefined) {
    super(message, refusal, endpoint);
    this.date = date;
  }
}

/** What of the request an error's words depend on. */
interface Asked {
  readonly grant: { readonly type: string };
  readonly clientSecret: string | undefined;
  /** Given: it stands in place of a secret. */
  readonly proof?: unknown;
}

/** Characters of a request for claims, which goes into a header. */
const MAX_CLAIMS = 2_048;

/**
 * Makes the error for a refused token request: by the error's code, or by the status if the server is busy or broken. In
 * that case the client's registration is not to blame.
 */
export function refusal(
  server: AuthorizationServer,
  { status, headers }: Response,
  body: ReadonlyMap<string, unknown> | undefined,
  request: Asked,
): UpstreamFailure {
  const shown = codeIn(body?.get('error'));
  if (status === 429 || status >= 500 || shown === 'temporarily_unavailable' || shown === 'slow_down') {
    const wait = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];
    const state = status === 429 || shown === 'slow_down' ? 'limits how often it is asked' : 'is failing';
    const words = `${state} (HTTP ${status}${wait === undefined ? '' : `, Retry-After: ${wait} s`}): the next call asks again`;
    return new UpstreamFailure('upstream-auth', `${endpointOf(server)} ${words}`, {
      clientMessage: `the server that issues the proxy's token ${words}`,
    });
  }
  const error = shown ?? (status === 401 && headers.has('www-authenticate') ? 'invalid_client' : UNKNOWN);
  const suberror = codeIn(body?.get('suberror'));
  const description = body?.get('error_description');
  const said = typeof description === 'string' ? description : '';
  const number = /^AADSTS\d{4,8}(?=:)/.exec(said)?.[0];
  const known = knownRefusal({ error, suberror, number, said });
  const endpoint = endpointOf(server);
  const advice = known?.advice ?? adviceFor(error, shown === undefined && status === 404, request);
  const named = [error, suberror, number].filter((name) => name !== undefined).join(', ');
  const message = `${endpoint} refused the token request (${named}, status ${status}): ${advice}`;
  const details = { error, about: known?.about, claims: claimsIn(body?.get('claims')), named };
  return error === 'invalid_client' && known === undefined
    ? new InvalidClient(message, details, endpoint, headers.get('date') ?? undefined)
    : new TokenRefused(message, details, endpoint);
}

function codeIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z_]{1,40}$/.test(value) ? value : undefined;
}

/** Microsoft Entra ID sends it as text. Only what is a JSON object of printable ASCII is passed on. */
function claimsIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_CLAIMS || !/^[\x20-\x7e]+$/.test(value)) return undefined;
  try {
    return isObject(JSON.parse(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function adviceFor(error: string, isMissing: boolean, { grant, clientSecret, proof }: Asked): string {
  const shown =
    proof !== undefined
      ? 'what is registered there of the key, or of the role whose identity it shows'
      : clientSecret === undefined
        ? 'what is registered there of the client certificate'
        : 'the secret that UPSTREAM_SECRET points to';
  const advice = ADVICE.get(error)?.replace('GRANT', nameOf(grant.type)).replace('PROOF', shown);
  return advice ?? (isMissing ? 'check UPSTREAM_TOKEN_URL' : 'check how this client is registered');
}

const ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_client: 'check UPSTREAM_CLIENT_ID and PROOF',
    unauthorized_client: 'allow the GRANT grant for this client',
    unsupported_grant_type: 'allow the GRANT grant for this client',
    invalid_scope: 'check UPSTREAM_SCOPES',
    invalid_resource: 'check UPSTREAM_SCOPES: the service that they name is unknown there',
    invalid_target: 'check the resource (RFC 8707) or audience that the token is for',
  }),
);

/** The last part of a grant's URN. */
function nameOf(grant: string): string {
  return grant.slice(grant.lastIndexOf(':') + 1);
}

export function endpointOf(server: AuthorizationServer): string {
  return `the token endpoint at ${URL.parse(server.token_endpoint ?? '')?.origin ?? 'an unknown place'}`;
}
