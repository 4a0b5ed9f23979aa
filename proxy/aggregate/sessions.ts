/**
 * The client's session, which holds one session of each legacy upstream.
 *
 * Without a platform in front, the id that the client gets holds the upstreams' ids, sealed (AES-256-GCM) and bound to its
 * caller: any process that has the key can serve any request. Behind the platform, each upstream's session is kept in memory
 * under the platform's id, as with one upstream.
 *
 * The id is fixed by `initialize`. The session of an upstream that was down then is opened at its first use and lives in the
 * memory of the process that opened it; another process opens its own. The id also says at which addresses the
 * upstreams were: a session is never shown to a server that didn't open it.
 */
import { Cache } from '../base/cache.ts';
import { kernelRandom } from '../base/random.ts';
import type { Exchange } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonValue } from '../json/value.ts';
import { Sealer } from '../upstream/seal.ts';
import { platformKeys } from '../upstream/session-ids.ts';
import { gone } from '../upstream/session.ts';
import type { MemberSession } from './member.ts';
import { PLACE, type Places } from './places.ts';

const SEALED = 'mcps1.';
const MAX_SESSIONS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_KEY = 8 * 1024;

let secret: string | undefined;

/** Stands in ids that only the proxy itself hands to the upstreams' layers: clients send any header that they like. */
function unguessable(): string {
  return (secret ??= kernelRandom(16).toString('hex'));
}

function sealedPart(payload: string): string {
  return `${SEALED}${unguessable()}.${payload}`;
}

/** What {@link sealedPart} was given; undefined: it didn't make this. */
function payloadOf(id: string): string | undefined {
  const start = sealedPart('');
  return id.startsWith(start) ? id.slice(start.length) : undefined;
}

/** Begins the id by which an upstream's layer knows a session that is opened after `initialize`. */
function late(): string {
  return `late-${unguessable()}-`;
}

/**
 * What the upstreams' layers hand out and take instead of a sealed id: their part of the client's id, which is sealed as a
 * whole.
 */
export class PartSealer extends Sealer {
  override readonly shared: boolean;

  constructor(whole: Sealer) {
    super();
    this.shared = whole.shared;
  }

  override seal(payload: string): string {
    return sealedPart(payload);
  }

  override open(id: string): string | undefined {
    return payloadOf(id);
  }
}

export function isLate(sessionId: string | undefined): boolean {
  return sessionId?.startsWith(late()) === true;
}

/** What one upstream gave at `initialize`. */
export interface Opened {
  readonly upstream: string;
  /** As its layer handed it out. */
  readonly id: string | undefined;
  readonly version: string | undefined;
}

export interface ClientSession {
  /** What tells it from any other. */
  readonly key: string;
  of(upstream: string): MemberSession;
}

export class ClientSessions {
  readonly #sealer: Sealer;
  readonly #places: Places;
  /** Ended ones stay for a while: no upstream may open a session under their ids again. */
  readonly #open = new Cache<ClientSession | typeof ENDED>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_SESSIONS,
    weigh: () => 4096,
  });
  /** By platform id: the versions that the upstreams negotiated, whether or not the session has ended. */
  readonly #versions = new Cache<Negotiated>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    maxEntries: MAX_SESSIONS,
    weigh: (negotiated) => (negotiated === ENDED ? 0 : 128 * negotiated.size),
  });

  constructor(sealer: Sealer, places: Places) {
    this.#sealer = sealer;
    this.#places = places;
  }

  /** The session that a request names; undefined: it names none. Throws `session-not-found`. */
  of(exchange: Exchange): ClientSession | undefined {
    const { sessionId, runtimeSessionId } = exchange.inbound;
    if (exchange.era === 'modern') return undefined;
    if (sessionId !== undefined && Sealer.looksSealed(sessionId)) {
      const session = this.#unsealed(sessionId, exchange);
      if (session !== undefined) return session;
      if (runtimeSessionId === undefined) throw gone();
    }
    const [key] = platformKeys(exchange);
    if (key === undefined) return undefined;
    const negotiated = this.#versions.get(key);
    if (negotiated === ENDED) throw gone('client');
    // An upstream that was down while this process opened the others' sessions.
    const isLater = (upstream: string): boolean => negotiated?.has(upstream) === false;
    return {
      key,
      of: (upstream) => (isLater(upstream) ? laterSession(key) : { id: sessionId, version: negotiated?.get(upstream) }),
    };
  }

  /** The client ended its session: none of its ids leads to one again. */
  ended(exchange: Exchange): void {
    const { sessionId } = exchange.inbound;
    if (sessionId !== undefined && Sealer.looksSealed(sessionId)) this.#open.set(keyOf(sessionId, exchange), ENDED);
    for (const key of platformKeys(exchange)) this.#versions.set(key, ENDED);
  }

  /**
   * `initialize` opened sessions.
   * @param version that the client got
   * @returns the id for the client; undefined: it needs none
   */
  opened(exchange: Exchange, opened: readonly Opened[], version: string, someFailed: boolean): string | undefined {
    const negotiated = opened.flatMap(({ upstream, version: own }) =>
      own === undefined ? [] : [[upstream, own] as const],
    );
    for (const key of platformKeys(exchange)) this.#versions.set(key, new Map(negotiated));
    const { sessionId } = exchange.inbound;
    if (sessionId !== undefined && !Sealer.looksSealed(sessionId)) return sessionId;
    const isPlain = opened.every(({ id, version: own }) => id === undefined && (own ?? version) === version);
    if (isPlain && !someFailed) return undefined;
    const versions = byFrequency(opened.map(({ version: own = version }) => own));
    const payload: Record<string, JsonValue> = {};
    let initialize: string | undefined;
    for (const { upstream, id, version: own = version } of opened) {
      const { part, params } = partOf(id);
      const at = versions.indexOf(own);
      payload[upstream] = at === 0 ? part : [part, at];
      // All upstreams got the same parameters from this client.
      initialize ??= params;
    }
    const places = opened.map(({ upstream }) => this.#places.of(upstream)).join('');
    payload[SHARED] = [versions, places, ...(initialize === undefined ? [] : [initialize])];
    return this.#sealer.seal(JSON.stringify(payload), bindingOf(exchange));
  }

  #unsealed(sealed: string, exchange: Exchange): ClientSession | undefined {
    const key = keyOf(sealed, exchange);
    const known = this.#open.get(key);
    if (known === ENDED) throw gone('client');
    if (known !== undefined) return known;
    const payload = this.#sealer.open(sealed, bindingOf(exchange));
    const parts = payload === undefined ? undefined : readParts(payload, this.#places);
    if (parts === undefined) return undefined;
    const later = laterSession(sealed);
    const session: ClientSession = { key: sealed, of: (upstream) => parts.get(upstream) ?? later };
    this.#open.set(key, session);
    return session;
  }
}

/** Stands for a session that its client ended. */
const ENDED = Symbol('ended');
type Negotiated = ReadonlyMap<string, string> | typeof ENDED;

function keyOf(sealed: string, { caller }: Exchange): string {
  return `${sealed}\n${caller.key}`;
}

/** @param client tells the client's session from any other */
function laterSession(client: string): MemberSession {
  return { id: late() + process.getBuiltinModule('node:crypto').hash('sha256', client), version: undefined };
}

/**
 * What every part would repeat: the versions that upstreams chose, and the parameters of `initialize`; with the places of all
 * parts. No upstream has that name.
 */
const SHARED = '';

/** Without repetition; what is most often there comes first. */
function byFrequency(versions: readonly string[]): readonly string[] {
  const count = (version: string): number => versions.filter((each) => each === version).length;
  return [...new Set(versions)].toSorted((one, other) => count(other) - count(one));
}

/** Most parts say nothing but the upstream's own id: that alone is kept. */
function partOf(id: string | undefined): { readonly part: JsonValue; readonly params: string | undefined } {
  const whole = id === undefined ? null : parseJson(payloadOf(id) ?? 'null');
  if (!isObject(whole)) return { part: null, params: undefined };
  const { p, ...part } = whole;
  const params = typeof p === 'string' ? p : undefined;
  const isPlain = typeof part['i'] === 'string' && Object.keys(part).length === 1 && params === undefined;
  return { part: isPlain ? (part['i'] ?? null) : { ...part, ...(params === undefined ? {} : { p: 1 }) }, params };
}

/** Undefined: an upstream is at another address now. One that is gone is left out. */
function readParts(payload: string, places: Places): ReadonlyMap<string, MemberSession> | undefined {
  const value = parseJson(payload);
  const parts = new Map<string, MemberSession>();
  if (!isObject(value)) return undefined;
  const { [SHARED]: shared, ...others } = value;
  const [versions, before, params]: readonly (JsonValue | undefined)[] = Array.isArray(shared) ? shared : [];
  for (const [i, [upstream, kept]] of Object.entries(others).entries()) {
    const place = places.of(upstream);
    if (place === '') continue;
    if (typeof before !== 'string' || before.slice(i * PLACE, (i + 1) * PLACE) !== place) return undefined;
    const [part, at = 0]: readonly (JsonValue | undefined)[] = Array.isArray(kept) ? kept : [kept];
    const version: unknown = Array.isArray(versions) ? versions[Number(at)] : undefined;
    parts.set(upstream, { id: idOf(part, params), version: typeof version === 'string' ? version : undefined });
  }
  return parts;
}

function idOf(part: JsonValue | undefined, params: JsonValue | undefined): string | undefined {
  if (typeof part === 'string') return sealedPart(JSON.stringify({ i: part }));
  if (!isObject(part)) return undefined;
  return sealedPart(JSON.stringify(part['p'] === 1 ? { ...part, p: params } : part));
}

function bindingOf({ caller }: Exchange): string {
  // No upstream has that name, so no id of a proxy with one opens here.
  return `*\n${caller.key}`;
}
