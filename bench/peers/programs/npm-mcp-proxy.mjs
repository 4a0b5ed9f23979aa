/** npm's mcp-proxy as a library, in front of UPSTREAM_URL: its command only proxies processes that speak over stdio. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Server } from '@modelcontextprotocol/server';
import { proxyServer, startHTTPServer } from 'mcp-proxy';

const client = new Client({ name: 'proxy', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(process.env.UPSTREAM_URL)));
const capabilities = client.getServerCapabilities();

await startHTTPServer({
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  // As its documentation recommends where nobody resumes streams.
  eventStore: false,
  sseEndpoint: null,
  createServer: async () => {
    const server = new Server(client.getServerVersion(), { capabilities });
    await proxyServer({ client, server, serverCapabilities: capabilities });
    return server;
  },
});
