/** An agent for Node's own client that connects as this process does: for AWS's SDK, and for documents of issuers. */
import https, { type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { ForwardProxy } from './forward-proxies.ts';
import { guardedLookup } from './lookup.ts';
import { authoritiesWith, network, trusted } from './network.ts';

/** Milliseconds until a forward proxy has opened a tunnel. The time limits of requests begin later, or are longer. */
const TUNNEL_MS = 10_000;

export class NetworkAgent extends https.Agent {
  override createConnection(
    given: RequestOptions,
    done?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const options = { ...given, lookup: guardedLookup(), ...trust(given) };
    const host = given.host ?? 'localhost';
    const port = Number(given.port ?? 443);
    const hostname = isIP(host) === 6 ? `[${host}]` : host.toLowerCase();
    const proxy = network().proxies?.to({ protocol: 'https:', hostname, port: String(port) });
    if (proxy === undefined) return super.createConnection(options, done);
    if (done !== undefined) void connectThrough(proxy, options, { host, port }, done);
    return undefined;
  }
}

/** A client's own certificate is part of the context, which can't be shared then. */
function trust({ cert }: RequestOptions): tls.ConnectionOptions {
  if (cert !== undefined) {
    const ca = authoritiesWith(tls);
    return ca === undefined ? {} : { ca };
  }
  const secureContext = trusted(tls);
  return secureContext === undefined ? {} : { secureContext };
}

/** @param done takes no socket with an error: Node's type has no form without one */
async function connectThrough(
  proxy: ForwardProxy,
  options: RequestOptions,
  to: { readonly host: string; readonly port: number },
  done: (error: Error | null, socket: Duplex) => void,
): Promise<void> {
  let socket: Duplex;
  try {
    socket = await throughProxy(proxy, options, to);
  } catch (error) {
    done(error instanceof Error ? error : new Error('no tunnel'), undefined as never);
    return;
  }
  done(null, socket);
}

async function throughProxy(
  proxy: ForwardProxy,
  options: RequestOptions,
  to: { readonly host: string; readonly port: number },
): Promise<Duplex> {
  const { tunnel } = await import('./tunnel.ts');
  const socket = await tunnel(proxy, to, { signal: AbortSignal.timeout(TUNNEL_MS) });
  // Else Node would take the path of the request for that of a local socket.
  const { path: _path, socketPath: _socketPath, ...rest } = options as RequestOptions & tls.ConnectionOptions;
  return tls.connect({ ...rest, socket });
}
