/** Peers that are Go modules. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { go } from './install.ts';
import { type Peer, PLAIN } from './peer.ts';

const tbxark: Peer = {
  name: 'tbxark/mcp-proxy',
  from: 'Go github.com/TBXark/mcp-proxy v0.43.2',
  configured: '`"type": "streamable-http"` on both sides, `logEnabled` off',
  install: (folder) =>
    go(folder, { module: 'github.com/TBXark/mcp-proxy', version: 'v0.43.2', main: 'github.com/TBXark/mcp-proxy' }),
  command: ({ folder, scratch, upstream, port }) => {
    const config = join(scratch, 'config.json');
    const proxy = {
      baseURL: `http://127.0.0.1:${port}`,
      addr: `127.0.0.1:${port}`,
      name: 'proxy',
      version: '1.0.0',
      type: 'streamable-http',
      options: { logEnabled: false },
    };
    const up = { url: upstream, transportType: 'streamable-http' };
    writeFileSync(config, JSON.stringify({ mcpProxy: proxy, mcpServers: { up } }));
    return { argv: [join(folder, 'bin'), '-config', config] };
  },
  open: () => Promise.resolve({ ...PLAIN, path: '/up/mcp' }),
};

/** Its gateway lets nobody in without one. */
const TOKEN = 'bench';

const docker: Peer = {
  name: "Docker's MCP gateway",
  from: 'Go github.com/docker/mcp-gateway v0.43.1',
  configured:
    'its example `remote_mcp`: a catalog with one remote server, transport `streaming`, `--static`; without a log of calls, the search for secrets and the check of signatures',
  install: (folder) =>
    go(folder, {
      module: 'github.com/docker/mcp-gateway',
      version: 'v0.43.1',
      main: 'github.com/docker/mcp-gateway/cmd/docker-mcp',
      replace: [
        'github.com/modelcontextprotocol/registry => github.com/docker/mcp-community-registry v0.0.0-20251024214917-21000e320421',
      ],
    }),
  command: ({ folder, scratch, upstream, port }) => {
    // It reads catalogs only from its own folder.
    const catalogs = join(scratch, '.docker/mcp/catalogs');
    mkdirSync(catalogs, { recursive: true });
    writeFileSync(
      join(catalogs, 'bench.yaml'),
      `registry:\n  up:\n    remote:\n      url: "${upstream}"\n      transport_type: http\n`,
    );
    const flags = ['--servers=up', '--catalog=bench.yaml', '--transport=streaming', `--port=${port}`, '--static'];
    const off = ['--log-calls=false', '--block-secrets=false', '--verify-signatures=false', '--watch=false'];
    return {
      argv: [join(folder, 'bin'), 'gateway', 'run', ...flags, ...off],
      // It also runs as a plugin of Docker, and keeps its state at home.
      env: {
        HOME: scratch,
        DOCKER_MCP_IN_CONTAINER: '1',
        MCP_GATEWAY_AUTH_TOKEN: TOKEN,
        // The upstream of this benchmark is on loopback, without TLS.
        DOCKER_MCP_ALLOW_INSECURE_REMOTE_URLS: '1',
      },
    };
  },
  open: () => Promise.resolve({ ...PLAIN, headers: { Authorization: `Bearer ${TOKEN}` } }),
};

export const GO: readonly Peer[] = [tbxark, docker];
