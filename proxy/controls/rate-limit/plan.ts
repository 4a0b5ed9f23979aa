/** What each call is charged, and where: worked out once per method and tool, since nothing else of a call decides it. */
import type { Call } from '../../call.ts';
import { fits, type Limit, type RateLimitOptions } from './options.ts';

/** One count in one window. */
export interface Counter {
  /** Stable as long as its window, scope and tools are: what was counted outlives a changed `most`. */
  readonly id: string;
  readonly most: number;
  /** The window's length in milliseconds. */
  readonly ms: number;
  /** For facts. */
  readonly label: string;
}

export interface Charge {
  readonly cost: number;
  /** In the caller's own item. */
  readonly own: readonly Counter[];
  /** Among all callers of an upstream. */
  readonly shared: readonly Counter[];
}

export const FREE: Charge = Object.freeze({ cost: 0, own: [], shared: [] });

/** They begin, end and cancel things: who can't do that can't do less. */
const FREE_METHODS: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'tasks/cancel', 'resources/unsubscribe']);
/** Names that clients make up must not fill the memory. */
const MOST_NAMES = 1_000;

interface Placed {
  readonly shared: boolean;
  readonly tool: string | undefined;
  readonly counter: Counter;
}

export class Plan {
  /** The longest window, in milliseconds. */
  readonly longestMs: number;
  readonly #counters: readonly Placed[];
  readonly #toolCosts: readonly (readonly [string, number])[];
  readonly #methodCosts: ReadonlyMap<string, number>;
  readonly #byTool = new Map<string, Charge>();
  readonly #byMethod = new Map<string, Charge>();

  /** @param idOf makes the ids of counters from their descriptions, where those must be short */
  constructor({ limits = [], costs = {} }: Pick<RateLimitOptions, 'limits' | 'costs'>, idOf: (description: string) => string = (description) => description) {
    this.#counters = limits.flatMap((limit) => placed(limit, idOf));
    this.longestMs = Math.max(0, ...limits.map(({ seconds }) => seconds * 1000));
    this.#toolCosts = Object.entries(costs.tools ?? {}).sort(([a], [b]) => closeness(b) - closeness(a));
    this.#methodCosts = new Map(Object.entries(costs.methods ?? {}));
  }

  chargeOf(call: Call): Charge {
    const { kind, method, name } = call;
    if (kind === 'response') return FREE;
    const tool = kind === 'request' && method === 'tools/call' ? name : undefined;
    const known = tool === undefined ? this.#byMethod : this.#byTool;
    const key = tool ?? method;
    let charge = known.get(key);
    if (charge === undefined) {
      charge = this.#work(kind === 'request', method, tool);
      if (known.size >= MOST_NAMES) known.clear();
      known.set(key, charge);
    }
    return charge;
  }

  #work(request: boolean, method: string, tool: string | undefined): Charge {
    const byTool = tool === undefined ? undefined : this.#toolCosts.find(([pattern]) => fits(pattern, tool))?.[1];
    const cost = byTool ?? this.#methodCosts.get(method) ?? (request && !FREE_METHODS.has(method) ? 1 : 0);
    if (cost === 0) return FREE;
    const counters = this.#counters.filter(({ tool: pattern }) => pattern === undefined || (tool !== undefined && fits(pattern, tool)));
    const where = (shared: boolean): Counter[] => counters.filter((placed) => placed.shared === shared).map(({ counter }) => counter);
    return { cost, own: where(false), shared: where(true) };
  }
}

/** A longer beginning is closer to a name, and the whole name the closest. */
function closeness(pattern: string): number {
  return pattern.endsWith('*') ? 2 * (pattern.length - 1) : 2 * pattern.length + 1;
}

function placed({ most, seconds, of = 'caller', tools }: Limit, idOf: (description: string) => string): Placed[] {
  return (tools ?? [undefined]).map((tool) => {
    const id = idOf(JSON.stringify([of, seconds, tool ?? null]));
    return { shared: of === 'upstream', tool, counter: { id, most, ms: seconds * 1000, label: `${most} in ${seconds} s of ${of === 'caller' ? 'the caller' : 'all'}${tool === undefined ? '' : ` for ${tool}`}` } };
  });
}

/**
 * Windows of one subject follow one another without a gap, at an offset of the subject's own: not everybody's turn at once. By
 * number, so that clocks which disagree a little still mean the same window.
 */
export function windowAt(now: number, ms: number, offset: number): number {
  return Math.floor((now + (offset % ms)) / ms);
}

/** `Date.now()` at the window's end. */
export function endOf(window: number, ms: number, offset: number): number {
  return (window + 1) * ms - (offset % ms);
}
