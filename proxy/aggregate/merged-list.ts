/** One list of several: which items are shown, under which names, and the text of the result. */
import { Cache } from '../base/cache.ts';
import { ConsentRequired } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { SELF } from '../base/self.ts';
import { pageOf } from '../call/elicitation.ts';
import { Known } from '../call/variants.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { scopeOfAll, SERVER_INFO } from './capabilities.ts';
import { type Item, type Kind, KINDS, type MemberList } from './listed.ts';
import type { Fetched } from './lists.ts';
import { type BareMember, rivalOf } from './look-alikes.ts';
import type { Member } from './member.ts';
import { resultMeta } from './shapes.ts';

/** Member of `_meta` of a list that names the upstreams whose items it lacks. */
export const UNAVAILABLE = 'agentcore-mcp-proxy/unavailable';

/** Member of `_meta` of a list with the pages where its person gives access to upstreams that it lacks. */
export const CONSENTS = 'agentcore-mcp-proxy/consents';

export interface OneList {
  readonly member: Member;
  readonly list: MemberList;
}

/** Names of tools or prompts that several upstreams without a prefix claim, or that look like another's. */
export class Ownership {
  readonly #members: readonly Member[];
  readonly #reported = new Cache<true>({ maxBytes: MAX_REPORTS, whenFull: 'refuse' });

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /**
   * Which other upstream an upstream's name could be taken for one of.
   * @param others what upstreams without a prefix list
   */
  rival(member: Member, shown: string, others: readonly BareMember[]): Member | undefined {
    return rivalOf(member, shown, this.#members, others);
  }

  /**
   * The items of an upstream by the names that a client sees, each once. Undefined: several items have this name, since
   * it is shortened; none of them is shown.
   */
  shown(kind: Kind, member: Member, list: MemberList): ReadonlyMap<string, Item | undefined> {
    const known = shownItems.get(list);
    if (known !== undefined) return known;
    const items = new Map<string, Item | undefined>();
    for (const item of list.items) {
      const name = member.naming.shown(item.key);
      const before = items.get(name);
      if (!items.has(name)) items.set(name, item);
      else this.#reportTwice(kind, member, name, [before?.key ?? name, item.key]);
      // A second item of the same name is not shown. Of two names with one short form, neither is.
      if (before !== undefined && before.key !== item.key) items.set(name, undefined);
    }
    shownItems.set(list, items);
    return items;
  }

  #reportTwice(
    { member: what, method }: Kind,
    { name: upstream }: Member,
    shown: string,
    names: readonly string[],
  ): void {
    const key = `${what}\n${upstream}\n${shown}`;
    if (this.#reported.has(key) || !this.#reported.set(key, true)) return;
    const words =
      names[0] === names[1]
        ? 'an upstream lists one name twice: only the first is shown'
        : 'two names of an upstream have the same short form: neither is shown; give the upstream a shorter prefix';
    log.warn(words, {
      event: 'name-collision',
      upstream,
      list: method,
      names: names.map((name) => name.slice(0, LONGEST_LOGGED)),
    });
  }

  report(kind: Kind, member: Member, rival: Member, name: string): void {
    const key = `${kind.member}\n${member.name}\n${rival.name}\n${name.slice(0, LONGEST_LOGGED)}`;
    // Once each. Upstreams make the names, so there is a bound; beyond it, the log has said enough.
    if (this.#reported.has(key) || !this.#reported.set(key, true)) return;
    log.warn(
      `an upstream lists a name in ${kind.member} that another upstream has, or that can be taken for one of its names, or is too long to be compared: expected a prefix for one of them; it is not shown`,
      { event: 'name-collision', upstream: member.name, other: rival.name, list: kind.method },
    );
  }
}

const shownItems = new WeakMap<MemberList, ReadonlyMap<string, Item | undefined>>();

/** Characters of a name in the log. */
const LONGEST_LOGGED = 128;
/** Bytes of the collisions that were reported. */
const MAX_REPORTS = 256 * 1024;

/** The text of an item under another name. */
export function renamed({ key, text, start, end }: Item, name: string): string {
  return name === key ? text : text.slice(0, start) + JSON.stringify(name) + text.slice(end);
}

/** Members of the result of any list, so that none is passed on that some readers take for one of them. */
const OF_LISTS = new Known(
  ...Object.values(KINDS).map(({ member }) => member),
  'nextCursor',
  'ttlMs',
  'cacheScope',
  'resultType',
  '_meta',
);

/** The members of a merged result but for its items: the shortest time to live, the most private scope. */
export function othersOf(
  lists: readonly MemberList[],
  missing: readonly string[],
  pages: readonly JsonObject[] = [],
): JsonObject {
  const others: Record<string, JsonValue> = {};
  let meta: JsonObject = {};
  for (const list of lists) {
    for (const [key, value] of Object.entries(list.others)) {
      if (value === undefined) continue;
      // Clients refuse the whole list for one of another type.
      if (key === '_meta') meta = { ...resultMeta(value), ...meta };
      else if (!OF_LISTS.hasVariant([key])) others[key] ??= value;
    }
  }
  const ttls = lists.flatMap(({ saidTtlMs }) => (saidTtlMs === undefined ? [] : [saidTtlMs]));
  const filled = lists.filter(({ items }) => items.length > 0);
  const scope = scopeOfAll((filled.length > 0 ? filled : lists).map(({ cacheScope }) => cacheScope));
  if (ttls.length > 0) others['ttlMs'] = missing.length > 0 ? 0 : Math.min(...ttls);
  // A page is for one person.
  if (scope !== undefined) others['cacheScope'] = pages.length > 0 ? 'private' : scope;
  if (meta[SERVER_INFO] !== undefined) meta = { ...meta, [SERVER_INFO]: SELF };
  // What an upstream itself says is missing, or its page for consent, does not count.
  const { [UNAVAILABLE]: _, [CONSENTS]: _page, ...said } = meta;
  meta = missing.length > 0 ? { ...said, [UNAVAILABLE]: missing } : said;
  if (pages.length > 0) meta = { ...meta, [CONSENTS]: pages };
  if (Object.keys(meta).length > 0) others['_meta'] = meta;
  return others;
}

/** Where the person gives access to the upstreams that a list lacks for want of it. */
export function pagesIn(fetched: readonly Fetched[], opensPages: () => boolean): readonly JsonObject[] {
  const asked = fetched.flatMap(({ member, failure }) =>
    failure instanceof ConsentRequired ? [{ upstream: member.name, ...pageOf(failure) }] : [],
  );
  return asked.length > 0 && opensPages() ? asked : [];
}

/** The text of a response with a list. @param id as JSON text */
export function responseText(id: string, kind: Kind, items: readonly string[], others: JsonObject): string {
  const rest = JSON.stringify(others);
  return `{"jsonrpc":"2.0","id":${id},"result":{"${kind.member}":[${items.join(',')}]${rest === '{}' ? '' : `,${rest.slice(1, -1)}`}}}`;
}
