/** Which upstream a resource belongs to. */
import { ProxyError, UnknownName, UpstreamFailure } from '../base/errors.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Client, KnownLists } from './known-lists.ts';
import type { MemberList } from './listed.ts';
import type { Fetched } from './lists.ts';
import type { Member } from './member.ts';
import type { Route } from './routes.ts';
import { ListedUris, templateOf, unwrapUri, wrapUri } from './uris.ts';

export class UriRoutes {
  readonly #members: readonly Member[];
  readonly #byName: ReadonlyMap<string, Member>;
  readonly #lists: KnownLists;

  constructor(members: readonly Member[], lists: KnownLists) {
    this.#members = members;
    this.#byName = new Map(members.map((member) => [member.name, member]));
    this.#lists = lists;
  }

  /** The upstream of a resource. Throws `unknown-name` or `invalid-params`. */
  async byUri(uri: string, client: Client): Promise<Route> {
    const wrapped = unwrapUri(uri, this.#byName);
    if (wrapped !== undefined) return { member: wrapped.of, name: wrapped.uri };
    const listed = await this.#urisOf((member, kind) => this.#lists.forCall(member, kind, client));
    const owners = ownersOf(listed, uri);
    const unseen = listed.find(({ uris }) => uris === undefined)?.member;
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
        `which upstream has this resource is not known while the upstream ${unseen.name} doesn't answer: expected a URI that begins with an upstream's name and +`,
      );
    if (owner !== undefined) return { member: owner, name: uri };
    throw new UnknownName('resource', uri);
  }

  /**
   * How the client sees a URI of an upstream: as it is, if no other upstream lists it. A reply doesn't wait for what others
   * list: with its upstream's name, a URI is always understood.
   */
  async shownUri(member: Member, uri: string, client: Client): Promise<string> {
    if (this.isWrapped(uri)) return wrapUri(member.name, uri);
    // A reply may have very many.
    if (isTurnOver()) await nextTurn();
    const listed = await Promise.all(
      this.#members.map(async (each): Promise<UrisOf> => {
        const [resources, templates] = await Promise.all([
          this.#lists.soon(each, 'resources', client),
          this.#lists.soon(each, 'templates', client),
        ]);
        return { member: each, uris: urisOf(resources, templates) };
      }),
    );
    return this.isOwn(member, uri, listed) ? uri : wrapUri(member.name, uri);
  }

  /** Whether a URI of an upstream, as it is, leads to that upstream alone. One that was never seen might list it as well. */
  isOwn(member: Member, uri: string, listed: readonly UrisOf[]): boolean {
    if (this.isWrapped(uri) || listed.some(({ uris }) => uris === undefined)) return false;
    const owners = ownersOf(listed, uri);
    return owners.length === 1 && owners[0] === member;
  }

  /** The route that {@link byUri} finds, as far as it is known without asking. */
  byKnownUri(uri: string, client: Client): Route | undefined {
    const wrapped = unwrapUri(uri, this.#byName);
    if (wrapped !== undefined) return { member: wrapped.of, name: wrapped.uri };
    const listed = this.#members.map((member): UrisOf => {
      const resources = this.#lists.known(member, 'resources', client);
      const templates = this.#lists.known(member, 'templates', client);
      return { member, uris: urisOf(resources, templates) };
    });
    // One whose lists aren't known may have it as well.
    const unseen = listed.flatMap(({ member, uris }) => (uris === undefined ? [member] : []));
    const [owner, ...others] = [...ownersOf(listed, uri), ...unseen];
    return owner !== undefined && others.length === 0 ? { member: owner, name: uri } : undefined;
  }

  /** What each upstream lists; of one that is down, what it listed last. Undefined: this process never saw it. */
  listedUris(client: Client): Promise<readonly UrisOf[]> {
    return this.#urisOf((member, kind) => this.#lists.freshOrLast(member, kind, client));
  }

  #urisOf(listOf: (member: Member, kind: 'resources' | 'templates') => Promise<Fetched>): Promise<readonly UrisOf[]> {
    return Promise.all(
      this.#members.map(async (member) => {
        const [{ list: resources }, { list: templates }] = await Promise.all([
          listOf(member, 'resources'),
          listOf(member, 'templates'),
        ]);
        return { member, uris: urisOf(resources, templates) };
      }),
    );
  }

  /** Whether a URI begins as if it had the name of an upstream. */
  isWrapped(uri: string): boolean {
    return unwrapUri(uri, this.#byName) !== undefined;
  }
}

/** What one upstream lists; undefined: it was never seen. */
export interface UrisOf {
  readonly member: Member;
  readonly uris: ListedUris | undefined;
}

const known = new WeakMap<MemberList, { readonly templates: MemberList; readonly uris: ListedUris }>();

function urisOf(resources: MemberList | undefined, templates: MemberList | undefined): ListedUris | undefined {
  if (resources === undefined || templates === undefined) return undefined;
  const before = known.get(resources);
  if (before?.templates === templates) return before.uris;
  const uris = new ListedUris(
    resources.items.map(({ key }) => key),
    templates.items.map(({ key }) => templateOf(key)),
  );
  known.set(resources, { templates, uris });
  return uris;
}

/** The upstreams that list a URI. If none does, those that list one below it: folders are not listed themselves. */
function ownersOf(listed: readonly UrisOf[], uri: string): readonly Member[] {
  const owners = listed.filter(({ uris }) => uris?.has(uri) === true);
  return (owners.length > 0 ? owners : listed.filter(({ uris }) => uris?.hasBelow(uri) === true)).map(
    ({ member }) => member,
  );
}
