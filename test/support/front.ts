/** A whole proxy in this process, on a free port of loopback, in front of a given upstream. */
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { type Proxy, startProxy } from '../../proxy/start-proxy.ts';

export interface Front extends AsyncDisposable {
  readonly port: number;
  readonly proxy: Proxy;
}

export interface FrontOptions extends Partial<ProxyConfig> {
  /** Bindings besides `UPSTREAM_URL`, `HOST` (127.0.0.1) and `PORT` (0). */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a proxy, by default without controls. Disposing it ends running calls. */
export async function startFront(
  upstream: { readonly url: string },
  { environment, ...config }: FrontOptions = {},
): Promise<Front> {
  const proxy = await startProxy(
    { controls: [], ...config },
    { UPSTREAM_URL: upstream.url, HOST: '127.0.0.1', PORT: '0', ...environment },
  );
  return { port: proxy.port, proxy, [Symbol.asyncDispose]: () => proxy.close(0) };
}
