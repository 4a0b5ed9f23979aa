/** ContextForge from PyPI: a gateway with a database, at which the upstream is registered before it is called. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pip } from './install.ts';
import type { Door, Peer } from './peer.ts';

/** It refuses keys and passwords that are easy to guess. They die with the folder. */
const secret = (): string => randomBytes(32).toString('hex');

/** Its tuning guide and its page on limits: what a gateway on a private network may switch off. */
const TUNED = {
  AUTH_REQUIRED: 'false',
  MCP_REQUIRE_AUTH: 'false',
  ALLOW_UNAUTHENTICATED_ADMIN: 'true',
  CACHE_TYPE: 'memory',
  LOG_LEVEL: 'ERROR',
  STRUCTURED_LOGGING_ENABLED: 'false',
  DB_METRICS_RECORDING_ENABLED: 'false',
  COMPRESSION_ENABLED: 'false',
  RATE_LIMITING_ENABLED: 'false',
  PLUGINS_ENABLED: 'false',
  MCPGATEWAY_UI_ENABLED: 'false',
  USE_STATEFUL_SESSIONS: 'false',
  JSON_RESPONSE_ENABLED: 'true',
  // The upstream of this benchmark is on loopback.
  SSRF_ALLOW_LOCALHOST: 'true',
};

export const contextForge: Peer = {
  name: 'ContextForge',
  from: 'PyPI mcp-contextforge-gateway==1.0.7',
  configured:
    'its tuning guide: no authentication, cache in memory, no rate limit, log level ERROR, no metrics in the database, no compression, no plugins, no sessions, JSON answers; SQLite, one worker; a virtual server with all tools',
  install: (folder) => pip(folder, 'mcp-contextforge-gateway==1.0.7'),
  command: ({ folder, scratch, port }) => ({
    argv: [
      join(folder, 'bin/mcpgateway'),
      'mcpgateway.main:app',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--no-access-log',
    ],
    env: {
      ...TUNED,
      DATABASE_URL: `sqlite:///${scratch}/gateway.db`,
      JWT_SECRET_KEY: secret(),
      AUTH_ENCRYPTION_SECRET: secret(),
      PLATFORM_ADMIN_EMAIL: 'admin@example.com',
      PLATFORM_ADMIN_PASSWORD: `Aa1!${secret()}`,
      BASIC_AUTH_PASSWORD: `Aa1!${secret()}`,
      ENVIRONMENT: 'development',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  }),
  open: async ({ upstream, port }) => {
    const api = `http://127.0.0.1:${port}`;
    // A gateway with a thousand tools takes longer to register than the request waits for it.
    if ((await listed(`${api}/gateways`)).length === 0)
      await posted(`${api}/gateways`, { name: 'up', url: upstream, transport: 'STREAMABLEHTTP', visibility: 'public' });
    const ids = (await listed(`${api}/tools?limit=0`)).map(idOf);
    const server = { name: 'bench', associated_tools: ids };
    const [known] = await listed(`${api}/servers`);
    const id = idOf(known ?? (await posted(`${api}/servers`, { server, visibility: 'public' })));
    const door: Door = { path: `/servers/${id}/mcp`, headers: {}, prefix: 'up-', underscore: '-' };
    return door;
  },
};

async function listed(url: string): Promise<readonly unknown[]> {
  const list = await answered(fetch(url));
  if (!Array.isArray(list))
    throw new Error(`expected a list of ContextForge, got ${JSON.stringify(list).slice(0, 300)}`);
  return list;
}

function posted(url: string, body: object): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' };
  return answered(fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answered(asked: Promise<Response>): Promise<unknown> {
  const response = await asked;
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new Error(`ContextForge answered ${response.status}: ${text.slice(0, 300)}`);
}

function idOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string') return value.id;
  throw new Error(`expected something with an id of ContextForge, got ${JSON.stringify(value).slice(0, 300)}`);
}
