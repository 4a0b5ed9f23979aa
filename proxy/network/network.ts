/** The network of this process: set once at the start, before anything connects. */
import type * as Tls from 'node:tls';
import type { ForwardProxies } from './forward-proxies.ts';

export interface Network {
  /** Undefined: everything connects directly. */
  readonly proxies: ForwardProxies | undefined;
  /** Certificates in PEM that are trusted besides the public authorities'. */
  readonly authorities: readonly string[];
}

const DIRECT: Network = { proxies: undefined, authorities: [] };

let current = DIRECT;
let trusting: Tls.SecureContext | undefined;

/** @param settings default: no proxy, and the public authorities */
export function useNetwork(settings: Network = DIRECT): void {
  current = settings;
  trusting = undefined;
  if (settings.proxies !== undefined) askThisMachineDirectly();
}

/**
 * With NODE_USE_ENV_PROXY, Node's own agent takes the proxy, too. AWS's SDK asks this machine for credentials by that
 * agent (169.254.170.2, 169.254.169.254), which must never go anywhere else.
 */
function askThisMachineDirectly(): void {
  const http = process.getBuiltinModule('node:http');
  http.globalAgent = new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5_000 });
}

/** Nothing is bound: connections are made as Node makes them. */
export function isDirect(): boolean {
  return current.proxies === undefined && current.authorities.length === 0;
}

export function network(): Network {
  return current;
}

/** What TLS trusts; undefined: Node's own authorities. Made once, since reading all of them takes milliseconds. */
export function trusted(tls: typeof Tls): Tls.SecureContext | undefined {
  if (current.authorities.length === 0) return undefined;
  return (trusting ??= tls.createSecureContext({ ca: authoritiesWith(tls) }));
}

/** The same as a list, for a context that has more to it; undefined: Node's own authorities. */
export function authoritiesWith(tls: typeof Tls): string[] | undefined {
  // Also those of NODE_EXTRA_CA_CERTS.
  return current.authorities.length === 0 ? undefined : [...tls.getCACertificates(), ...current.authorities];
}
