/**
 * The lists of all upstreams as one: fetched in parallel, kept for as long as the upstreams allow, merged in the order of the
 * config. An upstream that doesn't answer in time is left out, and the list says so.
 */
import { Cache } from '../base/cache.ts';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Exchange } from '../call/exchange.ts';
import { Flights } from '../upstream/flights.ts';
import { ownExchange } from '../upstream/own-calls.ts';
import { Breaker } from './breaker.ts';
import { isOfCaller } from './failures.ts';
import { inTime, tooLate, WAIT_MS } from './in-time.ts';
import { fetchList, type KindName, KINDS, type MemberList } from './listed.ts';
import { readBare } from './look-alikes.ts';
import { exchangeOf, type Member, type MemberSession, scopeOf, versionOf } from './member.ts';
import type { ClientSession } from './sessions.ts';

const MAX_BYTES = 128 * 1024 * 1024;
const MAX_KEY = 8 * 1024;
const MAX_BREAKER_BYTES = 1024 * 1024;

function weightOf({ bytes, items }: MemberList): number {
  return 2 * bytes + 200 * items.length;
}

/** The list of one upstream, or why there is none. */
export type Fetched = { readonly member: Member } & (
  | { readonly list: MemberList; readonly failure?: never }
  | { readonly list?: never; readonly failure: ProxyError }
);

interface Asking {
  readonly member: Member;
  readonly kind: KindName;
  readonly exchange: Exchange;
  readonly session: ClientSession | undefined;
}

interface Kept {
  readonly list: MemberList;
  readonly until: number;
  readonly generation: number;
}

export class Lists {
  readonly #members: readonly Member[];
  readonly #kept = new Cache<Kept>({ maxBytes: MAX_BYTES, maxKey: MAX_KEY, weigh: ({ list }) => weightOf(list) });
  readonly #flights = new Map<string, Flights<MemberList>>();
  /** By upstream and kind: a higher number after each change that was announced. */
  readonly #generations = new Map<string, number>();
  /**
   * By upstream, kind and whose credentials it gets: for lists that begin and don't end in time. The upstream's own circuit
   * stays closed then, and calls to it go on.
   */
  readonly #breakers = new Cache<Breaker>({ maxBytes: MAX_BREAKER_BYTES, maxKey: MAX_KEY, weigh: () => 100 });
  /**
   * What an upstream listed last, for any caller with the same credentials: the names that are its own while it is down.
   */
  readonly #last = new Cache<MemberList>({ maxBytes: MAX_BYTES, weigh: weightOf });

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** All upstreams' lists of a kind, as this client sees them. Throws if its session is gone, or it went away. */
  all(kind: KindName, exchange: Exchange, session: ClientSession | undefined): Promise<readonly Fetched[]> {
    return Promise.all(this.#members.map((member) => this.of(member, kind, exchange, session)));
  }

  async of(member: Member, kind: KindName, exchange: Exchange, session: ClientSession | undefined): Promise<Fetched> {
    const known = this.known(member, kind, exchange, session);
    if (known !== undefined) return { member, list: known };
    const scope = keyOf(member, kind, scopeAt(member, exchange, session));
    const flights = this.#flights.get(scope) ?? new Flights<MemberList>();
    try {
      // A list that was asked for before a change was announced may lack it.
      const shared = flights.since(this.#generation(member, kind));
      if (shared !== undefined) return { member, list: await shared };
      const passage = this.#breakerOf(member, kind, exchange).enter();
      if (!passage.passes) return { member, failure: tooSlow(member, kind, passage.waitMs) };
      return { member, list: await this.#share(scope, flights, { member, kind, exchange, session }) };
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      if (error.code === 'session-not-found') throw error;
      return { member, failure: error };
    }
  }

  /** No longer than any other list is waited for, though it may have to wait for one that is under way. */
  #share(scope: string, flights: Flights<MemberList>, asking: Asking): Promise<MemberList> {
    const { member, kind, exchange, session } = asking;
    const generation = (): number => this.#generation(member, kind);
    this.#flights.set(scope, flights);
    const list = flights.share(generation, () => this.#fetch(member, kind, exchange, session));
    const tidy = (): void => {
      if (flights.isIdle && this.#flights.get(scope) === flights) this.#flights.delete(scope);
    };
    list.then(tidy, tidy);
    return flights.since(generation()) === undefined ? soonEnough(member, kind, list) : list;
  }

  /** What is known without asking; undefined: nothing that is still good. */
  known(
    member: Member,
    kind: KindName,
    exchange: Exchange,
    session: ClientSession | undefined,
  ): MemberList | undefined {
    for (const scope of [scopeAt(member, exchange, session), publicScope(member, exchange)]) {
      const kept = this.#kept.get(keyOf(member, kind, scope));
      if (kept !== undefined && kept.until > Date.now() && kept.generation === this.#generation(member, kind))
        return kept.list;
    }
    return undefined;
  }

  /** What it listed last, to any caller with the same credentials; undefined: this process never saw it. */
  last(member: Member, kind: KindName, exchange: Exchange): MemberList | undefined {
    return this.#last.get(keyOf(member, kind, whoseAt(member, exchange)));
  }

  /** The upstream said that its list changed. */
  changed(member: Member, kind: KindName): void {
    this.#generations.set(keyOf(member, kind, ''), this.#generation(member, kind) + 1);
  }

  #breakerOf(member: Member, kind: KindName, exchange: Exchange): Breaker {
    return this.#breakers.getOrMake(keyOf(member, kind, whoseAt(member, exchange)), () => new Breaker());
  }

  #generation(member: Member, kind: KindName): number {
    return this.#generations.get(keyOf(member, kind, '')) ?? 0;
  }

  /** Whether only lists can tell which upstream a name belongs to. */
  #areNamesShared(member: Member, kind: KindName): boolean {
    const isBare = ({ naming }: Member): boolean => naming.prefix === '';
    return (kind === 'tools' || kind === 'prompts') && isBare(member) && this.#members.filter(isBare).length > 1;
  }

  async #fetch(
    member: Member,
    kind: KindName,
    exchange: Exchange,
    session: ClientSession | undefined,
  ): Promise<MemberList> {
    const generation = this.#generation(member, kind);
    const version = versionOf(exchange);
    // Not the client's own exchange: others wait for this list as well.
    const own = ownExchange(exchangeOf(exchange, partOf(exchange, session, member)));
    const breaker = this.#breakerOf(member, kind, exchange);
    const fetching = inTime(member, own, KINDS[kind].method, fetchList(member, kind, own, version));
    const list = await fetching.catch((error: unknown) => {
      if (error instanceof ProxyError && error.code === 'upstream-timeout') breaker.failed();
      else breaker.left();
      throw error;
    });
    breaker.succeeded();
    // Before any call looks for one of its names.
    if (this.#areNamesShared(member, kind))
      await readBare(
        list,
        list.items.map(({ key }) => key),
      );
    const scope = list.cacheScope === 'public' ? publicScope(member, exchange) : scopeAt(member, exchange, session);
    this.#last.set(keyOf(member, kind, whoseAt(member, exchange)), list);
    if (list.ttlMs > 0)
      this.#kept.set(keyOf(member, kind, scope), { list, until: Date.now() + list.ttlMs, generation });
    return list;
  }
}

/** Without a session of the proxy's, an upstream gets the ids that the client came with. */
export function partOf(exchange: Exchange, session: ClientSession | undefined, member: Member): MemberSession {
  return session?.of(member.name) ?? { id: exchange.inbound.sessionId, version: undefined };
}

function soonEnough<T>(member: Member, kind: KindName, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(member, KINDS[kind].method)), WAIT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function tooSlow(member: Member, kind: KindName, waitMs: number): UpstreamFailure {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new UpstreamFailure(
    'upstream-timeout',
    `the upstream ${member.name} did not answer ${KINDS[kind].method} in time several times in a row: expected it to be asked again in ${seconds} s`,
  );
}

/** A list that an upstream calls public is still shown only to callers with the same credentials. */
function publicScope(member: Member, exchange: Exchange): string {
  return `${exchange.era}\n${versionOf(exchange) ?? ''}\npublic\n${whoseAt(member, exchange)}`;
}

function scopeAt(member: Member, exchange: Exchange, session: ClientSession | undefined): string {
  return `${scopeOf(exchange, session?.key)}\n${whoseAt(member, exchange)}`;
}

/** Whose credentials an upstream gets; empty if all callers have the same. */
function whoseAt({ upstream }: Member, exchange: Exchange): string {
  return upstream.whose(exchange) ?? '';
}

function keyOf(member: Member, kind: KindName, scope: string): string {
  return `${member.name}\n${kind}\n${scope}`;
}

/** Writes to the log which upstreams a list lacks; returns their names. */
export function reportMissing(kind: KindName, fetched: readonly Fetched[], { era }: Exchange): readonly string[] {
  const { method } = KINDS[kind];
  const line = { words: 'a list lacks what an upstream offers', fields: { event: 'upstream-missing', list: method } };
  for (const { member, failure } of fetched) {
    if (failure === undefined) member.health.has(method, era);
    else if (!isOfCaller(failure)) member.health.lacks(method, era, failure, line);
  }
  return fetched.flatMap(({ member, failure }) => (failure === undefined ? [] : [member.name]));
}
