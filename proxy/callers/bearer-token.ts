/** The bearer token of a request (RFC 6750, section 2.1). */
import { Unauthenticated } from '../base/errors.ts';

/** Undefined if the header holds none. */
export function bearerTokenIn(authorization: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
}

/** Throws `unauthenticated-caller` without one. */
export function bearerToken(authorization: string | undefined): string {
  const token = bearerTokenIn(authorization);
  if (token === undefined) {
    throw new Unauthenticated(
      `no caller: expected "Authorization: Bearer <JWT>", got ${authorization === undefined ? 'no such header' : 'another value'}`,
      // Credentials of another scheme are no token (RFC 6750, section 3.1).
      { hadToken: /^bearer(?: |$)/i.test(authorization ?? '') },
    );
  }
  return token;
}
