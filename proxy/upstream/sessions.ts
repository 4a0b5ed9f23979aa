/**
 * Sessions with a legacy upstream, and how the client's requests find theirs.
 *
 * Without a platform in front, the upstream's session id is handed out sealed, and nothing need be remembered. Behind
 * the platform (AgentCore Runtime), each of its sessions has a microVM of its own and ids of its own making: there the
 * upstream's session is kept in memory under every platform id the client came with. An id is never forwarded to an
 * upstream that didn't issue it, and a session is never shared between callers.
 *
 * A client's session is never replaced by another one behind its back: a lost one is told, unless the upstream is said
 * to keep no state.
 */
import { Cache } from '../base/cache.ts';
import type { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { kernelRandom } from '../base/random.ts';
import type { Call } from '../call/call.ts';
import { type Caller, weightOfCaller } from '../call/caller.ts';
import type { Exchange } from '../call/exchange.ts';
import { HeldSessions } from './held.ts';
import { Restorable } from './restorable.ts';
import { Sealer } from './seal.ts';
import { payloadOf, platformKeys, readPayload } from './session-ids.ts';
import { gone, newSession, type Session } from './session.ts';

export interface SessionsOptions {
  /** The upstream's name. */
  readonly upstream: string;
  readonly sealer: Sealer;
  /** The upstream is an AgentCore runtime, which keeps sessions apart by a header of its own. */
  readonly isRuntime: boolean;
  /** The upstream keeps no state in its sessions: another one is as good. */
  readonly reopen: boolean;
  /** Sessions of one caller that the proxy has to end. */
  readonly maxSessions: number;
  /** Milliseconds after which such a session is ended. */
  readonly sessionIdleMs: number;
  /** Sends `initialize` for a client; notes the id and version that come back. */
  readonly initialize: (call: Call, session: Session) => Promise<void>;
  /** Tells the upstream that the session is in use now. */
  readonly initialized: (call: Call, session: Session) => Promise<void>;
  /** Ends a session at the upstream. Never rejects. */
  readonly end: (session: Session) => Promise<void>;
}

/**
 * Ids of sessions remembered, and what they may take together; and sessions that the proxy has to end, of all callers.
 */
const MAX_SESSIONS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** A sealed id with its caller. */
const MAX_KEY = 4096;

export class Sessions {
  readonly held: HeldSessions;
  readonly restorable = new Restorable();
  readonly #options: SessionsOptions;
  /**
   * By sealed id and caller, and by platform id and caller. What has ended stays for a while: its ids must not lead to
   * another.
   */
  readonly #known = new Cache<Session>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_SESSIONS,
    weigh: ({ id = '', initialize = '', caller }) => 512 + 2 * (id.length + initialize.length) + weightOfCaller(caller),
  });
  readonly #opening = new Map<string, Promise<Session>>();
  /** Ids for an upstream that is a runtime, by client, where there is no session. */
  readonly #runtimeIds = new Cache<string>({ maxBytes: 8 * 1024 * 1024, maxKey: MAX_KEY, maxEntries: MAX_SESSIONS });
  /** Whether the upstream's last `initialize` gave a session id. */
  #givesIds = false;
  #toldOfReopen = false;
  #named = 0;

  constructor(options: SessionsOptions) {
    this.#options = options;
    const { maxSessions, sessionIdleMs: idleMs, end } = options;
    this.held = new HeldSessions({
      maxSessions,
      maxOfAll: MAX_SESSIONS,
      idleMs,
      end,
      onIdle: (session) => this.#idle(session),
    });
  }

  /**
   * The session of a legacy request; undefined where it has none. Throws `session-not-found` where that is gone, or
   * where the upstream keeps sessions and this process never saw it opened: another one may be another database, or
   * another user's cart.
   */
  find(call: Call): Session | undefined | Promise<Session> {
    const { exchange } = call;
    const known = this.#find(exchange);
    if (known !== undefined) {
      if (known.ended !== undefined) throw gone(known.ended);
      known.spoken = spokenIn(exchange) ?? known.spoken;
      return known;
    }
    const { sessionId, runtimeSessionId } = exchange.inbound;
    if (sessionId !== undefined && runtimeSessionId === undefined && Sealer.looksSealed(sessionId)) throw gone();
    const keys = platformKeys(exchange);
    const [first] = keys;
    if (first === undefined) return undefined;
    if (call.kind === 'end' || (this.#givesIds && !this.#options.reopen)) throw gone();
    let opening = this.#opening.get(first);
    if (opening === undefined) {
      opening = this.#open(call, keys).finally(() => this.#opening.delete(first));
      this.#opening.set(first, opening);
    }
    return opening;
  }

  /** Whether the request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean {
    const session = this.#find(exchange);
    return session !== undefined && session.id !== undefined && session.ended === undefined && !session.lapsed;
  }

  /** A client's `initialize` is about to leave. Throws `Throttled` where its caller has too many sessions. */
  beginning(exchange: Exchange): Session {
    const session = this.#new(exchange.caller, false);
    session.spoken = spokenIn(exchange);
    const keys = platformKeys(exchange);
    // One that this takes the place of makes room where there is no other.
    if (keys.length > 0)
      this.held.hold(
        session,
        keys.map((key) => this.#known.get(key)).find((before) => before !== undefined && this.held.has(before)),
      );
    return session;
  }

  /** That `initialize` gave no session. */
  failed(session: Session): void {
    this.held.letGo(session);
  }

  /**
   * That `initialize` gave one.
   * @param params its parameters as JSON text
   * @returns the id to hand to the client, if any
   */
  opened(exchange: Exchange, session: Session, id: string | undefined, params: string | undefined): string | undefined {
    this.#givesIds = id !== undefined;
    session.id = id;
    if (this.#options.reopen) this.restorable.opened(session, params);
    const keys = platformKeys(exchange);
    for (const key of keys) this.#place(key, session);
    const handed = this.#handOut(exchange, session, keys.length > 0);
    const survives = handed !== undefined && Sealer.looksSealed(handed) && this.#options.sealer.shared;
    if (id === undefined || keys.length === 0 || survives) this.held.letGo(session);
    else if (session.names === 0) this.held.retire(session);
    return handed;
  }

  /** The upstream no longer knows the session: what its client is told. */
  lost(session: Session): ProxyError {
    this.#end(session, 'lost');
    this.#tellOfReopen('the upstream no longer knows a session');
    return gone('lost');
  }

  /** Its client ended it: whatever id it goes by, it must not be opened again. */
  endedByClient(session: Session): void {
    this.#end(session, 'client');
  }

  /**
   * The session header towards an upstream that is an AgentCore runtime: stable per session; without one, per client.
   * At least 33 characters, as that API demands.
   */
  runtimeSessionId({ inbound, caller }: Exchange, session: Session | undefined): string | undefined {
    if (!this.#options.isRuntime) return undefined;
    if (session?.runtimeSessionId !== undefined) return session.runtimeSessionId;
    return this.#runtimeIds.getOrMake(
      `${inbound.runtimeSessionId ?? inbound.sessionId ?? ''}\n${caller.key}`,
      newRuntimeId,
    );
  }

  /**
   * What tells the session that a request is in from any other, whichever of its ids the client names it by; undefined
   * where it isn't known yet, or there is none.
   */
  nameOf(exchange: Exchange): string | undefined {
    const session = this.#find(exchange);
    return session === undefined ? undefined : (session.id ?? `#${session.serial}`);
  }

  /** How many sessions are remembered, for a soak test. */
  get size(): number {
    return this.#known.size;
  }

  #find(exchange: Exchange): Session | undefined {
    const { sessionId } = exchange.inbound;
    if (sessionId !== undefined && Sealer.looksSealed(sessionId)) {
      const session = this.#unseal(sessionId, exchange);
      if (session !== undefined) return session;
    }
    for (const key of platformKeys(exchange)) {
      const session = this.#known.get(key);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /**
   * For a platform session whose `initialize` this process never saw. One without an id is as good as the first; any
   * other is not.
   */
  async #open(call: Call, keys: readonly string[]): Promise<Session> {
    const session = this.#new(call.caller, true);
    this.held.hold(session);
    try {
      await this.#options.initialize(call, session);
    } catch (error) {
      this.held.letGo(session);
      throw error;
    }
    this.#givesIds = session.id !== undefined;
    if (this.#givesIds && !this.#options.reopen) {
      this.held.letGo(session);
      await this.#options.end(session);
      this.#tellOfReopen('this process never saw a session opened');
      throw gone();
    }
    // The client's own initialize may have come meanwhile.
    const other = this.#find(call.exchange);
    if (other !== undefined && other.ended === undefined) {
      this.held.retire(session);
      return other;
    }
    if (session.id === undefined) this.held.letGo(session);
    for (const key of keys) this.#place(key, session);
    await this.#options.initialized(call, session);
    return session;
  }

  /**
   * A key leads to the session whose `initialize` left last, not to the one that was answered last: that one's client
   * has given up on it.
   */
  #place(key: string, session: Session): void {
    const before = this.#known.get(key);
    if (before !== undefined && !before.byProxy && before.serial > session.serial) return;
    if (!this.#known.set(key, session)) return;
    session.names++;
    if (before === undefined || --before.names > 0) return;
    this.held.retire(before);
  }

  #handOut(exchange: Exchange, session: Session, fromPlatform: boolean): string | undefined {
    if (session.id === undefined && (fromPlatform || session.runtimeSessionId === undefined)) return undefined;
    const { sessionId } = exchange.inbound;
    // The platform's own id brings the client's next request back to this microVM; ours would not.
    if (sessionId !== undefined && !Sealer.looksSealed(sessionId)) return sessionId;
    const sealed = this.#options.sealer.seal(payloadOf(session), this.#binding(exchange));
    session.names++;
    this.#known.set(this.#sealedKey(sealed, exchange), session);
    return sealed;
  }

  #unseal(sealed: string, exchange: Exchange): Session | undefined {
    const key = this.#sealedKey(sealed, exchange);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const payload = this.#options.sealer.open(sealed, this.#binding(exchange));
    if (payload === undefined) return undefined;
    const { id, runtimeSessionId, initialize, partlyKnown } = readPayload(payload);
    const session: Session = {
      ...newSession(exchange.caller, ++this.#named, runtimeSessionId, false),
      id,
      initialize,
      partlyKnown,
      names: 1,
    };
    this.#known.set(key, session);
    return session;
  }

  /** Where the upstream keeps no state, nobody need notice. */
  #idle(session: Session): void {
    if (this.#options.reopen && this.restorable.of(session) !== undefined) session.lapsed = true;
    else this.#end(session, 'idle');
  }

  #end(session: Session, why: NonNullable<Session['ended']>): void {
    session.ended ??= why;
    session.initialize = undefined;
    this.restorable.forget(session);
    this.held.letGo(session);
  }

  #tellOfReopen(what: string): void {
    if (this.#options.reopen || this.#toldOfReopen) return;
    this.#toldOfReopen = true;
    const advice =
      'if this upstream keeps no state in its sessions, set reopen: true on it in proxy.config.ts, and they are opened again unnoticed';
    log.warn(`${what}: its client is told to start a new one (HTTP 404, MCP session management); ${advice}`, {
      event: 'session-lost',
      upstream: this.#options.upstream,
    });
  }

  #new(caller: Caller, byProxy: boolean): Session {
    return newSession(caller, ++this.#named, this.#options.isRuntime ? newRuntimeId() : undefined, byProxy);
  }

  #sealedKey(sealed: string, exchange: Exchange): string {
    return `sealed\n${sealed}\n${exchange.caller.key}`;
  }

  #binding(exchange: Exchange): string {
    return `${this.#options.upstream}\n${exchange.caller.key}`;
  }
}

/** As it is a header, it may be anything. */
function spokenIn({ inbound: { protocolVersion } }: Exchange): string | undefined {
  return protocolVersion !== undefined && protocolVersion.length <= 32 ? protocolVersion : undefined;
}

function newRuntimeId(): string {
  return kernelRandom(24).toString('hex');
}
