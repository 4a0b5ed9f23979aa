/** The bearer token of a request (RFC 6750, section 2.1). */
import type { IncomingHttpHeaders } from 'node:http';
import { Unauthenticated } from '../base/errors.ts';
import { digestOf } from '../call/caller.ts';

/** Undefined if the header holds none. */
function bearerTokenIn(authorization: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
}

export interface Bearer {
  readonly token: string;
  /** By which it is recognized. */
  readonly digest: string;
}

/** Of requests under way: the source of the caller and the upstream's credentials need the same. */
const read = new WeakMap<IncomingHttpHeaders, Bearer>();

/** The same with its digest, computed once for a request. */
export function bearerIn(headers: IncomingHttpHeaders): Bearer | undefined {
  let bearer = read.get(headers);
  if (bearer === undefined) {
    const token = bearerTokenIn(headers.authorization);
    if (token === undefined) return undefined;
    read.set(headers, (bearer = { token, digest: digestOf(token) }));
  }
  return bearer;
}

/** Throws `unauthenticated-caller` without one. */
export function bearerOf(headers: IncomingHttpHeaders): Bearer {
  const bearer = bearerIn(headers);
  const { authorization } = headers;
  if (bearer === undefined) {
    throw new Unauthenticated(
      `no caller: expected "Authorization: Bearer <JWT>", got ${authorization === undefined ? 'no such header' : 'another value'}`,
      // Credentials of another scheme are no token (RFC 6750, section 3.1).
      { hadToken: /^bearer(?: |$)/i.test(authorization ?? '') },
    );
  }
  return bearer;
}
