/**
 * Calls a deployed proxy: a `fetch` for any MCP client that authenticates the caller. With SigV4 and AWS's default
 * credential chain, or with a token by OAuth client credentials; the secret is read from its store when needed. Nothing
 * is typed or stored.
 */
import { ProxyError } from '../../proxy/base/errors.ts';
import { readSecret, type SecretSource } from '../../proxy/credentials/secret.ts';
import { type Address, addressOfUrl } from '../../proxy/upstream/address.ts';
import type { Authenticator, Outgoing } from '../../proxy/upstream/auth/auth.ts';
import { EXIT, Failure } from './failure.ts';

/** How callers authenticate at a deployment. */
export type Inbound =
  | { readonly kind: 'iam'; readonly region: string }
  | {
      readonly kind: 'jwt';
      readonly clientId: string;
      /** Where the client's secret is stored. */
      readonly secret: SecretSource;
      /** The token endpoint, or the issuer whose metadata has it. */
      readonly server: { readonly tokenEndpoint: URL } | { readonly issuer: URL; readonly tokenEndpoint?: undefined };
      /** Empty: the issuer decides; Cognito grants all scopes of the client. */
      readonly scopes: readonly string[];
    };

export interface InboundOptions {
  /**
   * Sent with each request unless the client sets them, for example the header that keeps calls in one runtime session.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The header that keeps a caller's calls in one session, so in one microVM. Its value has 33 to 256 characters. */
export const RUNTIME_SESSION = 'x-amzn-bedrock-agentcore-runtime-session-id';

export type InboundFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` with credentials, to pass to an MCP client. Refused credentials are renewed once. Redirects are not followed:
 * credentials only go to the requested host.
 *
 *     new StreamableHTTPClientTransport(new URL(invocationUrl), { fetch: inboundFetch({ kind: 'iam', region }) })
 */
export function inboundFetch(inbound: Inbound, options: InboundOptions = {}): InboundFetch {
  let authenticator: Promise<Authenticator> | undefined;
  return async (url, init) => {
    const request = new Request(url, init);
    checkAddress(request.url);
    for (const [name, value] of Object.entries(options.headers ?? {}))
      if (!request.headers.has(name)) request.headers.set(name, value);
    // Credentials set by the client would otherwise be signed, or sent, in addition to these.
    request.headers.delete('authorization');
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    try {
      const auth = await (authenticator ??= authenticatorOf(inbound));
      const first = outgoing(request, body);
      await auth.apply(first);
      const response = await send(first, request);
      if (
        (response.status !== 401 && response.status !== 403) ||
        !(await auth.refused(response.status, Object.fromEntries(response.headers), first))
      )
        return response;
      await response.body?.cancel();
      const second = outgoing(request, body);
      await auth.apply(second);
      return await send(second, request);
    } catch (error) {
      throw inOperatorsWords(error);
    }
  };
}

async function authenticatorOf(inbound: Inbound): Promise<Authenticator> {
  if (inbound.kind === 'iam')
    return (await import('../../proxy/upstream/auth/iam.ts')).iam({
      region: inbound.region,
      service: 'bedrock-agentcore',
    });
  const { clientCredentials } = await import('../../proxy/upstream/auth/client-credentials.ts');
  const { server, clientId, scopes, secret } = inbound;
  return clientCredentials({ server, clientId, scopes, secret: () => readSecret(secret) });
}

/** The same rule as for upstreams: https, or this machine. */
function checkAddress(text: string): void {
  const address: Address | string = addressOfUrl(text);
  if (typeof address === 'string') throw new Failure(`the URL to call: ${address}`, EXIT.usage);
}

function outgoing(request: Request, body: Buffer | undefined): Outgoing {
  const { host, pathname, search } = new URL(request.url);
  const { method } = request;
  if (method !== 'POST' && method !== 'GET' && method !== 'DELETE')
    throw new Failure(`expected POST, GET or DELETE, got ${method}: MCP knows no other methods`, EXIT.usage);
  return { method, host, path: pathname + search, body, headers: [...request.headers].flat() };
}

function send({ method, headers, body }: Outgoing, { url, signal }: Request): Promise<Response> {
  const pairs = headers.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, headers[i + 1] ?? '']] : []));
  return fetch(url, {
    method,
    headers: pairs,
    body: body === undefined ? null : typeof body === 'string' ? body : new Uint8Array(body),
    signal,
    redirect: 'manual',
  });
}

/** The proxy's errors are written for the person who deploys it; here the reader is the person who calls it. */
function inOperatorsWords(error: unknown): unknown {
  if (!(error instanceof ProxyError)) return error;
  const message = error.message
    .replace(/: give the runtime an execution role, or locally set /, ': set ')
    .replace(/allow the execution role (\S+)/, 'allow your own role $1')
    .replace(/check the execution role, the network/, 'check your credentials, the network')
    .replace(
      /check UPSTREAM_CLIENT_ID and the secret that UPSTREAM_SECRET points to/,
      "check the client's id and secret",
    )
    .replace(/check UPSTREAM_SCOPES/, 'check which scopes the client may have')
    .replace(/: (?:check|set) UPSTREAM_.*$/, '')
    .replaceAll('the upstream secret', "the client's secret");
  return new Failure(message, EXIT.aws, { cause: error });
}
