/** Distinguishes replies that refuse the proxy's own credentials from the upstream's answers to the client's request. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject } from '../json/value.ts';
import { WAY_NAMES, waysInWords } from './auth/ways.ts';
import { errorText, MAX_ERROR } from './error-text.ts';
import type { Response } from './http/response.ts';
import { readAll } from './read.ts';

/** SigV4 accepts a date that is off by up to five minutes. */
const MAX_SKEW_MS = 4 * 60_000;

/** A failing reply whose body has been read. */
export class Read {
  readonly response: Response;
  readonly body: Buffer;

  constructor(response: Response, body: Buffer) {
    this.response = response;
    this.body = body;
  }
}

/**
 * Whether a reply may refuse the proxy's credentials, by its status only. A 403 may also be the upstream's answer to the
 * client.
 * @param forbiddenIsOurs a 403 from this upstream refuses the proxy's credentials, as with AWS's own services
 */
export function mayRefuseUs({ statusCode, headers }: Response, forbiddenIsOurs: boolean): boolean {
  return statusCode === 401 || (statusCode === 403 && (forbiddenIsOurs || headers['www-authenticate'] !== undefined));
}

/** Reads the body of a refusal, which decides whether it is the upstream's own answer. */
export async function readRefusal(response: Response): Promise<Read> {
  // A body that is too long or breaks off counts as empty.
  return new Read(response, await readAll(response.body, MAX_ERROR).catch(() => Buffer.alloc(0)));
}

/**
 * Whether the reply is a JSON-RPC error with the request's own id. A layer that checks credentials doesn't know the id,
 * so this is the upstream's decision on the call, such as a gateway's policy, and goes to the client. A 401 is never
 * passed on: the client would relate it to its own credentials.
 */
export function answers({ response, body }: Read, id: string | undefined): boolean {
  if (
    response.statusCode !== 403 ||
    response.headers['www-authenticate'] !== undefined ||
    response.headers['x-amzn-errortype'] !== undefined
  )
    return false;
  const message = objectIn(body, response.headers);
  const named = message?.['id'];
  // Some servers return a number as a string.
  return (
    id !== undefined &&
    isObject(message?.['error']) &&
    (typeof named === 'string' || typeof named === 'number') &&
    String(named) === String(JSON.parse(id))
  );
}

/** Returns the error to report, with what to do about it. */
export function refusedUs({ response, body }: Read, hasAuth: boolean): UpstreamFailure {
  const { statusCode, headers } = response;
  const type = errorTypeOf(headers) ?? typeIn(body, headers);
  const detail = type === undefined ? '' : ` (${type})`;
  return new UpstreamFailure(
    'upstream-auth',
    `the upstream answered HTTP ${statusCode}${detail}; ${hasAuth ? adviceFor(type, headers) : `it expects credentials: bind UPSTREAM_AUTH (${waysInWords(WAY_NAMES.filter((name) => name !== 'none'))})`}`,
    { clientMessage: `the upstream answered HTTP ${statusCode}: it refuses the proxy's own credentials` },
  );
}

/** Returns the error for an upstream that refuses credentials which were got for one caller. Others may still be accepted. */
export function refusedCaller({ response: { statusCode } }: Read): ProxyError {
  return new ProxyError(
    'caller-refused',
    `the upstream answered HTTP ${statusCode} to the credentials that were got for this caller: check what the caller may do there, and for which audience and scopes UPSTREAM_AUTH gets tokens`,
    { clientMessage: `the upstream answered HTTP ${statusCode}: it does not give this caller access` },
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

function objectIn(body: Buffer, headers: IncomingHttpHeaders): JsonObject | undefined {
  try {
    const value: unknown = parseJson(errorText(body, headers['content-encoding']) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
