/** What a team says of its limits, and what is wrong with it. */

export interface Limit {
  /** Units per window; a call counts as many as it costs, which is one unless `costs` says otherwise. */
  readonly most: number;
  /** Length of a window, in seconds: from 1 to 604,800 (a week). */
  readonly seconds: number;
  /**
   * Whose calls are counted together: each `caller`'s own, or all that go to the `upstream`.
   * @default 'caller'
   */
  readonly of?: 'caller' | 'upstream';
  /**
   * Names of tools; `*` stands for any characters (`search___*`). Each entry has a counter of its own, whatever the
   * others take in.
   * @default - all calls, of whatever method, are counted together
   */
  readonly tools?: readonly string[];
}

/** Calls under way at once: from being let through to the last byte of the reply. */
export interface Concurrency {
  /** Of one caller; at most 200. @default - no limit */
  readonly perCaller?: number;
  /** Of all callers together; at most 200. @default - no limit */
  readonly perUpstream?: number;
  /**
   * Seconds after which the place of a call is free again though nobody gave it back, since its process ended. Renewed
   * as long as the call goes on.
   * @default 60
   */
  readonly leaseSeconds?: number;
}

export interface TableStore {
  /** The environment variable that holds the table's ARN. A table is created with the stack where none is bound. */
  readonly table: string;
  /** Milliseconds that a call waits for the table, at most (the first of a process: 3 s more). @default 500 */
  readonly timeLimitMs?: number;
  /**
   * When the table doesn't answer in time, or refuses: `deny` the call, or `count-here`, in this process's memory,
   * where each process permits the whole limit.
   * @default 'deny'
   */
  readonly onFailure?: 'deny' | 'count-here';
  /** Units that a process takes at once out of a limit `of: 'upstream'`, at most. @default 20 */
  readonly block?: number;
}

export interface RateLimitOptions {
  /** A call must have room in all that apply to it. @default none */
  readonly limits?: readonly Limit[];
  /** @default - any number at once */
  readonly concurrency?: Concurrency;
  /**
   * What a call costs, in whole units, by tool and by method. Of tools a whole name counts before any pattern, and of
   * patterns the one with the most characters beside `*`. `initialize`, `server/discover`, `tasks/cancel`,
   * `resources/unsubscribe`, notifications (`notifications/…`), responses, GET and DELETE cost nothing unless they are
   * named in `methods`; a response has the method that it answers. Any other message costs the same with an id and
   * without.
   * @default - one each
   */
  readonly costs?: {
    readonly tools?: Readonly<Record<string, number>>;
    readonly methods?: Readonly<Record<string, number>>;
  };
  /**
   * Where is counted. Memory is for local use: on AgentCore each session has a process, hence a memory, of its own.
   * @default 'memory'
   */
  readonly store?: 'memory' | TableStore;
}
