/** Peers from npm. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench } from '../build.ts';
import { npm } from './install.ts';
import { type Peer, PLAIN } from './peer.ts';

export const npmMcpProxy: Peer = {
  name: 'mcp-proxy (npm)',
  from: 'npm mcp-proxy@6.7.19, @modelcontextprotocol/client@2.4.0, @modelcontextprotocol/server@2.4.0',
  configured:
    '[`npm-mcp-proxy.mjs`](../bench/peers/programs/npm-mcp-proxy.mjs): as a library, one client upstream for all sessions, no event store, no SSE endpoint',
  install: (folder) =>
    npm(folder, 'mcp-proxy@6.7.19', '@modelcontextprotocol/client@2.4.0', '@modelcontextprotocol/server@2.4.0'),
  command: ({ folder, upstream, port }) => {
    // It finds the packages only beside them.
    const program = join(folder, 'npm-mcp-proxy.mjs');
    copyFileSync(bench('peers/programs/npm-mcp-proxy.mjs'), program);
    return { argv: [process.execPath, program], env: { UPSTREAM_URL: upstream, PORT: String(port) } };
  },
  open: () => Promise.resolve(PLAIN),
};
