/** The least a Node server can be: what cold start and resident memory are measured against. */
import { createServer } from 'node:http';

const server = createServer((_req, res) => res.end('hello'));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : address }));
});
// An orderly exit, or Node wouldn't write the compile cache that the comparison grants to both sides.
process.on('SIGTERM', () => process.exit(0));
