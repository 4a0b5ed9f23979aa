/**
 * HTTP for credentials: TLS (or loopback), no redirects, limited in time and size. Calls are rare, so plain `fetch` is
 * enough.
 */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';

/** Token responses and metadata documents have a few KB. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

/** Reads the URL of an issuer or endpoint. `name` is its name in errors, such as `UPSTREAM_ISSUER`. */
export function parseEndpoint(text: string, name: string): { readonly url: URL } | { readonly error: string } {
  const url = URL.parse(text);
  if (url === null)
    return { error: `${name}: got ${JSON.stringify(shownUrl(text))}, expected a URL such as https://idp.example.com` };
  if (url.username !== '' || url.password !== '')
    return { error: `${name}: got a URL with a user name or password in it, expected one without` };
  if (!isProtected(url))
    return { error: `${name}: got ${url.protocol}//${url.host}, expected https (http only to this machine)` };
  if (url.hash !== '')
    return { error: `${name}: got a URL with a fragment (#…), expected one without (RFC 8414 §2, RFC 6749 §3.2)` };
  return { url };
}

/** RFC 6749 §3.2 requires TLS. On loopback it would protect nothing. */
function isProtected(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** The server redirected. Not followed: credentials only go to the configured endpoint. */
export class Redirected extends UpstreamFailure {
  readonly status: number;

  constructor(what: string, url: URL, status: number) {
    super(
      'upstream-auth',
      `${what} at ${url.origin} answered with a redirect (${status}), which is never followed: configure the URL it leads to`,
    );
    this.status = status;
  }
}

/** The members of a JSON object, whatever its media type; undefined if the body isn't one. */
export async function jsonObjectIn(response: Response): Promise<ReadonlyMap<string, unknown> | undefined> {
  const value: unknown = await response.json().catch(() => undefined);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : undefined;
}

/**
 * `fetch` for one kind of endpoint (`what`, for errors). Resolves to the whole document or rejects with an {@link
 * UpstreamFailure}.
 */
export function documentFetch(what: string, limitMs: number) {
  return async (
    address: string,
    init: {
      readonly method: string;
      readonly headers: Record<string, string>;
      readonly body?: URLSearchParams | undefined;
    },
  ): Promise<Response> => {
    const url = new URL(address);
    if (!isProtected(url))
      throw new UpstreamFailure(
        'upstream-auth',
        `${what} is at ${url.protocol}//${url.host}, expected https (http only to this machine)`,
      );
    try {
      const response = await fetch(url, {
        method: init.method,
        headers: init.headers,
        body: init.body ?? null,
        redirect: 'manual',
        signal: AbortSignal.timeout(limitMs),
      });
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        throw new Redirected(what, url, response.status);
      }
      const { status, headers } = response;
      const body = await readBounded(response, what, url);
      return new Response(status === 204 || status === 205 ? null : body, { status, headers });
    } catch (error) {
      if (error instanceof ProxyError) throw error;
      throw new UpstreamFailure('upstream-auth', `${what} at ${url.origin} ${unreachable(error, limitMs)}`);
    }
  };
}

async function readBounded(response: Response, what: string, url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES)
      throw new UpstreamFailure(
        'upstream-auth',
        `${what} at ${url.origin} sent more than ${MAX_DOCUMENT_BYTES / 1024} KiB, expected a small JSON document`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function unreachable(error: unknown, limitMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `did not answer within ${limitMs / 1000} s`;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : 'connection failed';
  return `could not be reached (${code})`;
}
