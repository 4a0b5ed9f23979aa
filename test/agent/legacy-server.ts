/** An MCP server of only the legacy era, with sessions, on the older SDK, as most servers still are. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import { serve } from './serve.ts';

export interface LegacyServer extends AsyncDisposable {
  readonly url: string;
  /** The number of sessions that were opened. */
  readonly opened: number;
  /** Forgets all sessions, like a server after a long idle time. */
  forget(): void;
}

export async function startLegacyServer(): Promise<LegacyServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let opened = 0;

  const served = await serve(async ({ body }, response, incoming) => {
    const id = incoming.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id !== undefined && known === undefined) return void response.writeHead(404).end();
    const message: unknown = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
    if (known !== undefined) return known.handleRequest(incoming, response, message);
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (session) => {
        opened += 1;
        sessions.set(session, transport);
      },
    });
    await mcp().connect(transport);
    await transport.handleRequest(incoming, response, message);
  });
  return {
    url: `${served.url}/mcp`,
    get opened() {
      return opened;
    },
    forget: () => sessions.clear(),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

function mcp(): McpServer {
  const server = new McpServer({ name: 'elder', version: '0.9.0' });
  server.registerTool(
    'add',
    { description: 'Adds two numbers.', inputSchema: { a: z.number(), b: z.number() } },
    ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
  );
  server.registerTool('colour', { description: 'Asks for a colour.' }, async () => {
    const answer = await server.server.elicitInput({
      message: 'Which colour?',
      requestedSchema: {
        type: 'object',
        properties: {
          colour: { type: 'string', enum: ['red', 'green'] },
          shade: { type: 'integer', description: '1 to 9' },
        },
        required: ['colour'],
      },
    });
    return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
  });
  return server;
}
