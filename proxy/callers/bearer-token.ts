/** The bearer token of a request (RFC 6750, section 2.1). */
import { ProxyError } from '../base/errors.ts';

export function bearerToken(authorization: string | undefined): string {
  const match = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '');
  if (match?.[1] === undefined) {
    throw new ProxyError(
      'unauthenticated-caller',
      `no caller: expected "Authorization: Bearer <JWT>", got ${authorization === undefined ? 'no such header' : 'another value'}`,
    );
  }
  return match[1];
}
