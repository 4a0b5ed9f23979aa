/**
 * HTTP for credentials: TLS (or loopback), no redirects, limited in time and size. Calls are rare, so Node's own client is
 * enough. It is loaded when it is first used.
 */
import type { IncomingMessage, RequestOptions } from 'node:http';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { refusedCertificate } from '../base/refused-certificate.ts';
import { shownBinding } from '../base/shown-binding.ts';
import type { KeyPair } from '../network/dialer.ts';
import { forbiddenAddress } from '../network/forbidden-address.ts';
import { trustAdvice } from '../network/untrusted.ts';

/** Token responses and metadata documents have a few KB. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

/** Reads the URL of an issuer or endpoint. `name` is its name in errors, such as `UPSTREAM_ISSUER`. */
export function parseEndpoint(text: string, name: string): { readonly url: URL } | { readonly error: string } {
  const url = URL.parse(text);
  if (url === null)
    return { error: `${name}: got ${shownBinding(text)}, expected a URL such as https://idp.example.com` };
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

/** Whether an endpoint that an issuer's metadata names is reached as safely as the issuer: http only from http on this machine. */
export function isProtectedAs(issuer: string, endpoint: string): boolean {
  return URL.parse(endpoint)?.protocol === 'https:' || URL.parse(issuer)?.protocol === 'http:';
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

export interface DocumentRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | undefined;
}

/**
 * `fetch` for one kind of endpoint (`what`, for errors). Resolves to the whole document or rejects with an {@link
 * UpstreamFailure}, a `CertificateRefused` if the server ended the handshake because of the certificate.
 * @param keyPair the client certificate for a server that asks for one
 */
export function documentFetch(what: string, limitMs: number, keyPair?: KeyPair) {
  return async (address: string, request: DocumentRequest): Promise<Response> => {
    const url = new URL(address);
    if (!isProtected(url))
      throw new UpstreamFailure(
        'upstream-auth',
        `${what} is at ${url.protocol}//${url.host}, expected https (http only to this machine)`,
      );
    const forbidden = forbiddenAddress(url.hostname);
    if (forbidden !== undefined)
      throw new UpstreamFailure('upstream-auth', `${what} is at ${url.host}, expected another host: ${forbidden}`);
    const signal = AbortSignal.timeout(limitMs);
    try {
      const message = await answer(url, request, keyPair, signal);
      const status = message.statusCode ?? 0;
      if (status >= 300 && status < 400) {
        message.destroy();
        throw new Redirected(what, url, status);
      }
      const body = await readBounded(message, what, url);
      return new Response(status === 204 || status === 205 ? null : body, { status, headers: headersOf(message) });
    } catch (error) {
      if (error instanceof ProxyError) throw error;
      throw (
        refusedCertificate(error, `${what} at ${url.origin}`, keyPair?.shown) ??
        new UpstreamFailure('upstream-auth', `${what} at ${url.origin} ${unreachable(error, signal, limitMs)}`)
      );
    }
  };
}

/** Settles when the headers have arrived. Each request has its own connection: a kept one may be dead after a snapshot. */
async function answer(
  url: URL,
  { method, headers, body }: DocumentRequest,
  keyPair: KeyPair | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const sent = body?.toString();
  const options: RequestOptions = {
    method,
    signal,
    ...(keyPair === undefined ? {} : { cert: keyPair.cert, key: keyPair.key }),
    headers: {
      ...(sent === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }),
      ...headers,
      'accept-encoding': 'identity',
      ...(sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) }),
    },
  };
  const request = await clientFor(url, options);
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject).end(sent);
  });
}

async function clientFor(url: URL, options: RequestOptions) {
  // Without an agent, so that the environment that Node itself reads leads nothing of this machine to a proxy.
  if (url.protocol === 'http:') return (await import('node:http')).request(url, { ...options, agent: false });
  const [{ request }, { NetworkAgent }] = await Promise.all([import('node:https'), import('../network/agent.ts')]);
  return request(url, { ...options, agent: new NetworkAgent() });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

async function readBounded(message: IncomingMessage, what: string, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
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

function unreachable(error: unknown, signal: AbortSignal, limitMs: number): string {
  if (signal.aborted) return `did not answer within ${limitMs / 1000} s`;
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'connection failed';
  const said = error instanceof Error && error.name === 'ForwardProxyError' ? `: ${error.message}` : '';
  return `could not be reached (${code})${said}${trustAdvice(error)}`;
}
