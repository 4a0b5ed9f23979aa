/** What upstreams list, for as long as a call may wait for it; else what they listed last. */
import type { Exchange } from '../call/exchange.ts';
import type { KindName, MemberList } from './listed.ts';
import type { Fetched, Lists } from './lists.ts';
import type { Member } from './member.ts';
import type { ClientSession } from './sessions.ts';

/** The client that something is looked up for. */
export interface Client {
  readonly exchange: Exchange;
  readonly session: ClientSession | undefined;
}

/** Milliseconds that is waited for lists that nobody asked for yet, and for newer ones than those that are known. */
const SOON_MS = 1_000;

export class KnownLists {
  readonly #lists: Lists;

  constructor(lists: Lists) {
    this.#lists = lists;
  }

  /** What it lists, or why that can't be had. */
  of(member: Member, kind: KindName, { exchange, session }: Client): Promise<Fetched> {
    return this.#lists.of(member, kind, exchange, session);
  }

  /** What is known without asking; undefined: this process never saw it. */
  known(member: Member, kind: KindName, { exchange, session }: Client): MemberList | undefined {
    return this.#lists.known(member, kind, exchange, session) ?? this.#lists.last(member, kind, exchange);
  }

  /**
   * What tells where a call goes: what it listed a moment ago, or else {@link freshOrLast}. An upstream may announce changes
   * all the time, or let nothing be kept, and calls to others wait for this.
   */
  async forCall(member: Member, kind: KindName, client: Client): Promise<Fetched> {
    const list = this.#lists.last(member, kind, client.exchange);
    return list !== undefined && Math.abs(Date.now() - list.at) < SOON_MS
      ? { member, list }
      : this.freshOrLast(member, kind, client);
  }

  /** What it lists; what it listed last, if it doesn't answer soon, or at all. */
  async freshOrLast(member: Member, kind: KindName, client: Client): Promise<Fetched> {
    const asked = this.of(member, kind, client);
    const list = this.#lists.last(member, kind, client.exchange);
    if (list === undefined) return asked;
    const fetched = await soon(asked);
    return fetched?.list === undefined ? { member, list } : fetched;
  }

  /** What it lists, or listed last; undefined: it was never seen, and doesn't answer soon. */
  async soon(member: Member, kind: KindName, client: Client): Promise<MemberList | undefined> {
    const known = this.#lists.known(member, kind, client.exchange, client.session);
    if (known !== undefined) return known;
    const asked = this.of(member, kind, client).then(
      ({ list }) => list,
      () => undefined,
    );
    return this.#lists.last(member, kind, client.exchange) ?? soon(asked);
  }
}

/** Undefined: it has not come within {@link SOON_MS}. */
function soon<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), SOON_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
