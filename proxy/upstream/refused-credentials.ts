/** Distinguishes replies that refuse the proxy's own credentials from the upstream's answers to the client's request. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError, type UpstreamFailure } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonObject } from '../json/value.ts';
import { errorText, MAX_ERROR } from './error-text.ts';
import type { Response } from './http/response.ts';
import { readAll } from './read.ts';

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

/** Returns the error to report, with what to do about it. Its words are loaded now: few upstreams ever refuse. */
export async function refusedUs(refusal: Read, hasAuth: boolean): Promise<UpstreamFailure> {
  return (await import('./refusal-words.ts')).refusalOf(refusal, hasAuth);
}

/** Returns the error for an upstream that refuses credentials which were got for one caller. Others may still be accepted. */
export function refusedCaller({ response: { statusCode } }: Read): ProxyError {
  return new ProxyError(
    'caller-refused',
    `the upstream answered HTTP ${statusCode} to the credentials that were got for this caller: check what the caller may do there, and for which audience and scopes UPSTREAM_AUTH gets tokens`,
    { clientMessage: `the upstream answered HTTP ${statusCode}: it does not give this caller access` },
  );
}

/** The body as an object; undefined if it is not one. */
export function objectIn(body: Buffer, headers: IncomingHttpHeaders): JsonObject | undefined {
  try {
    const value: unknown = parseJson(errorText(body, headers['content-encoding']) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
