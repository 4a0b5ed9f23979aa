/**
 * Computes what each call is charged, and where. The result is cached by tool, and by kind and method, because nothing
 * else of a call matters.
 */
import { Cache } from '../../base/cache.ts';
import type { Call, CallKind } from '../../call/call.ts';
import { type Fits, globOf } from '../shared/glob.ts';
import { closestFirst } from './costs.ts';
import type { Limit, RateLimitOptions } from './options.ts';

/** One count per window. */
export interface Counter {
  /** Depends on window, scope and tools only, so counts survive a change of `most`. */
  readonly id: string;
  readonly most: number;
  /** The window's length in milliseconds. */
  readonly ms: number;
  /** Used in facts. */
  readonly label: string;
}

export interface Charge {
  readonly cost: number;
  /** In the caller's own item. */
  readonly own: readonly Counter[];
  /** Shared by all callers of an upstream. */
  readonly shared: readonly Counter[];
}

export const FREE: Charge = Object.freeze({ cost: 0, own: [], shared: [] });

/** They start, end and cancel work: callers must be able to do so even beyond a limit. */
const FREE_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'tasks/cancel',
  'resources/unsubscribe',
]);
/** Maximum bytes of each cache, because clients may invent tools and methods. */
const MAX_BYTES = 256 * 1024;
const known = (): Cache<Charge> =>
  new Cache({ maxBytes: MAX_BYTES, weigh: ({ own, shared }) => 64 + 8 * (own.length + shared.length) });

/** The parts of a call that decide its charge. */
type Charged = Pick<Call, 'kind' | 'method' | 'name'>;

interface Placed {
  readonly shared: boolean;
  /** Undefined: counts all calls. */
  readonly fits: Fits | undefined;
  readonly counter: Counter;
}

export class Plan {
  /** The longest window, in milliseconds. */
  readonly longestMs: number;
  readonly #counters: readonly Placed[];
  readonly #toolCosts: readonly (readonly [fits: Fits, cost: number])[];
  readonly #methodCosts: ReadonlyMap<string, number>;
  readonly #byTool = known();
  /** By kind as well: clients may use any method in any kind of message, and the costs differ. */
  readonly #byMethod: Readonly<Record<CallKind, Cache<Charge>>> = {
    request: known(),
    notification: known(),
    response: known(),
    stream: known(),
    end: known(),
  };

  /** @param idOf turns descriptions of counters into ids, if those must be short */
  constructor(
    { limits = [], costs = {} }: Pick<RateLimitOptions, 'limits' | 'costs'>,
    idOf: (description: string) => string = (description) => description,
  ) {
    this.#counters = limits.flatMap((limit) => placed(limit, idOf));
    this.longestMs = Math.max(0, ...limits.map(({ seconds }) => seconds * 1000));
    this.#toolCosts = closestFirst(costs.tools).map(([pattern, cost]) => [globOf(pattern), cost]);
    this.#methodCosts = new Map(Object.entries(costs.methods ?? {}));
  }

  chargeOf({ kind, method, name }: Charged): Charge {
    // With or without an id: the upstream gets either.
    const tool = method === 'tools/call' && (kind === 'request' || kind === 'notification') ? name : undefined;
    return (tool === undefined ? this.#byMethod[kind] : this.#byTool).getOrMake(tool ?? method, () =>
      this.#work(kind, method, tool),
    );
  }

  #work(kind: CallKind, method: string, tool: string | undefined): Charge {
    const byTool = tool === undefined ? undefined : this.#toolCosts.find(([fits]) => fits(tool))?.[1];
    const cost = byTool ?? this.#methodCosts.get(method) ?? (asks(kind, method) ? 1 : 0);
    if (cost === 0) return FREE;
    const counters = this.#counters.filter(({ fits }) => fits === undefined || (tool !== undefined && fits(tool)));
    const where = (shared: boolean): Counter[] =>
      counters.filter((placed) => placed.shared === shared).map(({ counter }) => counter);
    return { cost, own: where(false), shared: where(true) };
  }
}

/** Whether the upstream is asked for something. A request without an id counts: only its answer is not waited for. */
function asks(kind: CallKind, method: string): boolean {
  if (kind === 'notification' && method.startsWith('notifications/')) return false;
  return (kind === 'request' || kind === 'notification') && !FREE_METHODS.has(method);
}

function placed({ most, seconds, of = 'caller', tools }: Limit, idOf: (description: string) => string): Placed[] {
  return (tools ?? [undefined]).map((tool) => {
    const id = idOf(JSON.stringify([of, seconds, tool ?? null]));
    return {
      shared: of === 'upstream',
      fits: tool === undefined ? undefined : globOf(tool),
      counter: {
        id,
        most,
        ms: seconds * 1000,
        label: `${most} in ${seconds} s of ${of === 'caller' ? 'the caller' : 'all'}${tool === undefined ? '' : ` for ${tool}`}`,
      },
    };
  });
}

/**
 * The number of the current window. Windows follow one another without a gap, at an offset per subject, so that they do
 * not all start at once. Numbers let clocks that differ a little agree on the window.
 */
export function windowAt(now: number, ms: number, offset: number): number {
  return Math.floor((now + (offset % ms)) / ms);
}

/** `Date.now()` at the window's end. */
export function endOf(window: number, ms: number, offset: number): number {
  return (window + 1) * ms - (offset % ms);
}
