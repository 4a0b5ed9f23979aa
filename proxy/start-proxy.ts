/** Starts a whole proxy from a config and bindings: prepares it, and listens. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Environment } from './base/environment.ts';
import { log } from './base/log.ts';
import { openRandom } from './base/random.ts';
import type { ProxyConfig } from './config/config.ts';
import type { Dispatcher } from './dispatch/dispatch.ts';
import { type Closing, OPEN } from './ingress/closing.ts';
import type { IngressOptions } from './ingress/options.ts';
import { createIngress } from './ingress/server.ts';
import type { Observer } from './pipeline/observer.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Carried, StartedUpstream } from './start-upstreams.ts';

export { ConfigError } from './config/config-error.ts';

/** What serves, which may be replaced while the server runs (`npm start -- --watch`). */
export interface Slot {
  current: Prepared;
  /** Read for each request. */
  readonly ingress: IngressOptions;
  /** Ends what was replaced and still has calls under way. */
  readonly leaving: Set<() => Promise<void>>;
}

/** A running proxy. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** `http://host:port/mcp` */
  readonly url: string;
  readonly upstream: StartedUpstream;
  readonly dispatcher: Dispatcher;
  /** @internal */
  readonly slot: Slot;
  /** Accepts no more calls, waits up to `graceMs` for those under way, then cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Checks the config and bindings, sets up the controls, and listens. Throws `ConfigError`, or a `ControlFault` if a
 * control's `setup` failed.
 * @param watching outside those of metrics and traces. @default - none
 * @param carried carries the requests to the upstreams. @default - their connections
 */
export async function startProxy(
  config: ProxyConfig,
  environment: Environment,
  watching: readonly Observer[] = [],
  carried?: Carried,
): Promise<Proxy> {
  openRandom();
  const prepared = await prepare(config, environment, { watching, carried });
  const closing: Closing = { ...OPEN };
  const ingress: IngressOptions = { ...prepared.serving, closing };
  const slot: Slot = { current: prepared, ingress, leaving: new Set() };
  const server = createIngress(ingress);
  const { host } = prepared;
  const port = await listening(server, prepared);
  for (const observer of watching) observer.ready();
  prepared.ready();
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port,
    url: `http://${shown}:${port}/mcp`,
    slot,
    get upstream() {
      return slot.current.started.upstream;
    },
    get dispatcher() {
      return slot.current.dispatcher;
    },
    close: (graceMs = 25_000) =>
      close(
        server,
        closing,
        slot,
        watching.map((observer) => () => observer.close()),
        graceMs,
      ),
  };
}

function listening(server: Server, { host, port }: Pick<Prepared, 'host' | 'port'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Milliseconds for controls and observers to write their last data. */
const LAST_WRITES_MS = 5_000;
/** Milliseconds, at the same time, for the upstream to end the sessions that only the proxy can end. */
const LAST_SESSIONS_MS = 2_000;

/** How often connections are looked for that have become idle since the end began. */
const IDLE_CHECK_MS = 100;

async function close(
  server: Server,
  closing: Closing,
  slot: Slot,
  watching: readonly (() => Promise<void>)[],
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closing.begun = true;
  server.closeIdleConnections();
  slot.current.started.upstream.closing();
  // A reply whose headers were sent before leaves its connection open.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => {
    closing.cut = true;
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  await noticed();
  const ended = slot.current.started.upstream.close(LAST_SESSIONS_MS);
  const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_WRITES_MS).unref());
  const writes = [...slot.leaving, ...slot.current.onClose, ...watching].map(async (listener) => listener());
  for (const failed of await Promise.race([Promise.allSettled(writes), late.then(() => [])])) {
    if (failed.status === 'rejected')
      log.error('a control or observer could not write its last data', { event: 'closing', error: failed.reason });
  }
  await ended;
  await noticed();
}

/** Settles when the calls of connections that were just cut have ended, and controls have noted that. */
async function noticed(): Promise<void> {
  // A connection reports its end in the next turn, and then the one to the upstream in the turn after it.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
