/** Peers from PyPI: FastMCP's proxy, mcp-proxy, and the design of AWS's article on the Python SDK. */
import { join } from 'node:path';
import { bench } from '../build.ts';
import { IAM } from '../starts.ts';
import { pip } from './install.ts';
import { type Peer, PLAIN } from './peer.ts';

const UNBUFFERED = { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };
const python = (folder: string): string => join(folder, 'bin/python');
const program = (name: string): string => bench(`peers/programs/${name}`);

const fastmcp = (major: '3' | '4', version: string): Peer => ({
  name: `FastMCP ${major} proxy`,
  from: `PyPI fastmcp==${version}`,
  configured:
    '`create_proxy(URL)` served with `stateless_http` and `json_response`, log level ERROR, no access log. Each request gets its own session upstream, which is its default',
  install: (folder) => pip(folder, `fastmcp==${version}`),
  command: ({ folder, upstream, port }) => ({
    argv: [python(folder), program('fastmcp_proxy.py')],
    env: { ...UNBUFFERED, UPSTREAM_URL: upstream, PORT: String(port), FASTMCP_CHECK_FOR_UPDATES: 'off' },
  }),
  open: () => Promise.resolve(PLAIN),
});

const mcpProxy: Peer = {
  name: 'mcp-proxy (PyPI)',
  from: 'PyPI mcp-proxy==0.13.0',
  configured:
    'its two modes joined, since each only speaks HTTP on one side: `mcp-proxy --stateless -- mcp-proxy --transport streamablehttp URL`, log level ERROR',
  install: (folder) => pip(folder, 'mcp-proxy==0.13.0'),
  command: ({ folder, upstream, port }) => {
    const own = join(folder, 'bin/mcp-proxy');
    const inner = [own, '--log-level', 'ERROR', '--transport', 'streamablehttp', upstream];
    return {
      argv: [own, '--host', '127.0.0.1', '--port', String(port), '--stateless', '--log-level', 'ERROR', '--', ...inner],
      env: UNBUFFERED,
    };
  },
  open: () => Promise.resolve(PLAIN),
};

const article: Peer = {
  name: "the article's design",
  from: 'PyPI mcp==1.30.0, botocore==1.44.8, uvicorn==0.54.0',
  configured:
    '[`article_proxy.py`](../bench/peers/programs/article_proxy.py): an MCP server without sessions and with JSON answers, and for each request a client session upstream, signed with SigV4',
  install: (folder) => pip(folder, 'mcp==1.30.0', 'botocore==1.44.8', 'uvicorn==0.54.0'),
  command: ({ folder, upstream, port }) => ({
    argv: [python(folder), program('article_proxy.py')],
    env: { ...UNBUFFERED, ...IAM, UPSTREAM_URL: upstream, PORT: String(port) },
  }),
  open: () => Promise.resolve(PLAIN),
};

export const PYTHON: readonly Peer[] = [fastmcp('3', '3.4.11'), fastmcp('4', '4.2.3'), mcpProxy, article];
