/**
 * Cross-origin requests of web pages (Fetch standard, CORS protocol), for the origins that the deployment lists. Off
 * without a list: no header is added, and a page of another origin is refused.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';

/** Headers that MCP's clients send, in lower case. */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
]);
/** Mirrored arguments: their names are the tools'. */
const MIRRORED = /^mcp-param-[!#$%&'*+.^_`|~\w-]{1,128}$/;
/** Headers of replies that a page may read, besides those that it always may. */
const EXPOSED = 'Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After';
/** Seconds for which a browser keeps the answer to a preflight. */
const MAX_AGE = '600';
/** What an upstream says about origins means the proxy's own address, not the pages that the deployment lists. */
const OWN = /^access-control-/i;

export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** @param origins as browsers send them: `https://app.example.com` */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  allows(origin: string | undefined): origin is string {
    return origin !== undefined && this.#origins.has(origin);
  }

  /**
   * Answers the question of a browser whether a page may send a request. False: it is none, or not of a listed origin.
   * @param methods of the path that is asked for
   */
  answered({ method, headers }: IncomingMessage, response: ServerResponse, methods: string): boolean {
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
    if (!this.allows(headers.origin)) return false;
    const asked = (headers['access-control-request-headers'] ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
    const allowed = asked.filter((name) => REQUEST_HEADERS.has(name) || MIRRORED.test(name));
    response.writeHead(204, [
      'Access-Control-Allow-Methods',
      methods,
      ...(allowed.length === 0 ? [] : ['Access-Control-Allow-Headers', allowed.join(', ')]),
      'Access-Control-Max-Age',
      MAX_AGE,
    ]);
    response.end();
    return true;
  }

  /** Returns the class of responses that adds the headers of CORS to every response. */
  responses(): typeof ServerResponse {
    const added = (origin: string | undefined): readonly string[] =>
      this.allows(origin)
        ? ['Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED, 'Vary', 'Origin']
        : ['Vary', 'Origin'];
    return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
      override writeHead(status: number, ...rest: readonly unknown[]): this {
        const [given] = rest;
        const headers: readonly string[] = Array.isArray(given) ? given : [];
        const kept = headers.filter((_, i) => !OWN.test(headers[i - (i % 2)] ?? '') || this.#isPreflight);
        return super.writeHead(status, [...kept, ...added(this.req.headers.origin)]);
      }

      /** Its own answer has such headers. */
      get #isPreflight(): boolean {
        return this.req.method === 'OPTIONS';
      }
    };
  }
}
