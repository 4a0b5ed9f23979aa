/** A proxy with a console in this process. */
import { Console } from '../../console/start.ts';
import { type ProxyConfig } from '../../proxy/config/config.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { startProxy } from '../../proxy/start-proxy.ts';

export interface Watched extends AsyncDisposable {
  /** Of the proxy. */
  readonly url: string;
  /** Of the console, with its key. */
  readonly page: string;
  readonly origin: string;
  readonly port: number;
  readonly key: string;
  /** Gets a path of the console's API. */
  get<T>(path: string): Promise<T>;
  /** Another config serves. */
  swap(config: ProxyConfig): void;
  /** Sends a modern request through the proxy; the whole reply's text. */
  call(method: string, params?: object): Promise<string>;
}

export interface WatchedOptions {
  readonly showsValues?: boolean;
  readonly bindings?: Readonly<Record<string, string>>;
  readonly lockFile?: string;
  /** Claims by name. */
  readonly callers?: Readonly<Record<string, JsonObject>>;
}

export async function startWatched(
  config: ProxyConfig,
  upstream: string,
  { showsValues = true, bindings = {}, callers = {}, lockFile }: WatchedOptions = {},
): Promise<Watched> {
  const watching = new Console({
    config,
    showsValues,
    proxyHost: '127.0.0.1',
    callers: new Map(Object.entries(callers)),
  });
  const environment = { UPSTREAM_URL: upstream, HOST: '127.0.0.1', PORT: '0', ...bindings };
  const proxy = await startProxy(watching.config, environment, [watching.observer]);
  const served = await watching.serve(0, {
    proxy: proxy.url,
    addresses: [upstream],
    tryIt: 'npm run call',
    environment,
    lockFile,
  });
  const { origin, port, hash } = new URL(served.url);
  const key = hash.replace('#key=', '');
  return {
    url: proxy.url,
    page: served.url,
    origin,
    port: Number(port),
    key,
    get: async <T>(path: string) => {
      const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${key}` } });
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
      return (await response.json()) as T;
    },
    swap: (next) => watching.next(next).serves(),
    call: async (method, params = {}) => (await post(proxy.url, method, params)).text(),
    async [Symbol.asyncDispose]() {
      await served.close();
      await proxy.close(0);
    },
  };
}

export function post(
  url: string,
  method: string,
  params: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: { ...params, _meta } }),
  });
}
