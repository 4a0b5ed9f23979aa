/**
 * The sessions that clients' ids lead to.
 *
 * Without a platform in front, the client gets the upstream's session id sealed, and the proxy need not remember it. On
 * AgentCore Runtime, each platform session has its own microVM and ids: there the upstream's session is kept in memory
 * under every platform id with which the client came. An id is never forwarded to an upstream that didn't issue it, and
 * a session is never shared between callers.
 */
import { Cache } from '../base/cache.ts';
import { type Caller, weightOfCaller } from '../call/caller.ts';
import type { Exchange } from '../call/exchange.ts';
import { Sealer } from './seal.ts';
import { payloadOf, platformKeys, readPayload } from './session-ids.ts';
import type { Session } from './session.ts';

export interface KnownSessionsOptions {
  /** The upstream's name. */
  readonly upstream: string;
  readonly address: URL;
  readonly sealer: Sealer;
  /** No id leads to the session any more. */
  readonly unnamed: (session: Session) => void;
  /** A session that another process opened, or this one before it forgot it. */
  readonly fromElsewhere: (caller: Caller, runtimeSessionId: string | undefined) => Session;
}

/** Bounds of the remembered session ids, and of the held sessions of all callers together. */
export const MAX_SESSIONS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Characters of a sealed id with its caller. */
export const MAX_KEY = 4096;

export class KnownSessions {
  readonly #options: KnownSessionsOptions;
  /** By sealed id and caller, and by platform id and caller. Ended ones stay for a while: their ids must not lead to another. */
  readonly #byKey = new Cache<Session>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_SESSIONS,
    weigh: ({ id = '', initialize = '', caller }) => 512 + 2 * (id.length + initialize.length) + weightOfCaller(caller),
  });

  constructor(options: KnownSessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The session that a request names, also if it has ended. */
  find(exchange: Exchange): Session | undefined {
    const { sessionId } = exchange.inbound;
    if (sessionId !== undefined && Sealer.looksSealed(sessionId)) {
      const session = this.#unseal(sessionId, exchange);
      if (session !== undefined) return session;
    }
    for (const key of platformKeys(exchange)) {
      const session = this.#byKey.get(key);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /** The session of each key that leads to one. */
  of(keys: readonly string[]): readonly (Session | undefined)[] {
    return keys.map((key) => this.#byKey.get(key));
  }

  /** A key leads to the session whose `initialize` was sent last, not answered last: the client has given up the other. */
  place(key: string, session: Session): void {
    const before = this.#byKey.get(key);
    if (before !== undefined && !before.byProxy && before.serial > session.serial) return;
    if (!this.#byKey.set(key, session)) return;
    session.names++;
    if (before === undefined || --before.names > 0) return;
    this.#options.unnamed(before);
  }

  /** The id to hand to the client; undefined: the session has none. */
  handOut(exchange: Exchange, session: Session, fromPlatform: boolean): string | undefined {
    if (session.id === undefined && (fromPlatform || session.runtimeSessionId === undefined)) return undefined;
    const { sessionId } = exchange.inbound;
    // The platform's own id brings the client's next request back to this microVM; ours would not.
    if (sessionId !== undefined && !Sealer.looksSealed(sessionId)) return sessionId;
    const sealed = this.#options.sealer.seal(payloadOf(session), this.#binding(exchange));
    session.names++;
    this.#byKey.set(this.#sealedKey(sealed, exchange), session);
    return sealed;
  }

  #unseal(sealed: string, exchange: Exchange): Session | undefined {
    const key = this.#sealedKey(sealed, exchange);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const payload = this.#options.sealer.open(sealed, this.#binding(exchange));
    if (payload === undefined) return undefined;
    const { id, runtimeSessionId, initialize, partlyKnown, takesUrls } = readPayload(payload);
    const session: Session = {
      ...this.#options.fromElsewhere(exchange.caller, runtimeSessionId),
      id,
      initialize,
      partlyKnown,
      takesUrls,
      names: 1,
    };
    this.#byKey.set(key, session);
    return session;
  }

  #sealedKey(sealed: string, exchange: Exchange): string {
    return `sealed\n${sealed}\n${exchange.caller.key}`;
  }

  /** With the address: other proxies may share the secret and call another server by the same name. */
  #binding({ caller }: Exchange): string {
    const { upstream, address } = this.#options;
    return `${upstream}\n${address.href}\n${caller.key}`;
  }
}
