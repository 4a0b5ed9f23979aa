/** What all upstreams offer together, and which of them a name or a URI belongs to. */
import { ProxyError, UnknownName, UpstreamFailure } from '../base/errors.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Exchange } from '../call/exchange.ts';
import { JsonText } from '../json/lossless.ts';
import { firstOf } from './failures.ts';
import { type KindName, KINDS, type MemberList } from './listed.ts';
import { type Fetched, type Lists, reportMissing } from './lists.ts';
import type { Member } from './member.ts';
import { type OneList, othersOf, Ownership, renamed, responseText } from './merged-list.ts';
import { LONGEST_NAME, skeleton } from './naming.ts';
import type { ClientSession } from './sessions.ts';
import { urisIn, wrappedSkillText } from './skills.ts';
import { type ListedUris, lists as listsUri, MAX_TEMPLATES, mayMeet, templateOf, unwrapUri, wrapUri } from './uris.ts';

/** The client that something is looked up for. */
export interface Client {
  readonly exchange: Exchange;
  readonly session: ClientSession | undefined;
}

/** An upstream, and what a client's name or URI is there. */
export interface Route {
  readonly member: Member;
  readonly name: string;
}

/** Milliseconds that is waited for lists that nobody asked for yet, and for newer ones than those that are known. */
const SOON_MS = 1_000;

/** Kinds that a client knows by names; others, by URIs. */
const BY_NAME: ReadonlySet<KindName> = new Set(['tools', 'prompts']);

interface Rendered {
  readonly lists: readonly MemberList[];
  readonly items: readonly string[];
}

export class MergedCatalogue {
  readonly #members: readonly Member[];
  readonly #bare: readonly Member[];
  readonly #byName: ReadonlyMap<string, Member>;
  readonly #lists: Lists;
  readonly #ownership: Ownership;
  readonly #rendered = new Map<KindName, Rendered>();

  constructor(members: readonly Member[], lists: Lists) {
    this.#members = members;
    this.#bare = members.filter(({ naming }) => naming.prefix === '');
    this.#byName = new Map(members.map((member) => [member.name, member]));
    this.#lists = lists;
    this.#ownership = new Ownership(members);
  }

  /** The text of the response to a list request. Throws if no upstream has such a list. */
  async response(kind: KindName, id: string, client: Client): Promise<string> {
    // At the same time: nobody waits for a hanging upstream twice.
    const uris = BY_NAME.has(kind) ? undefined : this.#listedUris(client);
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
      ),
    );
  }

  /**
   * The upstream of a tool or prompt by the client's name; undefined while only the upstreams' lists can tell. Throws
   * `unknown-name`.
   */
  byPrefix(kind: 'tools' | 'prompts', shown: string): Route | undefined {
    const claimed = this.#members.find(({ naming }) => naming.claims(shown));
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
  async byListedName(kind: 'tools' | 'prompts', shown: string, client: Client): Promise<Route> {
    const claimed = this.#members.find(({ naming }) => naming.claims(shown));
    if (claimed !== undefined) {
      const { list } = await this.#lists.of(claimed, kind, client.exchange, client.session);
      return {
        member: claimed,
        name: this.#listedAs(kind, shown, claimed, list) ?? shown.slice(claimed.naming.prefix.length),
      };
    }
    const lists = await this.#ofBare(kind, client);
    const owners = lists.filter(({ list }) => list.items.some(({ key }) => key === shown));
    const [owner] = owners;
    if (owner === undefined || this.#ownership.rival(owner.member, shown, lists) !== undefined)
      throw unknown(kind, shown);
    return { member: owner.member, name: shown };
  }

  /** The route that {@link byListedName} finds, as far as it is known without asking. */
  byKnownName(kind: 'tools' | 'prompts', shown: string, client: Client): Route | undefined {
    const route = this.byPrefix(kind, shown);
    if (route !== undefined) return route;
    const claimed = this.#members.find(({ naming }) => naming.claims(shown));
    if (claimed !== undefined) {
      return {
        member: claimed,
        name: this.#listedAs(kind, shown, claimed, this.#known(claimed, kind, client)) ?? shown,
      };
    }
    const lists = this.#bare.flatMap((member) => {
      const list = this.#known(member, kind, client);
      return list === undefined ? [] : [{ member, list }];
    });
    const owner = lists.find(({ list }) => list.items.some(({ key }) => key === shown));
    const isClear = lists.length === this.#bare.length && owner !== undefined;
    if (!isClear || this.#ownership.rival(owner.member, shown, lists) !== undefined) return undefined;
    return { member: owner.member, name: shown };
  }

  /** What an upstream calls the tool or prompt of a client's name. Throws `unknown-name` for a short form of two names. */
  #listedAs(
    kind: 'tools' | 'prompts',
    shown: string,
    member: Member,
    list: MemberList | undefined,
  ): string | undefined {
    const items = list && this.#ownership.shown(KINDS[kind], member, list);
    const item = items?.get(shown);
    if (item === undefined && items?.has(shown) === true) throw unknown(kind, shown);
    return item?.key;
  }

  /** The route that {@link byUri} finds, as far as it is known without asking. */
  byKnownUri(uri: string, client: Client): Route | undefined {
    const wrapped = unwrapUri(uri, this.#byName);
    if (wrapped !== undefined) return { member: wrapped.of, name: wrapped.uri };
    const owners = this.#members.filter((member) => {
      const resources = this.#known(member, 'resources', client);
      const templates = this.#known(member, 'templates', client);
      // One whose lists aren't known may have it as well.
      return resources === undefined || templates === undefined || listsUri(urisOf(resources, templates), uri);
    });
    const [owner] = owners;
    return owner !== undefined && owners.length === 1 ? { member: owner, name: uri } : undefined;
  }

  #known(member: Member, kind: KindName, { exchange, session }: Client): MemberList | undefined {
    return this.#lists.known(member, kind, exchange, session) ?? this.#lists.last(member, kind, exchange);
  }

  /** What upstreams without a prefix list; of one that is down, what it listed last. */
  async #ofBare(kind: KindName, client: Client): Promise<OneList[]> {
    const fetched = await Promise.all(this.#bare.map((member) => this.#freshOrLast(member, kind, client)));
    return fetched.map(({ member, list, failure }) => {
      if (list !== undefined) return { member, list };
      throw new UpstreamFailure(
        'upstream-unreachable',
        `which upstream has this name can't be told while the upstream ${member.name} doesn't answer, since both have no prefix`,
        { cause: failure },
      );
    });
  }

  /** The upstream of a resource. Throws `unknown-name` or `invalid-params`. */
  async byUri(uri: string, client: Client): Promise<Route> {
    const wrapped = unwrapUri(uri, this.#byName);
    if (wrapped !== undefined) return { member: wrapped.of, name: wrapped.uri };
    const { owners, unseen } = await this.#owners(uri, client);
    const [owner] = owners;
    if (owners.length > 1) {
      const forms = owners.map((member) => `${member.name}+`).join(' or ');
      throw new ProxyError(
        'invalid-params',
        `several upstreams have this resource: expected a URI that begins with ${forms}`,
      );
    }
    if (unseen !== undefined)
      throw new UpstreamFailure(
        'upstream-unreachable',
        `which upstream has this resource can't be told while the upstream ${unseen.name} doesn't answer: expected a URI that begins with an upstream's name and +`,
      );
    if (owner !== undefined) return { member: owner, name: uri };
    throw new UnknownName('resource', uri);
  }

  /**
   * How the client sees a URI of an upstream: as it is, if no other upstream lists it. A reply doesn't wait for what others
   * list: with its upstream's name, a URI is always understood.
   */
  async shownUri(member: Member, uri: string, client: Client): Promise<string> {
    if (unwrapUri(uri, this.#byName) !== undefined) return wrapUri(member.name, uri);
    const listed = await Promise.all(
      this.#members.map(async (each): Promise<UrisOf> => {
        const [resources, templates] = await Promise.all([
          this.#soon(each, 'resources', client),
          this.#soon(each, 'templates', client),
        ]);
        return {
          member: each,
          uris: resources === undefined || templates === undefined ? undefined : urisOf(resources, templates),
        };
      }),
    );
    return this.#isOwn(member, uri, listed) ? uri : wrapUri(member.name, uri);
  }

  /** Whether a URI of an upstream, as it is, leads to that upstream alone. One that was never seen might list it as well. */
  #isOwn(member: Member, uri: string, listed: readonly UrisOf[]): boolean {
    return (
      unwrapUri(uri, this.#byName) === undefined &&
      listed.every(({ member: other, uris }) => uris !== undefined && listsUri(uris, uri) === (other === member))
    );
  }

  /** What it lists, or listed last; undefined: it was never seen, and doesn't answer soon. */
  async #soon(member: Member, kind: KindName, { exchange, session }: Client): Promise<MemberList | undefined> {
    const known = this.#lists.known(member, kind, exchange, session);
    if (known !== undefined) return known;
    const asked = this.#lists.of(member, kind, exchange, session).then(
      ({ list }) => list,
      () => undefined,
    );
    return this.#lists.last(member, kind, exchange) ?? soon(asked);
  }

  async #owners(uri: string, client: Client): Promise<{ owners: Member[]; unseen: Member | undefined }> {
    const listed = await this.#listedUris(client);
    return {
      owners: listed.flatMap(({ member, uris }) => (uris !== undefined && listsUri(uris, uri) ? [member] : [])),
      unseen: listed.find(({ uris }) => uris === undefined)?.member,
    };
  }

  /** What each upstream lists; of one that is down, what it listed last. Undefined: this process never saw it. */
  #listedUris(client: Client): Promise<readonly UrisOf[]> {
    return Promise.all(
      this.#members.map(async (member) => {
        const [{ list: resources }, { list: templates }] = await Promise.all([
          this.#freshOrLast(member, 'resources', client),
          this.#freshOrLast(member, 'templates', client),
        ]);
        return {
          member,
          uris: resources === undefined || templates === undefined ? undefined : urisOf(resources, templates),
        };
      }),
    );
  }

  /** What an upstream lists; what it listed last, if it doesn't answer soon, or at all. */
  async #freshOrLast(member: Member, kind: KindName, { exchange, session }: Client): Promise<Fetched> {
    const asked = this.#lists.of(member, kind, exchange, session);
    const list = this.#lists.last(member, kind, exchange);
    if (list === undefined) return asked;
    const fetched = await soon(asked);
    return fetched?.list === undefined ? { member, list } : fetched;
  }

  /** @param uris what all upstreams list, for kinds that URIs name */
  async #items(
    kind: KindName,
    found: readonly OneList[],
    client: Client,
    uris: readonly UrisOf[],
  ): Promise<readonly string[]> {
    const lists = found.map(({ list }) => list);
    const before = this.#rendered.get(kind);
    // A URI's form depends on other lists as well: those are rendered each time.
    if (before !== undefined && sameLists(before.lists, lists)) return before.items;
    const items =
      kind === 'tools' || kind === 'prompts'
        ? this.#namedItems(kind, found, await this.#rivals(kind, client))
        : kind === 'skills'
          ? this.#skillItems(found, uris)
          : await this.#resourceItems(kind, found, uris);
    if (kind === 'tools' || kind === 'prompts') this.#rendered.set(kind, { lists, items });
    return items;
  }

  async #rivals(kind: 'tools' | 'prompts', client: Client): Promise<readonly OneList[] | undefined> {
    if (this.#bare.length < 2) return [];
    try {
      return await this.#ofBare(kind, client);
    } catch (error) {
      if (error instanceof UpstreamFailure) return undefined;
      throw error;
    }
  }

  /** @param rivals what upstreams without a prefix list; undefined: it isn't known of all, so none of it is shown */
  #namedItems(kind: 'tools' | 'prompts', found: readonly OneList[], rivals: readonly OneList[] | undefined): string[] {
    const items: string[] = [];
    for (const { member, list } of found) {
      const isBare = member.naming.prefix === '';
      if (isBare && rivals === undefined) continue;
      for (const [shown, item] of this.#ownership.shown(KINDS[kind], member, list)) {
        if (item === undefined) continue;
        const rival = isBare ? this.#ownership.rival(member, item.key, rivals ?? []) : undefined;
        if (rival === undefined) items.push(renamed(item, shown));
        else this.#ownership.report(KINDS[kind], member, rival, skeleton(item.key));
      }
    }
    return items;
  }

  #skillItems(found: readonly OneList[], listed: readonly UrisOf[]): string[] {
    const textOf = (member: Member, text: string): string => {
      const uris = urisIn(JsonText.parse(text).value);
      return uris.every((uri) => this.#isOwn(member, uri, listed)) ? text : wrappedSkillText(member.name, text);
    };
    return found.flatMap(({ member, list }) => list.items.map(({ text }) => textOf(member, text)));
  }

  async #resourceItems(
    kind: 'resources' | 'templates',
    found: readonly OneList[],
    listed: readonly UrisOf[],
  ): Promise<string[]> {
    const isShared = ({ member, list }: OneList, key: string): boolean => {
      if (unwrapUri(key, this.#byName) !== undefined) return true;
      if (kind === 'templates' && list.items.length > MAX_TEMPLATES) return true;
      const template = kind === 'templates' ? templateOf(key) : undefined;
      return listed.some(
        ({ member: other, uris }) =>
          other !== member &&
          (uris === undefined || (template === undefined ? listsUri(uris, key) : mayMeet(uris, template))),
      );
    };
    const items: string[] = [];
    for (const one of found) {
      for (const item of one.list.items) {
        items.push(renamed(item, isShared(one, item.key) ? wrapUri(one.member.name, item.key) : item.key));
        if (isTurnOver()) await nextTurn();
      }
    }
    return items;
  }
}

/** Undefined: it has not come within {@link SOON_MS}. */
function soon<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), SOON_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

interface UrisOf {
  readonly member: Member;
  readonly uris: ListedUris | undefined;
}

const known = new WeakMap<MemberList, { readonly templates: MemberList; readonly uris: ListedUris }>();

function urisOf(resources: MemberList, templates: MemberList): ListedUris {
  const before = known.get(resources);
  if (before?.templates === templates) return before.uris;
  const uris = {
    uris: new Set(resources.items.map(({ key }) => key)),
    templates: templates.items.map(({ key }) => templateOf(key)),
  };
  known.set(resources, { templates, uris });
  return uris;
}

function isListed(fetched: Fetched): fetched is Fetched & OneList {
  return fetched.list !== undefined;
}

function sameLists(before: readonly MemberList[], now: readonly MemberList[]): boolean {
  return before.length === now.length && before.every((list, i) => list === now[i]);
}

function unknown(kind: 'tools' | 'prompts', name: string): UnknownName {
  return new UnknownName(kind === 'tools' ? 'tool' : 'prompt', name);
}
