/** The options of `rate-limit`. */

export interface Limit {
  /** Units per window. A call uses as many units as it costs: one, unless `costs` says otherwise. */
  readonly most: number;
  /** Length of a window in seconds: from 1 to 604,800 (a week). */
  readonly seconds: number;
  /**
   * Which calls are counted together: those of each `caller`, or all to the `upstream`.
   * @default 'caller'
   */
  readonly of?: 'caller' | 'upstream';
  /**
   * Names of tools; `*` stands for any characters (`search___*`). Each entry has its own counter, even if entries
   * overlap.
   * @default - all calls of any method are counted together
   */
  readonly tools?: readonly string[];
}

/** Concurrent calls, each from its admission to the last byte of its reply. */
export interface Concurrency {
  /** Per caller; at most 200. @default - no limit */
  readonly perCaller?: number;
  /** All callers together; at most 200. @default - no limit */
  readonly perUpstream?: number;
  /**
   * Seconds until the slot of a call expires if its process ended without releasing it. Renewed while the call runs.
   * @default 60
   */
  readonly leaseSeconds?: number;
}

export interface TableStore {
  /** The environment variable with the table's ARN. If it is not bound, the stack creates a table. */
  readonly table: string;
  /** Maximum milliseconds that a call waits for the table (a process's first call: 3 s more). @default 500 */
  readonly timeLimitMs?: number;
  /**
   * If the table does not answer in time, or refuses: `deny` the call, or `count-here`, in this process's memory, where
   * each process permits the whole limit.
   * @default 'deny'
   */
  readonly onFailure?: 'deny' | 'count-here';
  /** Maximum units that a process takes at once from a limit `of: 'upstream'`. @default 20 */
  readonly block?: number;
}

export interface RateLimitOptions {
  /** A call must have room in all that apply to it. @default none */
  readonly limits?: readonly Limit[];
  /** @default - any number at once */
  readonly concurrency?: Concurrency;
  /**
   * The cost of a call in whole units, by tool and by method. For tools, a whole name counts before any pattern; among
   * patterns, the one with the most characters beside `*` counts. `initialize`, `server/discover`, `tasks/cancel`,
   * `resources/unsubscribe`, notifications (`notifications/…`), responses, GET and DELETE are free unless `methods`
   * names them; a response has the method that it answers. Any other message costs the same with and without an id.
   * @default - one each
   */
  readonly costs?: {
    readonly tools?: Readonly<Record<string, number>>;
    readonly methods?: Readonly<Record<string, number>>;
  };
  /**
   * Where calls are counted. Memory is for local use: on AgentCore each session has its own process and memory.
   * @default 'memory'
   */
  readonly store?: 'memory' | TableStore;
}
