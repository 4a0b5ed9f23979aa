/** The reference: a byte pipe. Ordinary code, at most 30 lines, never edited to improve a ratio. */
import http, { createServer, type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

const upstream = new URL(process.env['UPSTREAM_URL'] ?? 'http://127.0.0.1:9000/mcp');
const { Agent, request } = upstream.protocol === 'https:' ? https : http;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const copied: IncomingHttpHeaders = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) copied[name] = headers[name];
  return copied;
}

const server = createServer((req, res) => {
  const headers = { ...endToEnd(req.headers), host: upstream.host };
  const options = {
    agent,
    host: upstream.hostname,
    port: upstream.port,
    method: req.method,
    path: upstream.pathname,
    headers,
  };
  const forwarded = request(options, (reply) => {
    res.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers));
    reply.pipe(res);
  });
  forwarded.on('error', () => res.destroy());
  req.pipe(forwarded);
});
// As the proxy: on a busy machine, one of many connections waits for longer than Node's 5 seconds.
server.keepAliveTimeout = 75_000;
server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : address }));
});
