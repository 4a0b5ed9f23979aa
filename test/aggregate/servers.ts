/** Several real servers behind one proxy, and the official client. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { type Proxy, startProxy } from '../../proxy/start-proxy.ts';

export interface Several extends AsyncDisposable {
  readonly proxy: Proxy;
}

/** A proxy before upstreams by name, each at its URL. */
export async function startSeveral(
  urls: Readonly<Record<string, string>>,
  config: Partial<ProxyConfig> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Several> {
  const proxy = await startProxy(
    {
      controls: [],
      upstreams: Object.fromEntries(Object.keys(urls).map((name) => [name, { prefix: true }])),
      ...config,
    },
    {
      HOST: '127.0.0.1',
      PORT: '0',
      ...Object.fromEntries(
        Object.entries(urls).map(([name, url]) => [`UPSTREAM_${name.toUpperCase().replaceAll('-', '_')}_URL`, url]),
      ),
      ...environment,
    },
  );
  return { proxy, [Symbol.asyncDispose]: () => proxy.close(0) };
}

/** The official client, connected. */
export async function connect(url: string, era: 'legacy' | 'modern'): Promise<Client & AsyncDisposable> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
    },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}
