/** What a request's path and method decide before its body is read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MethodNotAllowed, ProxyError } from '../base/errors.ts';
import { answer, JSON_TYPE } from './answer.ts';
import { MAX_HEADERS, METHODS } from './connection.ts';
import type { IngressOptions } from './options.ts';
import { targetOf } from './target.ts';

/** Where the platform calls before it takes a snapshot of the process. */
const WARM_UP_PATH = '/warm-up';

/**
 * What a request is by its path: a health probe, which is answered without reading a body; the platform's call before a
 * snapshot, whose body is ignored; or a request with messages.
 */
export type ByPath = 'answered' | 'hook' | 'messages';

/** Throws if nothing is at its path. */
export function byPath(
  { guards, cors, resource, warmUp }: IngressOptions,
  request: IncomingMessage,
  response: ServerResponse,
): ByPath {
  if (request.rawHeaders.length > 2 * MAX_HEADERS)
    throw new ProxyError('too-many-headers', `expected at most ${MAX_HEADERS} headers, got more`);
  const { path, authority } = targetOf(request.url ?? '/');
  if (path === '/mcp' || path === '/mcp/') {
    if (cors?.answered(request, response, METHODS.legacy) === true) return 'answered';
    if (cors?.allows(request.headers.origin) !== true) guards.checkOrigin(request.headers.origin);
    // The Host header is checked as well: a proxy in front may have used either.
    if (authority !== undefined) guards.checkHost(authority);
    return 'messages';
  }
  const document = resource?.document(path, request.headers.host);
  if (document !== undefined) {
    if (cors?.answered(request, response, 'GET') === true) return 'answered';
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');
    answer(response, 200, JSON_TYPE, document);
    return 'answered';
  }
  if (path === WARM_UP_PATH && warmUp !== undefined && request.method === 'POST') return 'hook';
  if (path !== '/ping') throw new ProxyError('not-found', `expected the path /mcp, got another`);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');
  answer(response, 200, JSON_TYPE, '{"status":"Healthy"}');
  return 'answered';
}
