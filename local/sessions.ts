import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { createEventLog } from './event-log.ts';
import type { FetchHandler } from './http.ts';

/** Clients that never send DELETE leave their sessions open; above this number the oldest is closed. */
const MAX_SESSIONS = 1_000;

export interface Sessions {
  fetch: FetchHandler;
  close(): Promise<void>;
}

/**
 * All of the legacy era (2025-03-26 … 2025-11-25): `Mcp-Session-Id`, the GET stream, resumption, DELETE. The SDK's
 * fallback in `createMcpHandler` is stateless and has none of these, so each session gets a transport here.
 *
 * @param retryInterval milliseconds that a client must wait before it reconnects a stream; not sent if undefined
 */
export function createSessions(createServer: () => McpServer, retryInterval: number | undefined): Sessions {
  const open = new Map<string, WebStandardStreamableHTTPServerTransport>();

  async function start(): Promise<WebStandardStreamableHTTPServerTransport> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventLog(),
      ...(retryInterval !== undefined && { retryInterval }),
      onsessioninitialized: async (id) => {
        open.set(id, transport);
        const [oldest] = open.values();
        if (open.size > MAX_SESSIONS) await oldest?.close();
      },
    });
    await createServer().connect(transport);
    // Set after connect(), which installs a handler that closes the server; keep that one.
    const closed = transport.onclose;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) open.delete(transport.sessionId);
      closed?.();
    };
    return transport;
  }

  async function fetch(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) return (await open.get(id)?.handleRequest(request)) ?? refuse(404, -32001, 'Session not found');
    if (request.method !== 'POST') return refuse(400, -32000, 'Bad Request: Mcp-Session-Id header is required');
    const text = await request.text();
    const body = parsed(text);
    if (body === undefined) return refuse(400, -32700, 'Parse error: Invalid JSON');
    if (!isInitializeRequest(body)) return refuse(400, -32000, 'Bad Request: Mcp-Session-Id header is required');
    return (await start()).handleRequest(request, { parsedBody: body });
  }

  return {
    fetch,
    close: async () => {
      await Promise.all([...open.values()].map((transport) => transport.close()));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
