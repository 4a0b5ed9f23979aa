/**
 * Sessions with a legacy upstream, and how the client's requests find theirs.
 *
 * Without a platform in front, the upstream's session id is handed out sealed, and nothing need be remembered. Behind
 * the platform (AgentCore Runtime), each of its sessions has a microVM of its own and ids of its own making: there the
 * upstream's session is kept in memory under every platform id the client came with. An id is never forwarded to an
 * upstream that didn't issue it, and a session is never shared between callers.
 */
import type { Exchange } from '../call.ts';
import { ProxyError } from '../errors.ts';
import { isObject } from '../json/lossless.ts';
import { checkJson } from '../json/strict.ts';
import { kernelRandom } from '../random.ts';
import { Sealer } from './seal.ts';

/** One session with the upstream, as its client knows it; what the upstream calls it may change when it is reopened. */
export interface Session {
  /** The upstream's `Mcp-Session-Id`; undefined where it gave none. */
  id: string | undefined;
  /** The version negotiated when the proxy itself opened or reopened it; else the client's own word goes. */
  version: string | undefined;
  /** Keeps all requests of the session in one microVM of an upstream that is itself an AgentCore runtime. */
  readonly runtimeSessionId: string | undefined;
  /** The client's `initialize` parameters as JSON text, to open the session again; undefined where they weren't seen. */
  readonly initialize: string | undefined;
  /** Set while it is being reopened: one flight for all calls that wait for it. */
  reopening: Promise<void> | undefined;
  /** The client ended it: whatever id it goes by, it must not be opened again. */
  ended: boolean;
}

/** Sessions remembered: behind the platform there is about one per process. */
const MAX_SESSIONS = 10_000;
/** Parameters larger than this stay out of the sealed id, which travels with every request. */
const MAX_SEALED_PARAMS = 1024;

export class Sessions {
  readonly #upstream: string;
  readonly #sealer: Sealer;
  readonly #isRuntime: boolean;
  /** By sealed id and caller, and by platform id and caller. */
  readonly #known = new Map<string, Session>();
  readonly #opening = new Map<string, Promise<Session>>();
  /** Names of the sessions that the upstream gave no id. */
  readonly #serials = new WeakMap<Session, number>();
  #named = 0;

  /** @param isRuntime the upstream is an AgentCore runtime, which keeps sessions apart by a header of its own */
  constructor(upstream: string, sealer: Sealer, isRuntime: boolean) {
    this.#upstream = upstream;
    this.#sealer = sealer;
    this.#isRuntime = isRuntime;
  }

  /**
   * The session of a legacy request; undefined where it has none.
   * @param open opens one with the upstream, for a platform session whose `initialize` this process never saw
   */
  find(exchange: Exchange, open: () => Promise<Session>): Session | undefined | Promise<Session> {
    const known = this.#find(exchange);
    if (known !== undefined) {
      if (known.ended) throw unknown();
      return known;
    }
    const { sessionId, runtimeSessionId } = exchange.inbound;
    if (sessionId !== undefined && runtimeSessionId === undefined && Sealer.looksSealed(sessionId)) throw unknown();
    const keys = platformKeys(exchange);
    const [first] = keys;
    if (first === undefined) return undefined;
    let opening = this.#opening.get(first);
    if (opening === undefined) {
      opening = open()
        .then((session) => {
          for (const key of keys) this.#remember(key, session);
          return session;
        })
        .finally(() => this.#opening.delete(first));
      this.#opening.set(first, opening);
    }
    return opening;
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
   * Takes note of a session that the client's own `initialize` opened.
   * @param params its parameters as JSON text
   * @returns the id to hand to the client, if any
   */
  opened(exchange: Exchange, id: string | undefined, runtimeSessionId: string | undefined, params: string | undefined): string | undefined {
    const session: Session = { id, version: undefined, runtimeSessionId, initialize: params, reopening: undefined, ended: false };
    const platform = platformKeys(exchange);
    for (const key of platform) this.#remember(key, session);
    if (id === undefined && (platform.length > 0 || runtimeSessionId === undefined)) return undefined;
    const { sessionId } = exchange.inbound;
    // The platform's own id brings the client's next request back to this microVM; ours would not.
    if (sessionId !== undefined && !Sealer.looksSealed(sessionId)) return sessionId;
    const sealed = this.#sealer.seal(
      JSON.stringify({ i: id, r: runtimeSessionId, p: params !== undefined && params.length <= MAX_SEALED_PARAMS ? params : undefined }),
      this.#binding(exchange),
    );
    this.#remember(this.#sealedKey(sealed, exchange), session);
    return sealed;
  }

  /**
   * The session header towards an upstream that is an AgentCore runtime: stable per session; without one, per client.
   * At least 33 characters, as that API demands.
   */
  runtimeSessionId(exchange: Exchange, session: Session | undefined): string | undefined {
    if (!this.#isRuntime) return undefined;
    if (session?.runtimeSessionId !== undefined) return session.runtimeSessionId;
    const key = `client\n${exchange.inbound.runtimeSessionId ?? exchange.inbound.sessionId ?? ''}\n${exchange.caller.key}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.newSession();
      this.#remember(key, known);
    }
    return known.runtimeSessionId;
  }

  /** A session about to be opened. */
  newSession(): Session {
    return {
      id: undefined,
      version: undefined,
      runtimeSessionId: this.#isRuntime ? kernelRandom(24).toString('hex') : undefined,
      initialize: undefined,
      reopening: undefined,
      ended: false,
    };
  }

  /**
   * What tells the session that a request is in from any other, whichever of its ids the client names it by; undefined where
   * it isn't known yet, or there is none.
   */
  nameOf(exchange: Exchange): string | undefined {
    const session = this.#find(exchange);
    return session === undefined ? undefined : (session.id ?? `#${this.#serialOf(session)}`);
  }

  /** How many sessions are remembered, for a soak test. */
  get size(): number {
    return this.#known.size;
  }

  #unseal(sealed: string, exchange: Exchange): Session | undefined {
    const key = this.#sealedKey(sealed, exchange);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const payload = this.#sealer.open(sealed, this.#binding(exchange));
    if (payload === undefined) return undefined;
    const value = parse(payload);
    const session: Session = {
      id: text(value, 'i'),
      version: undefined,
      runtimeSessionId: text(value, 'r'),
      initialize: text(value, 'p'),
      reopening: undefined,
      ended: false,
    };
    this.#remember(key, session);
    return session;
  }

  #serialOf(session: Session): number {
    let serial = this.#serials.get(session);
    if (serial === undefined) this.#serials.set(session, (serial = ++this.#named));
    return serial;
  }

  #sealedKey(sealed: string, exchange: Exchange): string {
    return `sealed\n${sealed}\n${exchange.caller.key}`;
  }

  #binding(exchange: Exchange): string {
    return `${this.#upstream}\n${exchange.caller.key}`;
  }

  #remember(key: string, session: Session): void {
    this.#known.delete(key);
    this.#known.set(key, session);
    if (this.#known.size <= MAX_SESSIONS) return;
    const oldest = this.#known.keys().next();
    if (oldest.done !== true) this.#known.delete(oldest.value);
  }
}

function unknown(): ProxyError {
  return new ProxyError('session-not-found', 'this session is not known here: initialize again, without a session id');
}

/** The platform's names for the client's session: its own header, and any session id that isn't ours. */
function platformKeys({ inbound, caller }: Exchange): string[] {
  const keys: string[] = [];
  if (inbound.runtimeSessionId !== undefined) keys.push(`platform\n${inbound.runtimeSessionId}\n${caller.key}`);
  if (inbound.sessionId !== undefined && (inbound.runtimeSessionId !== undefined || !Sealer.looksSealed(inbound.sessionId))) {
    keys.push(`platform\n${inbound.sessionId}\n${caller.key}`);
  }
  return keys;
}

function parse(payload: string): unknown {
  checkJson(payload);
  return JSON.parse(payload);
}

function text(value: unknown, member: string): string | undefined {
  const found = isObject(value) ? value[member] : undefined;
  return typeof found === 'string' ? found : undefined;
}
