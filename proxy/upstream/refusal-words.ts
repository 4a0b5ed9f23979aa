/** The error for an upstream that refuses the proxy's own credentials, with what to do about it. */
import type { IncomingHttpHeaders } from 'node:http';
import { UpstreamFailure } from '../base/errors.ts';
import { WAY_NAMES, waysInWords } from './auth/ways.ts';
import { objectIn, type Read } from './refused-credentials.ts';

/** SigV4 accepts a date that is off by up to five minutes. */
const MAX_SKEW_MS = 4 * 60_000;

export function refusalOf({ response, body }: Read, hasAuth: boolean): UpstreamFailure {
  const { statusCode, headers } = response;
  const type = errorTypeOf(headers) ?? typeIn(body, headers);
  const detail = type === undefined ? '' : ` (${type})`;
  return new UpstreamFailure(
    'upstream-auth',
    `the upstream answered HTTP ${statusCode}${detail}; ${hasAuth ? adviceFor(type, headers) : `it expects credentials: bind UPSTREAM_AUTH (${waysInWords(WAY_NAMES.filter((name) => name !== 'none'))})`}`,
    { clientMessage: `the upstream answered HTTP ${statusCode}: it refuses the proxy's own credentials` },
  );
}

/** Advice by the names of {@link https://docs.aws.amazon.com/general/latest/gr/api-error-codes AWS's common errors}. */
function adviceFor(type: string | undefined, headers: IncomingHttpHeaders): string {
  if (type !== undefined && /signature|requestexpired|requesttimetooskewed/i.test(type)) {
    const skewMs = Date.parse(headers.date ?? '') - Date.now();
    if (Math.abs(skewMs) > MAX_SKEW_MS)
      return `the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the upstream's: set it`;
    return 'the signature does not match the request: check region, service and secret key, and that no hop changes the request';
  }
  if (type !== undefined && /expired/i.test(type))
    return 'the credentials have expired and no newer ones could be fetched: renew them at their source';
  if (type !== undefined && /unrecognizedclient|invalidclienttoken/i.test(type))
    return 'the access key or session token is not known there: check which account and region the credentials are for';
  if (type !== undefined && /accessdenied|notauthorized/i.test(type))
    return 'the role may not do this: allow it to invoke this gateway or runtime';
  return "it refuses the proxy's credentials: check what UPSTREAM_AUTH uses and what that may do";
}

/** AWS's JSON services name the error in a header, some with a colon and a URL after it. */
function errorTypeOf(headers: IncomingHttpHeaders): string | undefined {
  const type = headers['x-amzn-errortype'];
  return typeof type === 'string' ? nameOf(type) : undefined;
}

/** Other services name the error in the body: `{"__type":"com.amazon.coral.service#AccessDeniedException", …}`. */
function typeIn(body: Buffer, headers: IncomingHttpHeaders): string | undefined {
  const object = objectIn(body, headers);
  const type = object?.['__type'] ?? object?.['code'];
  return typeof type === 'string' ? nameOf(type.slice(type.lastIndexOf('#') + 1)) : undefined;
}

/**
 * Names of errors that AWS's services return for credentials ({@link
 * https://docs.aws.amazon.com/general/latest/gr/api-error-codes}). Any other text is the upstream's own and might be a
 * value of a call, so it isn't logged.
 */
const KNOWN: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InternalFailure',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'InvalidTokenException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'NotAuthorizedException',
  'OptInRequired',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'ServiceUnavailable',
  'SignatureDoesNotMatch',
  'ThrottlingException',
  'TokenRefreshRequired',
  'UnauthorizedException',
  'UnrecognizedClientException',
  'ValidationException',
]);

function nameOf(type: string): string | undefined {
  const name = /^[A-Za-z]{1,60}/.exec(type)?.[0] ?? '';
  return KNOWN.has(name) ? name : undefined;
}
