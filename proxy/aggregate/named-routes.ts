/** Which upstream a tool or prompt belongs to. */
import { UnknownName, UpstreamFailure } from '../base/errors.ts';
import type { Client, KnownLists } from './known-lists.ts';
import { KINDS, type MemberList } from './listed.ts';
import type { Fetched } from './lists.ts';
import { type BareMember, knownBare, readBare } from './look-alikes.ts';
import type { Member } from './member.ts';
import type { Ownership } from './merged-list.ts';
import { LONGEST_NAME } from './naming.ts';
import { Prefixes } from './prefixes.ts';
import type { Route } from './routes.ts';

/** Kinds that a client knows by names. */
export type NamedKind = 'tools' | 'prompts';

export class NamedRoutes {
  readonly #prefixes: Prefixes;
  readonly #bare: readonly Member[];
  readonly #lists: KnownLists;
  readonly #ownership: Ownership;

  constructor(members: readonly Member[], lists: KnownLists, ownership: Ownership) {
    this.#prefixes = new Prefixes(members);
    this.#bare = members.filter(({ naming }) => naming.prefix === '');
    this.#lists = lists;
    this.#ownership = ownership;
  }

  /**
   * The upstream of a tool or prompt by the client's name; undefined while only the upstreams' lists can tell. Throws
   * `unknown-name`.
   */
  byPrefix(kind: NamedKind, shown: string): Route | undefined {
    const claimed = this.#prefixes.of(shown);
    if (claimed !== undefined) {
      // A longer name is shown shortened, and only so: one tool has one name.
      if (shown.length > LONGEST_NAME) throw unknown(kind, shown);
      const name = claimed.naming.own(shown);
      return name === undefined ? undefined : { member: claimed, name };
    }
    const [only] = this.#bare;
    if (only === undefined) throw unknown(kind, shown);
    if (this.#bare.length > 1) return undefined;
    if (this.#ownership.rival(only, shown, []) !== undefined) throw unknown(kind, shown);
    return { member: only, name: shown };
  }

  /** As {@link byPrefix}, with the upstreams' lists where those are needed. */
  async byListedName(kind: NamedKind, shown: string, client: Client): Promise<Route> {
    const claimed = this.#prefixes.of(shown);
    if (claimed !== undefined) {
      const { list } = await this.#lists.of(claimed, kind, client);
      return {
        member: claimed,
        name: this.#listedAs(kind, shown, claimed, list) ?? shown.slice(claimed.naming.prefix.length),
      };
    }
    const lists = await this.#ofBare((member) => this.#lists.forCall(member, kind, client));
    const owners = lists.filter(({ names }) => names.has(shown));
    const [owner] = owners;
    if (owner === undefined || this.#ownership.rival(owner.member, shown, lists) !== undefined)
      throw unknown(kind, shown);
    return { member: owner.member, name: shown };
  }

  /** The route that {@link byListedName} finds, as far as it is known without asking. */
  byKnownName(kind: NamedKind, shown: string, client: Client): Route | undefined {
    const route = this.byPrefix(kind, shown);
    if (route !== undefined) return route;
    const claimed = this.#prefixes.of(shown);
    if (claimed !== undefined) {
      return {
        member: claimed,
        name: this.#listedAs(kind, shown, claimed, this.#lists.known(claimed, kind, client)) ?? shown,
      };
    }
    const lists = this.#bare.flatMap((member) => {
      const list = this.#lists.known(member, kind, client);
      const bare = list && knownBare(list);
      return bare === undefined ? [] : [{ member, ...bare }];
    });
    const owner = lists.find(({ names }) => names.has(shown));
    const isClear = lists.length === this.#bare.length && owner !== undefined;
    if (!isClear || this.#ownership.rival(owner.member, shown, lists) !== undefined) return undefined;
    return { member: owner.member, name: shown };
  }

  /** What an upstream calls the tool or prompt of a client's name. Throws `unknown-name` for a short form of two names. */
  #listedAs(kind: NamedKind, shown: string, member: Member, list: MemberList | undefined): string | undefined {
    const items = list && this.#ownership.shown(KINDS[kind], member, list);
    const item = items?.get(shown);
    if (item === undefined && items?.has(shown) === true) throw unknown(kind, shown);
    return item?.key;
  }

  /** What upstreams without a prefix list; of one that is down, what it listed last. */
  async #ofBare(listOf: (member: Member) => Promise<Fetched>): Promise<BareMember[]> {
    const fetched = await Promise.all(this.#bare.map(listOf));
    const listed = fetched.map(async ({ member, list, failure }) => {
      if (list !== undefined)
        return {
          member,
          ...(await readBare(
            list,
            list.items.map(({ key }) => key),
          )),
        };
      throw new UpstreamFailure(
        'upstream-unreachable',
        `which upstream has this name is not known while the upstream ${member.name}, which has no prefix, doesn't answer`,
        { cause: failure },
      );
    });
    return Promise.all(listed);
  }

  /** What upstreams without a prefix list, as far as it matters; undefined: it isn't known of all of them. */
  async rivals(kind: NamedKind, client: Client): Promise<readonly BareMember[] | undefined> {
    if (this.#bare.length < 2) return [];
    try {
      return await this.#ofBare((member) => this.#lists.freshOrLast(member, kind, client));
    } catch (error) {
      if (error instanceof UpstreamFailure) return undefined;
      throw error;
    }
  }
}

function unknown(kind: NamedKind, name: string): UnknownName {
  return new UnknownName(kind === 'tools' ? 'tool' : 'prompt', name);
}
