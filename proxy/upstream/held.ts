/**
 * Sessions that only the proxy can end: those that it opened itself, and those that it keeps under the platform's ids,
 * which mean nothing in another process. Their number is bounded per caller and in total. A session that is idle for
 * long is ended, and so are all when the process ends.
 *
 * If there is no more room, a new session is refused. Only sessions that are idle for too long are ended to make room:
 * otherwise a caller who opens many would end those of others.
 */
import { Throttled } from '../base/errors.ts';
import type { Session } from './session.ts';

export interface HeldOptions {
  /** Of one caller. */
  readonly maxSessions: number;
  /** Of all callers. */
  readonly maxOfAll: number;
  /** Milliseconds without a request after which a session is ended. */
  readonly idleMs: number;
  /** Ends one at the upstream. Never rejects. */
  readonly end: (session: Session) => Promise<void>;
  /** Called before a session is ended because it is idle. */
  readonly onIdle: (session: Session) => void;
}

/** The longest time between two scans for idle sessions. */
const LOOK_MS = 60_000;
/** The shortest time between two scans when there is no more room: each scan visits every session. */
const LOOK_AGAIN_MS = 1_000;

export class HeldSessions {
  readonly #options: HeldOptions;
  readonly #byCaller = new Map<string, Set<Session>>();
  /** Sessions that no id leads to any more: each is ended when its last request is done. */
  readonly #retired = new WeakSet<Session>();
  #size = 0;
  #looking: NodeJS.Timeout | undefined;
  /** `Date.now()` at the last scan, and when the first session that it kept may become idle for long enough to be ended. */
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
   * Holds a session. To be called before it is opened: otherwise many at once would exceed the bounds. Throws
   * `Throttled` if its caller has too many, or all callers together have.
   * @param instead a session of the same caller to end if there is no other room
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

  /** Stops holding a session, which has ended or which the client can end. */
  release(session: Session): void {
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

  /** No request can reach this session any more: it is ended as soon as none is under way in it. */
  retire(session: Session): void {
    if (session.inUse === 0 && this.has(session)) this.#end(session);
    else this.#retired.add(session);
  }

  /** Marks a request as under way in the session until the returned function is called. */
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

  /** No more calls come: from now on, each session is ended as soon as no request is under way in it. */
  closing(): void {
    this.#closing = true;
    for (const session of this.#all()) if (session.inUse === 0) this.#end(session);
  }

  /** Ends the remaining sessions. Settles when the upstream has answered for all; `end` must bound how long that takes. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const session of this.#all()) this.#end(session);
    await Promise.all(this.#ending);
  }

  #all(): Session[] {
    return [...this.#byCaller.values()].flatMap((sessions) => [...sessions]);
  }

  #end(session: Session): void {
    this.release(session);
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

  /** Returns the refusal if there is no room for one more. */
  #refusal(key: string): Throttled | undefined {
    const { maxSessions, maxOfAll, idleMs } = this.#options;
    const own = this.#byCaller.get(key);
    if (own !== undefined && own.size >= maxSessions) {
      const oldest = Math.min(...[...own].map(({ usedAt }) => usedAt));
      const message = `too many sessions: this caller has ${maxSessions} open, the maximum; end one that is no longer needed (DELETE), or try again later`;
      return new Throttled(Math.max(1_000, oldest + idleMs - Date.now()), message);
    }
    if (this.#size < maxOfAll) return undefined;
    if (Math.abs(Date.now() - this.#lookedAt) >= LOOK_AGAIN_MS) this.#look();
    if (this.#size < maxOfAll) return undefined;
    return new Throttled(
      Math.max(1_000, this.#roomAt - Date.now()),
      `too many sessions: all callers together have ${maxOfAll} open, the maximum; try again later`,
    );
  }
}
