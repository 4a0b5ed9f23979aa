/** A request's target, in the forms that it may have (RFC 9112, 3.2). */
import { ProxyError } from '../base/errors.ts';

export interface Target {
  readonly path: string;
  /** Of the absolute form, which a client has for a proxy: the host, and the port where it says one. */
  readonly authority: string | undefined;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^?]*)/i;

/** Throws `not-found` for a form that nothing here goes by, `invalid-request` for a URL that isn't one. */
export function targetOf(url: string): Target {
  if (url.startsWith('/')) {
    const query = url.indexOf('?');
    return { path: query < 0 ? url : url.slice(0, query), authority: undefined };
  }
  if (url === '*')
    throw new ProxyError('not-found', 'expected the path /mcp, got *, which stands for the server as a whole');
  const [, authority = '', path = ''] = ABSOLUTE.exec(url) ?? [];
  // Whoever is named before an @ is no host, and no client may say so (RFC 9110, 4.2.4).
  if (authority === '' || authority.includes('@'))
    throw new ProxyError(
      'invalid-request',
      'expected a target such as /mcp, or an http URL with a host and no user; got something else',
    );
  return { path: path === '' ? '/' : path, authority };
}
