/** Parses a request's target in its possible forms (RFC 9112, 3.2). */
import { ProxyError } from '../base/errors.ts';

export interface Target {
  readonly path: string;
  /** Host and optional port of the absolute form, which clients send to proxies. */
  readonly authority: string | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^?]*)/i;

/** Throws `not-found` for an unsupported form, `invalid-request` for an invalid URL. */
export function targetOf(url: string): Target {
  if (url.startsWith('/')) {
    const query = url.indexOf('?');
    return { path: query < 0 ? url : url.slice(0, query), authority: undefined };
  }
  if (url === '*')
    throw new ProxyError('not-found', 'expected the path /mcp, got *, which stands for the server as a whole');
  const [, authority = '', path = ''] = ABSOLUTE.exec(url) ?? [];
  // User information before an @ is not allowed (RFC 9110, 4.2.4).
  if (authority === '' || authority.includes('@'))
    throw new ProxyError(
      'invalid-request',
      'expected a target such as /mcp, or an http URL with a host and no user; got another target',
    );
  return { path: path === '' ? '/' : path, authority };
}
