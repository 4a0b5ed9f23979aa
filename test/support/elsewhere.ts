/**
 * A server under names of other machines: it has certificates of a private authority, which this process trusts, and a
 * forward proxy leads there. So code that connects to `https://idp.example.com` does, over a real socket.
 */
import { once } from 'node:events';
import type http from 'node:http';
import https from 'node:https';
import { Faults } from '../../proxy/base/environment.ts';
import { readForwardProxies } from '../../proxy/network/forward-proxies.ts';
import { useNetwork } from '../../proxy/network/network.ts';
import { createAuthority } from './certificate.ts';
import { startForwardProxy } from './forward-proxy.ts';

export interface Elsewhere extends AsyncDisposable {
  /** `METHOD https://host/path` of each request. */
  readonly requests: readonly string[];
}

/** @param hosts names of the machine, without ports */
export async function startElsewhere(hosts: readonly string[], listener: http.RequestListener): Promise<Elsewhere> {
  const authority = createAuthority();
  const requests: string[] = [];
  const server = https.createServer({ ...authority.issue(hosts) }, (request, response) => {
    requests.push(`${request.method} https://${request.headers.host}${request.url}`);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const proxy = await startForwardProxy({
    reaches: (authority) => (hosts.some((host) => authority === `${host}:443`) ? address.port : undefined),
  });
  useNetwork({ proxies: readForwardProxies({ HTTPS_PROXY: proxy.url }, new Faults()), authorities: [authority.cert] });
  return {
    requests,
    async [Symbol.asyncDispose]() {
      useNetwork();
      await proxy[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
