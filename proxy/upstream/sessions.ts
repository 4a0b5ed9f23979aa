/**
 * Sessions with a legacy upstream: how they begin and end. `known-sessions.ts` has those that a client's ids lead to.
 *
 * A client's session is never replaced silently: a lost one is reported, unless the config says that the upstream keeps
 * no state.
 */
import { Cache } from '../base/cache.ts';
import type { ProxyError } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { log } from '../base/log.ts';
import { kernelRandom } from '../base/random.ts';
import type { Call } from '../call/call.ts';
import type { Caller } from '../call/caller.ts';
import type { Exchange } from '../call/exchange.ts';
import { HeldSessions } from './held.ts';
import { KnownSessions, MAX_KEY, MAX_SESSIONS } from './known-sessions.ts';
import { Restorable } from './restorable.ts';
import { Sealer } from './seal.ts';
import { platformKeys } from './session-ids.ts';
import { gone, newSession, type Session } from './session.ts';

export interface SessionsOptions {
  /** The upstream's name. */
  readonly upstream: string;
  readonly address: URL;
  readonly sealer: Sealer;
  /** The upstream is an AgentCore runtime, which tells sessions apart by its own header. */
  readonly isRuntime: boolean;
  /** The upstream keeps no state in its sessions: another one is as good. */
  readonly reopen: boolean;
  /** Maximum of held sessions per caller. */
  readonly maxSessions: number;
  /** Milliseconds without a request after which a held session is ended. */
  readonly sessionIdleMs: number;
  /**
   * Whether the session that a request names was never opened anywhere, so that opening it takes nothing away.
   * @default - never
   */
  readonly isNew?: ((exchange: Exchange) => boolean) | undefined;
  /** Sends `initialize` for a client; notes the id and version that come back. */
  readonly initialize: (call: Call, session: Session) => Promise<void>;
  /** Tells the upstream that the session is in use now. */
  readonly initialized: (call: Call, session: Session) => Promise<void>;
  /** Ends a session at the upstream. Never rejects. */
  readonly end: (session: Session) => Promise<void>;
}

export class Sessions {
  readonly held: HeldSessions;
  readonly restorable = new Restorable();
  readonly #options: SessionsOptions;
  readonly #known: KnownSessions;
  readonly #opening = new Map<string, Promise<Session>>();
  /** Ids per client for an upstream that is a runtime, if there is no session. */
  readonly #runtimeIds = new Cache<string>({ maxBytes: 8 * 1024 * 1024, maxKey: MAX_KEY, maxEntries: MAX_SESSIONS });
  /** Whether the upstream's last `initialize` gave a session id. */
  #givesIds = false;
  #advisedReopen = false;
  #named = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    const { maxSessions, sessionIdleMs: idleMs, end, upstream, address, sealer } = options;
    this.held = new HeldSessions({
      maxSessions,
      maxOfAll: MAX_SESSIONS,
      idleMs,
      end,
      onIdle: (session) => this.#idle(session),
    });
    this.#known = new KnownSessions({
      upstream,
      address,
      sealer,
      unnamed: (session) => this.held.retire(session),
      fromElsewhere: (caller, runtimeSessionId) => newSession(caller, ++this.#named, runtimeSessionId, false),
    });
  }

  /**
   * Returns the session of a legacy request; undefined if it has none. Throws `session-not-found` if the session is gone,
   * or if the upstream keeps sessions and this process never saw this one opened: a new one might have another database,
   * or another user's cart.
   */
  find(call: Call): Session | undefined | Promise<Session> {
    const { exchange } = call;
    const known = this.#known.find(exchange);
    if (known !== undefined) {
      if (known.ended !== undefined) throw gone(known.ended);
      known.clientVersion = versionIn(exchange) ?? known.clientVersion;
      return known;
    }
    const { sessionId, runtimeSessionId } = exchange.inbound;
    if (sessionId !== undefined && runtimeSessionId === undefined && Sealer.looksSealed(sessionId)) throw gone();
    const keys = platformKeys(exchange);
    const [first] = keys;
    if (first === undefined) return undefined;
    if (call.kind === 'end' || (this.#givesIds && !this.#mayOpen(exchange))) throw gone();
    let opening = this.#opening.get(first);
    if (opening === undefined) {
      opening = this.#open(call, keys).finally(() => this.#opening.delete(first));
      this.#opening.set(first, opening);
    }
    return opening;
  }

  /** Whether the request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean {
    const session = this.#known.find(exchange);
    return session !== undefined && session.id !== undefined && session.ended === undefined && !session.lapsed;
  }

  /** Whether the client of a request's session declared URL elicitation. Undefined: the request is of no known session. */
  takesUrls(exchange: Exchange): boolean | undefined {
    return this.#known.find(exchange)?.takesUrls;
  }

  /** A client's `initialize` is about to be sent. Throws `Throttled` if its caller has too many sessions. */
  beginning(exchange: Exchange): Session {
    const session = this.#new(exchange.caller, false);
    session.clientVersion = versionIn(exchange);
    const keys = platformKeys(exchange);
    // If there is no other room, the session that this one replaces makes room.
    if (keys.length > 0)
      this.held.hold(
        session,
        this.#known.of(keys).find((before) => before !== undefined && this.held.has(before)),
      );
    return session;
  }

  /** The client's `initialize` opened no session. */
  failed(session: Session): void {
    this.held.release(session);
  }

  /**
   * The client's `initialize` opened the session.
   * @param params its parameters as JSON text
   * @returns the id to hand to the client, if any
   */
  opened(exchange: Exchange, session: Session, id: string | undefined, params: string | undefined): string | undefined {
    this.#givesIds = id !== undefined;
    // Else it would hold all headers that it was cut from.
    session.id = id === undefined ? undefined : flat(id);
    if (this.#options.reopen) this.restorable.opened(session, params);
    const keys = platformKeys(exchange);
    for (const key of keys) this.#known.place(key, session);
    const handed = this.#known.handOut(exchange, session, keys.length > 0);
    const survives = handed !== undefined && Sealer.looksSealed(handed) && this.#options.sealer.shared;
    if (id === undefined || keys.length === 0 || survives) this.held.release(session);
    else if (session.names === 0) this.held.retire(session);
    return handed;
  }

  /** The upstream no longer knows the session. Returns the error for its client. */
  lost(session: Session): ProxyError {
    this.#end(session, 'lost');
    this.#adviseReopen('the upstream no longer knows a session');
    return gone('lost');
  }

  /** The client ended the session: under none of its ids may it be opened again. */
  endedByClient(session: Session): void {
    this.#end(session, 'client');
  }

  /**
   * Returns the session header for an upstream that is an AgentCore runtime: stable per session, or per client without
   * one. At least 33 characters, as that API demands.
   */
  runtimeSessionId({ inbound, caller }: Exchange, session: Session | undefined): string | undefined {
    if (!this.#options.isRuntime) return undefined;
    if (session?.runtimeSessionId !== undefined) return session.runtimeSessionId;
    return this.#runtimeIds.getOrMake(
      `${inbound.runtimeSessionId ?? inbound.sessionId ?? ''}\n${caller.key}`,
      newRuntimeId,
    );
  }

  /** Returns a name that identifies the session of a request, whichever of its ids was sent; undefined if none is known. */
  nameOf(exchange: Exchange): string | undefined {
    const session = this.#known.find(exchange);
    return session === undefined ? undefined : (session.id ?? `#${session.serial}`);
  }

  /** The number of remembered sessions, for a soak test. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * Opens a session for a platform session whose `initialize` this process never saw. If the upstream gives no id, it
   * can replace the first; otherwise it can't.
   */
  async #open(call: Call, keys: readonly string[]): Promise<Session> {
    const session = this.#new(call.caller, true);
    this.held.hold(session);
    try {
      await this.#options.initialize(call, session);
    } catch (error) {
      this.held.release(session);
      throw error;
    }
    this.#givesIds = session.id !== undefined;
    if (this.#givesIds && !this.#mayOpen(call.exchange)) {
      this.held.release(session);
      await this.#options.end(session);
      this.#adviseReopen('this process never saw a session opened');
      throw gone();
    }
    // The client's own initialize may have arrived meanwhile.
    const other = this.#known.find(call.exchange);
    if (other !== undefined && other.ended === undefined) {
      this.held.retire(session);
      return other;
    }
    if (session.id === undefined) this.held.release(session);
    for (const key of keys) this.#known.place(key, session);
    await this.#options.initialized(call, session);
    return session;
  }

  /** If the upstream keeps no state, the session can be reopened unnoticed. */
  #idle(session: Session): void {
    if (this.#options.reopen && this.restorable.of(session) !== undefined) session.lapsed = true;
    else this.#end(session, 'idle');
  }

  #end(session: Session, why: NonNullable<Session['ended']>): void {
    session.ended ??= why;
    session.initialize = undefined;
    this.restorable.forget(session);
    this.held.release(session);
  }

  #mayOpen(exchange: Exchange): boolean {
    return this.#options.reopen || this.#options.isNew?.(exchange) === true;
  }

  #adviseReopen(what: string): void {
    if (this.#options.reopen || this.#advisedReopen) return;
    this.#advisedReopen = true;
    const advice =
      'if this upstream keeps no state in its sessions, set reopen: true on it in proxy.config.ts, and the proxy opens lost sessions again';
    log.warn(`${what}: its client has to start a new one (HTTP 404, MCP session management); ${advice}`, {
      event: 'session-lost',
      upstream: this.#options.upstream,
    });
  }

  #new(caller: Caller, byProxy: boolean): Session {
    return newSession(caller, ++this.#named, this.#options.isRuntime ? newRuntimeId() : undefined, byProxy);
  }
}

/** Checked, since a header may hold anything. */
function versionIn({ inbound: { protocolVersion } }: Exchange): string | undefined {
  return protocolVersion !== undefined && protocolVersion.length <= 32 ? protocolVersion : undefined;
}

function newRuntimeId(): string {
  return kernelRandom(24).toString('hex');
}
