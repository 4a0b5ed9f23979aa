import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
  type McpServer,
  type ServerNotifier,
} from '@modelcontextprotocol/server';
import { listen, type Listening } from './http.ts';
import { createSessions } from './sessions.ts';

export interface EndpointOptions {
  /** @default 127.0.0.1 */
  host?: string;
  /** @default 0, any free port */
  port?: number;
  /** Milliseconds that a legacy client must wait before it reconnects a stream. @default - not sent */
  retryInterval?: number;
  /** Refuse a `Host` or `Origin` other than this machine (DNS rebinding). @default - true on a loopback host */
  guard?: boolean;
  /** Returns the answer to a request that may not call. @default - everyone may */
  authorize?: (request: Request) => Promise<Response | undefined>;
}

/**
 * Serves one MCP server on `<host>:<port>/mcp` in both protocol eras: requests with the modern envelope go to the SDK's
 * stateless handler, all others to a session. The factory makes one server for each modern request and each legacy
 * session; `notify` reaches the modern `subscriptions/listen` streams.
 */
export async function startEndpoint(
  createServer: (notify: ServerNotifier) => McpServer,
  options: EndpointOptions = {},
): Promise<Listening> {
  const host = options.host ?? '127.0.0.1';
  const guard = options.guard ?? localhostAllowedHostnames().includes(host);
  const modern = createMcpHandler((): McpServer => createServer(modern.notify), { legacy: 'reject' });
  const sessions = createSessions(() => createServer(modern.notify), options.retryInterval);

  async function route(request: Request): Promise<Response> {
    const refused = (guard ? foreign(request) : undefined) ?? (await options.authorize?.(request));
    if (refused) return refused;
    if (new URL(request.url).pathname !== '/mcp') return new Response('not found: expected /mcp\n', { status: 404 });
    if (!(await isLegacyRequest(request))) return modern.fetch(request);
    // The modern era has neither a GET stream nor DELETE (2026-07-28, Transports); the SDK doesn't refuse them.
    const claimsModern = (request.headers.get('mcp-protocol-version') ?? '') >= '2026-07-28';
    if (request.method !== 'POST' && claimsModern)
      return new Response(null, { status: 405, headers: { allow: 'POST' } });
    return sessions.fetch(request);
  }

  const server = await listen(route, host, options.port ?? 0);
  return {
    url: `${server.origin}/mcp`,
    close: async () => {
      await Promise.all([modern.close(), sessions.close()]);
      await server.close();
    },
  };
}

function foreign(request: Request): Response | undefined {
  return (
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins())
  );
}
