/** An MCP server of somebody else's, behind OAuth: orders, only for those who bring a token of the issuer. */
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';
import type { Issuer } from './issuer.ts';

export interface Orders extends Listening {
  /** The `Authorization` headers that it has accepted. */
  readonly accepted: ReadonlySet<string>;
  /** Refuses, from now on, the tokens that it has accepted so far. */
  revoke(): void;
}

export async function startOrders(issuer: Issuer): Promise<Orders> {
  const [accepted, revoked] = [new Set<string>(), new Set<string>()];
  const endpoint = await startEndpoint(createServer, {
    authorize: async (request) => {
      const header = request.headers.get('authorization') ?? '';
      if (revoked.has(header) || !(await issuer.accepts(header)))
        return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } });
      accepted.add(header);
      return undefined;
    },
  });
  return {
    ...endpoint,
    accepted,
    revoke: () => {
      for (const header of accepted) revoked.add(header);
    },
  };
}

function createServer(): McpServer {
  const server = new McpServer({ name: 'orders', version: '1.0.0' });
  const input = fromJsonSchema<{ id: string }>({
    type: 'object',
    properties: { id: { type: 'string' } },
    required: ['id'],
  });
  server.registerTool('find_order', { description: 'Finds an order by its id', inputSchema: input }, ({ id }) => ({
    content: [{ type: 'text', text: `order ${id}: 3 chairs` }],
  }));
  return server;
}
