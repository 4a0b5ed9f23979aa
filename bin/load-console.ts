import { isErrno } from '../proxy/base/log.ts';
/** The console of `npm start`: whether the options allow it, and what it knows of the proxy. */
import { isLoopback } from '../proxy/base/loopback.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { Observer } from '../proxy/pipeline/observer.ts';
import type { Proxy } from '../proxy/start-proxy.ts';
import { callToPaste } from './call-to-paste.ts';
import type { LocalUpstreams } from './local-upstreams.ts';
import { OptionError } from './option-error.ts';
import { readCallers } from './policy/input.ts';
import { lockPath } from './tools/lock-file.ts';

export interface ConsoleChoice {
  /** Where the proxy listens. */
  readonly host: string;
  readonly 'console-port'?: string | undefined;
  readonly callers?: string | undefined;
  readonly config?: string | undefined;
  readonly 'no-console': boolean;
  readonly 'no-values': boolean;
}

export interface LoadedConsole {
  /** What the proxy has to start with. */
  readonly config: ProxyConfig;
  readonly observers: readonly Observer[];
  /** Another config is about to serve. @returns with what the console adds, and what to call when it serves */
  shown(config: ProxyConfig): { readonly config: ProxyConfig; readonly serves: () => void };
  serve(proxy: Proxy, upstreams: LocalUpstreams): Promise<{ readonly line: string; close(): Promise<void> }>;
}

/** Throws `OptionError` for an option that doesn't fit where the proxy listens. */
export async function loadConsole(config: ProxyConfig, choice: ConsoleChoice): Promise<LoadedConsole> {
  const { host, 'no-console': isOff, 'no-values': hides, 'console-port': given } = choice;
  const port = portOf(given);
  if (isOff) return without(config, 'off (--no-console)');
  if (!isLoopback(host)) {
    if (given !== undefined)
      throw new OptionError([
        `--console-port: the console shows values of calls, so it runs only beside a proxy on this machine: expected --host 127.0.0.1, got ${host}`,
      ]);
    return without(config, `off: it runs only if the proxy listens on this machine alone, not on ${host}`);
  }
  // Loaded here, so that a start without it pays nothing.
  const { Console } = await import('../console/start.ts');
  const callers = choice.callers === undefined ? NOBODY : await readCallers(choice.callers);
  const claims = new Map(Array.from(callers, ([name, { claims }]) => [name, claims] as const));
  const watching = new Console({ config, showsValues: !hides, proxyHost: host, callers: claims });
  return {
    config: watching.config,
    observers: [watching.observer],
    shown: (changed) => watching.next(changed),
    serve: async (proxy, { lines, environment }) => {
      const tools = lines.some((line) => line.includes('calculator')) ? ['add'] : [];
      const tryIt = callToPaste(proxy.url, tools);
      const served = await watching
        .serve(port, {
          proxy: proxy.url,
          // Without the name before it.
          addresses: lines.map((line) => line.replace(/^\S+ {2}(?=\S+:\/\/)/, '')),
          tryIt,
          environment: { ...process.env, ...environment },
          lockFile: lockPath(undefined, choice.config),
        })
        .catch((error: unknown) => {
          if (!isErrno(error, 'EADDRINUSE')) throw error;
          throw new OptionError([`--console-port: port ${port} is in use: choose another, or 0 for any free one`]);
        });
      return { line: served.url, close: () => served.close() };
    },
  };
}

const NOBODY: Awaited<ReturnType<typeof readCallers>> = new Map();

function without(config: ProxyConfig, line: string): LoadedConsole {
  const shown = (changed: ProxyConfig) => ({ config: changed, serves: () => {} });
  return { config, observers: [], shown, serve: () => Promise.resolve({ line, close: () => Promise.resolve() }) };
}

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port;
  throw new OptionError([`--console-port: expected a port from 0 to 65535, got ${JSON.stringify(given)}`]);
}
