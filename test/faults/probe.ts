/**
 * Preloaded (`--import`) into a proxy under test. Reports what the process holds, and moves its clock or breaks its
 * resolver when told over IPC.
 */
import { createHook } from 'node:async_hooks';
import dns from 'node:dns';
import { readdirSync, readlinkSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What a process holds. */
export interface State {
  /** Bytes in use after a full collection, outside the heap as well. */
  readonly live: number;
  readonly resident: number;
  /** The highest resident memory so far. */
  readonly peak: number;
  /** Handles and requests of the event loop, by kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** Timers of more than a second, also those that keep no process alive. */
  readonly timers: number;
  /** Shorter timers that repeat: the proxy has one, while a call is under way and shortly after. */
  readonly ticks: number;
  /** Open file descriptors that are sockets; 0 where the system doesn't list them. */
  readonly sockets: number;
}

export type Order =
  /** @param collect whether to run a full collection first */
  | { readonly ask: 'state'; readonly collect: boolean }
  /** Answers once its event loop has had a turn. */
  | { readonly ask: 'turn' }
  /** Milliseconds by which the wall clock is off. */
  | { readonly ask: 'clock'; readonly off: number }
  /** Whether host names can be resolved. */
  | { readonly ask: 'names'; readonly work: boolean };

/** Node's timers: what they are is set by the time they are counted. */
interface Timer {
  readonly _idleTimeout: number;
  readonly _repeat: number | null;
}
const timers = new Map<number, Timer>();
createHook({
  init(id, type, _, resource) {
    if (type === 'Timeout') timers.set(id, resource as Timer);
  },
  destroy(id) {
    timers.delete(id);
  },
  trackPromises: false,
}).enable();

let namesWork = true;
const { lookup } = dns;
// A real failure of the system's resolver: it is asked for a name that exists nowhere (RFC 2606).
const broken = (name: string, ...rest: readonly unknown[]): void =>
  Reflect.apply(lookup, dns, [namesWork ? name : 'nowhere.invalid', ...rest]);
Object.assign(dns, { lookup: broken });
syncBuiltinESMExports();

const { now } = Date;
let off = Number(process.env['FAULTS_CLOCK_OFF'] ?? 0);
Date.now = () => now() + off;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [target.now()] : given, made) as object,
  apply: (target) => new target(target.now()).toString(),
});

async function obey(order: Order): Promise<unknown> {
  switch (order.ask) {
    case 'state':
      return stateOf(order.collect);
    case 'turn':
      return {};
    case 'clock':
      off = order.off;
      return {};
    case 'names':
      namesWork = order.work;
      return {};
  }
}

async function stateOf(collect: boolean): Promise<State> {
  if (collect) {
    const session = new Session();
    session.connect();
    await session.post('HeapProfiler.collectGarbage');
    session.disconnect();
  }
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    live: heapUsed + external,
    resident: rss,
    peak: process.resourceUsage().maxRSS * 1024,
    handles,
    timers: counted(({ _idleTimeout }) => _idleTimeout > SHORT_MS),
    ticks: counted(({ _idleTimeout, _repeat }) => _idleTimeout <= SHORT_MS && _repeat !== null),
    sockets: sockets(),
  };
}

/** Shorter ones are over soon: the cache of the date, lines that wait to be written. */
const SHORT_MS = 1_000;

function counted(matches: (timer: Timer) => boolean): number {
  return timers.values().filter(matches).toArray().length;
}

function sockets(): number {
  try {
    return readdirSync('/proc/self/fd').filter((fd) => isSocket(fd)).length;
  } catch {
    return 0;
  }
}

function isSocket(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
  } catch {
    return false;
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// The channel must not keep a process alive that has drained and wants to end.
process.channel?.unref();
