/**
 * Sessions that nobody but the proxy can end: those that it opened itself, and those that it keeps under the platform's
 * ids, which mean nothing in another process. Each caller has a bounded number of them, and so have all callers
 * together; one that is idle for long is ended, and so are all of them when the process ends.
 *
 * Where there is no more room, a new one is refused. None is ended to make room but what is idle for too long anyway:
 * else whoever opens many would end those of others.
 */
import { Throttled } from '../base/errors.ts';
import type { Session } from './session.ts';

export interface HeldOptions {
  /** Of one caller. */
  readonly maxSessions: number;
  /** Of all callers. */
  readonly maxOfAll: number;
  /** Milliseconds without a request. */
  readonly idleMs: number;
  /** Ends one at the upstream. Never rejects. */
  readonly end: (session: Session) => Promise<void>;
  /** Told before one is ended for being idle. */
  readonly onIdle: (session: Session) => void;
}

/** How often idle sessions are looked for, at most. */
const LOOK_MS = 60_000;
/** How often they are where there is no more room, at most: each look goes by all of them. */
const LOOK_AGAIN_MS = 1_000;

export class HeldSessions {
  readonly #options: HeldOptions;
  readonly #byCaller = new Map<string, Set<Session>>();
  /** No id leads to them any more: each is ended when the last request in it is done. */
  readonly #retired = new WeakSet<Session>();
  #size = 0;
  #looking: NodeJS.Timeout | undefined;
  /**
   * `Date.now()` at the last look, and from when on a session that it left may be ended, where nobody uses that any
   * more.
   */
  #lookedAt = -Infinity;
  #roomAt = 0;
  #closing = false;
  readonly #ending = new Set<Promise<void>>();

  constructor(options: HeldOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Holds a session, from before it is opened: else many at once would pass the bounds. Throws `Throttled` where its
   * caller has too many, or all callers together have.
   * @param instead one of the same caller that has to go where there is no other room
   */
  hold(session: Session, instead?: Session): void {
    const { key } = session.caller;
    const refusal = this.#refusal(key);
    if (refusal !== undefined) {
      if (instead === undefined || !this.has(instead)) throw refusal;
      this.#end(instead);
    }
    const sessions = this.#byCaller.get(key);
    if (sessions === undefined) this.#byCaller.set(key, new Set([session]));
    else sessions.add(session);
    this.#size++;
    session.usedAt = Date.now();
    this.#looking ??= setInterval(() => this.#look(), Math.min(LOOK_MS, Math.ceil(this.#options.idleMs / 4))).unref();
  }

  has(session: Session): boolean {
    return this.#byCaller.get(session.caller.key)?.has(session) === true;
  }

  /** It has ended, or is another's to end. */
  letGo(session: Session): void {
    const { key } = session.caller;
    const sessions = this.#byCaller.get(key);
    if (sessions?.delete(session) === true) {
      this.#size--;
      if (sessions.size === 0) this.#byCaller.delete(key);
    }
    if (this.#size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Nobody can reach it any more: it ends as soon as nothing is under way in it. */
  retire(session: Session): void {
    if (session.inUse === 0 && this.has(session)) this.#end(session);
    else this.#retired.add(session);
  }

  /** A request is under way in it, until what comes back is called. */
  use(session: Session): () => void {
    session.inUse++;
    session.usedAt = Date.now();
    let done = false;
    return () => {
      if (done) return;
      done = true;
      session.inUse--;
      session.usedAt = Date.now();
      if (session.inUse === 0 && (this.#closing || this.#retired.has(session)) && this.has(session)) this.#end(session);
    };
  }

  /** No more calls come: from now on each ends as soon as nothing is under way in it. */
  closing(): void {
    this.#closing = true;
    for (const session of this.#all()) if (session.inUse === 0) this.#end(session);
  }

  /**
   * Ends those that are left. Settles when the upstream has answered for all of them; how long that may take is for
   * `end` to bound.
   */
  async close(): Promise<void> {
    this.#closing = true;
    for (const session of this.#all()) this.#end(session);
    await Promise.all(this.#ending);
  }

  #all(): Session[] {
    return [...this.#byCaller.values()].flatMap((sessions) => [...sessions]);
  }

  #end(session: Session): void {
    this.letGo(session);
    if (session.id === undefined) return;
    const ending = this.#options.end(session).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #look(): void {
    const now = Date.now();
    const { idleMs } = this.#options;
    this.#lookedAt = now;
    this.#roomAt = now + idleMs;
    for (const session of this.#all()) {
      const idleAt = session.usedAt + idleMs;
      if (session.inUse > 0 || session.reopening !== undefined) continue;
      if (idleAt >= now) {
        this.#roomAt = Math.min(this.#roomAt, idleAt);
        continue;
      }
      this.#options.onIdle(session);
      this.#end(session);
    }
  }

  /** Why there is no room for one more. */
  #refusal(key: string): Throttled | undefined {
    const { maxSessions, maxOfAll, idleMs } = this.#options;
    const own = this.#byCaller.get(key);
    if (own !== undefined && own.size >= maxSessions) {
      const oldest = Math.min(...[...own].map(({ usedAt }) => usedAt));
      const message = `too many sessions: this caller has ${maxSessions} open, which is the most; end one that is no longer needed (DELETE), or try again later`;
      return new Throttled(Math.max(1_000, oldest + idleMs - Date.now()), message);
    }
    if (this.#size < maxOfAll) return undefined;
    if (Math.abs(Date.now() - this.#lookedAt) >= LOOK_AGAIN_MS) this.#look();
    if (this.#size < maxOfAll) return undefined;
    return new Throttled(
      Math.max(1_000, this.#roomAt - Date.now()),
      `too many sessions: all callers together have ${maxOfAll} open, which is the most; try again later`,
    );
  }
}
