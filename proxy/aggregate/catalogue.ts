/** What all upstreams offer together: each list as a client gets it. */
import { ProxyError } from '../base/errors.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import { JsonText } from '../json/lossless.ts';
import { firstOf } from './failures.ts';
import { type Client, KnownLists } from './known-lists.ts';
import { type KindName, KINDS, type MemberList } from './listed.ts';
import { type Fetched, type Lists, reportMissing } from './lists.ts';
import type { BareMember } from './look-alikes.ts';
import type { Member } from './member.ts';
import { type OneList, othersOf, Ownership, pagesIn, renamed, responseText } from './merged-list.ts';
import { type NamedKind, NamedRoutes } from './named-routes.ts';
import { urisIn, wrappedSkillText } from './skills.ts';
import { UriRoutes, type UrisOf } from './uri-routes.ts';
import { mayGiveAny, templateOf, wrapUri } from './uris.ts';

interface Rendered {
  readonly lists: readonly MemberList[];
  readonly items: readonly string[];
}

export class MergedCatalogue {
  readonly #lists: Lists;
  readonly #ownership: Ownership;
  readonly #rendered = new Map<NamedKind, Rendered>();
  readonly names: NamedRoutes;
  readonly uris: UriRoutes;

  constructor(members: readonly Member[], lists: Lists) {
    this.#lists = lists;
    this.#ownership = new Ownership(members);
    const known = new KnownLists(lists);
    this.names = new NamedRoutes(members, known, this.#ownership);
    this.uris = new UriRoutes(members, known);
  }

  /**
   * The text of the response to a list request. Throws if no upstream has such a list.
   * @param opensPages whether the client shows its person where access is given
   */
  async response(kind: KindName, id: string, client: Client, opensPages: () => boolean): Promise<string> {
    // At the same time: nobody waits for a hanging upstream twice.
    const uris = isNamed(kind) ? undefined : this.uris.listedUris(client);
    uris?.catch(() => {});
    const fetched = await this.#lists.all(kind, client.exchange, client.session);
    const found = fetched.filter(isListed);
    const failures = fetched.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
    if (failures.length > 0 && found.every(({ list }) => list.isAbsent)) throw firstOf(failures);
    if (found.every(({ list }) => list.isAbsent)) throw new ProxyError('method-not-found', 'Method not found');
    const missing = reportMissing(kind, fetched, client.exchange);
    const items = await this.#items(kind, found, client, (await uris) ?? []);
    return responseText(
      id,
      KINDS[kind],
      items,
      othersOf(
        found.map(({ list }) => list),
        missing,
        pagesIn(fetched, opensPages),
      ),
    );
  }

  /** @param uris what all upstreams list, for kinds that URIs name */
  #items(
    kind: KindName,
    found: readonly OneList[],
    client: Client,
    uris: readonly UrisOf[],
  ): Promise<readonly string[]> | readonly string[] {
    // A URI's form depends on other lists as well: those are rendered each time.
    if (kind === 'skills') return this.#skillItems(found, uris);
    return isNamed(kind) ? this.#rememberedItems(kind, found, client) : this.#resourceItems(kind, found, uris);
  }

  async #rememberedItems(kind: NamedKind, found: readonly OneList[], client: Client): Promise<readonly string[]> {
    const lists = found.map(({ list }) => list);
    const before = this.#rendered.get(kind);
    if (before !== undefined && sameLists(before.lists, lists)) return before.items;
    const items = await this.#namedItems(kind, found, await this.names.rivals(kind, client));
    this.#rendered.set(kind, { lists, items });
    return items;
  }

  /** @param rivals what upstreams without a prefix list; undefined: it isn't known of all, so none of it is shown */
  async #namedItems(
    kind: NamedKind,
    found: readonly OneList[],
    rivals: readonly BareMember[] | undefined,
  ): Promise<string[]> {
    const items: string[] = [];
    for (const { member, list } of found) {
      const isBare = member.naming.prefix === '';
      if (isBare && rivals === undefined) continue;
      for (const [shown, item] of this.#ownership.shown(KINDS[kind], member, list)) {
        if (item === undefined) continue;
        const rival = isBare ? this.#ownership.rival(member, item.key, rivals ?? []) : undefined;
        if (rival === undefined) items.push(renamed(item, shown));
        else this.#ownership.report(KINDS[kind], member, rival, item.key);
        if (isTurnOver()) await nextTurn();
      }
    }
    return items;
  }

  async #skillItems(found: readonly OneList[], listed: readonly UrisOf[]): Promise<string[]> {
    const textOf = (member: Member, text: string): string => {
      const uris = urisIn(JsonText.parse(text).value);
      return uris.every((uri) => this.uris.isOwn(member, uri, listed)) ? text : wrappedSkillText(member.name, text);
    };
    const items: string[] = [];
    for (const { member, list } of found)
      for (const { text } of list.items) {
        items.push(textOf(member, text));
        if (isTurnOver()) await nextTurn();
      }
    return items;
  }

  async #resourceItems(
    kind: 'resources' | 'templates',
    found: readonly OneList[],
    listed: readonly UrisOf[],
  ): Promise<string[]> {
    const isShared = ({ member }: OneList, key: string): boolean => {
      if (this.uris.isWrapped(key)) return true;
      const template = kind === 'templates' ? templateOf(key) : undefined;
      return listed.some(
        ({ member: other, uris }) =>
          other !== member && (uris === undefined || (template === undefined ? uris.has(key) : uris.mayMeet(template))),
      );
    };
    const items: string[] = [];
    for (const one of found) {
      const isAny = kind === 'templates' && mayGiveAny(one.list.items.map(({ key }) => templateOf(key)));
      for (const item of one.list.items) {
        items.push(renamed(item, isAny || isShared(one, item.key) ? wrapUri(one.member.name, item.key) : item.key));
        if (isTurnOver()) await nextTurn();
      }
    }
    return items;
  }
}

function isListed(fetched: Fetched): fetched is Fetched & OneList {
  return fetched.list !== undefined;
}

function sameLists(before: readonly MemberList[], now: readonly MemberList[]): boolean {
  return before.length === now.length && before.every((list, i) => list === now[i]);
}

function isNamed(kind: KindName): kind is NamedKind {
  return kind === 'tools' || kind === 'prompts';
}
