/** The smallest Node server, as the reference for cold start and resident memory. */
import { createServer } from 'node:http';

const server = createServer((_req, res) => res.end('hello'));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : address }));
});
// An orderly exit: otherwise Node would not write the compile cache that both sides may use.
process.on('SIGTERM', () => process.exit(0));
