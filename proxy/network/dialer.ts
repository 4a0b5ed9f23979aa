/** How connections to one host are made: over TLS or not, directly or through a forward proxy. */
import net, { type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import type * as Tls from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { ForwardProxy } from './forward-proxies.ts';
import { guardedLookup } from './lookup.ts';
import { authoritiesWith, network, trusted } from './network.ts';

export interface Dialer {
  /** Connects. @param tunnel a connection to the host by `tunnel`, if there is such a function */
  connect(onread: OnReadOpts, tunnel?: Socket): Socket;
  /** Connects through a forward proxy, which `connect` goes on with. */
  readonly tunnel?: (signal: AbortSignal) => Promise<Socket>;
  /** Added to the path of a request, and to its headers, for a proxy that forwards requests and opens no tunnel. */
  readonly forwarded?: Forwarded;
}

/** A client certificate with its private key, shown to a server that asks for one. */
export interface KeyPair {
  /** PEM: the certificate, then the rest of its chain. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Names the certificate in errors. */
  readonly shown: string;
}

export interface Forwarded {
  /** Scheme and host. */
  readonly origin: string;
  readonly headers: readonly string[];
}

/** A silent connection is probed by the operating system after this time, as by Node's client. */
const KEEP_ALIVE_MS = 1_000;

/**
 * @param lookup resolves names. Default: the system's resolver, without forbidden addresses
 * @param keyPair for the host itself, and not for a forward proxy
 */
export async function dialer(url: URL, lookup: LookupFunction = guardedLookup(), keyPair?: KeyPair): Promise<Dialer> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target: Target = {
    host,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    lookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  };
  const proxy = network().proxies?.to(url);
  if (isSecure) {
    const connect = await overTls(target, keyPair);
    return proxy === undefined ? { connect } : { connect, tunnel: await tunnelTo(target, proxy) };
  }
  if (proxy === undefined) return { connect: (onread) => net.connect({ ...target, onread }) };
  return forwarding(url, target, proxy);
}

type Target = net.TcpNetConnectOpts & { readonly host: string; readonly lookup: LookupFunction };

/** TLS is loaded only where it is used. */
async function overTls(target: Target, keyPair?: KeyPair): Promise<Dialer['connect']> {
  const tls = await import('node:tls');
  const servername = net.isIP(target.host) === 0 ? target.host : '';
  const secureContext = keyPair === undefined ? trusted(tls) : contextWith(tls, keyPair);
  const trust = secureContext === undefined ? {} : { secureContext };
  let session: Buffer | undefined;
  return (onread, tunnel) => {
    const options: ConnectionOptions = {
      ...(tunnel === undefined ? { ...target, onread } : { host: target.host, socket: tunnel }),
      ...trust,
      ...(session === undefined ? {} : { session }),
      servername,
      ALPNProtocols: ['http/1.1'],
    };
    const socket = tls
      .connect(options)
      .setNoDelay(true)
      .setKeepAlive(true, KEEP_ALIVE_MS)
      .on('session', (latest) => (session = latest))
      .on('error', () => (session = undefined));
    return tunnel === undefined ? socket : reading(socket, onread);
  };
}

/** Not shared: a shared context would show the certificate to other hosts. */
function contextWith(tls: typeof Tls, { cert, key }: KeyPair): Tls.SecureContext {
  const ca = authoritiesWith(tls);
  return tls.createSecureContext(ca === undefined ? { cert, key } : { cert, key, ca });
}

async function tunnelTo({ host, port, lookup }: Target, proxy: ForwardProxy): Promise<NonNullable<Dialer['tunnel']>> {
  const { tunnel } = await import('./tunnel.ts');
  return (signal) => tunnel(proxy, { host, port }, { signal, lookup });
}

/** Node reads into a buffer of ours only what it reads from the network itself. */
function reading(socket: Socket, onread: OnReadOpts): Socket {
  return socket.on('data', (chunk: Buffer) => {
    if (!onread.callback(chunk.length, chunk)) socket.pause();
  });
}

/** A request without TLS is sent to the proxy, which sends it on (RFC 9112, 3.2.2). */
async function forwarding(url: URL, target: Target, proxy: ForwardProxy): Promise<Dialer> {
  const to: Target = { ...target, host: proxy.host, port: proxy.port };
  const connect: Dialer['connect'] = proxy.isSecure ? await overTls(to) : (onread) => net.connect({ ...to, onread });
  return {
    connect,
    forwarded: {
      origin: url.origin,
      // Read with each request: credentials from a secret come later.
      get headers() {
        return proxy.authorization === undefined ? [] : ['Proxy-Authorization', proxy.authorization];
      },
    },
  };
}
