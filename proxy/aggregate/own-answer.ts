/**
 * What a server must check before it answers a modern request (2026-07-28, basic, `_meta`; streamable HTTP, standard
 * headers). With one upstream, the upstream checks it; a request that the proxy answers itself reaches none.
 */
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { META_VERSION } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Throws `invalid-params` or `header-mismatch`. */
export function checkModern({ era, method, params, exchange }: Call): void {
  if (era !== 'modern') return;
  const meta: unknown = isObject(params) ? params['_meta'] : undefined;
  if (!isObject(meta)) throw new ProxyError('invalid-params', `${method}: expected params._meta to be an object`);
  if (typeof meta[META_VERSION] !== 'string')
    throw new ProxyError('invalid-params', `${method}: expected _meta["${META_VERSION}"] to be a string`);
  if (!isObject(meta[CAPABILITIES]))
    throw new ProxyError('invalid-params', `${method}: expected _meta["${CAPABILITIES}"] to be an object`);
  const { derive, mirrorMethod } = exchange.inbound;
  if (!derive && !mirrorMethod)
    throw new ProxyError('header-mismatch', `header mismatch: expected Mcp-Method: ${method}, got none`);
}
