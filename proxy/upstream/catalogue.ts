/**
 * The upstream's tools or prompts as the proxy knows them. Fetched when first needed, never at start-up, all pages.
 * Cached for a while; dropped when the upstream says that they changed, and fetched again for an unknown name.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import type { ListedPrompt } from '../call/call.ts';
import { isNamed, listedTool } from '../call/listed-tool.ts';
import type { JsonObject } from '../json/value.ts';
import { weightOf } from '../json/weight.ts';
import { Flights } from './flights.ts';

/** What is listed, with the method and the result's member. */
export interface Listed<T> {
  readonly method: string;
  readonly member: string;
  /** Reads an entry; undefined if it isn't valid. */
  readonly of: (value: unknown) => T | undefined;
}

export const TOOLS: Listed<Tool> = { method: 'tools/list', member: 'tools', of: listedTool };
export const PROMPTS: Listed<ListedPrompt> = {
  method: 'prompts/list',
  member: 'prompts',
  of: (value) => (isNamed(value) ? value : undefined),
};

/** Asks the upstream; returns the `result`. */
export type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

const TTL_MS = 60_000;
/** An unknown name starts a new fetch, but not more often than this. */
const REFRESH_MS = 2_000;
/** More pages than any upstream has; ends a cursor that runs in a circle. */
const MAX_PAGES = 1_000;
/**
 * Bytes of memory for all entries together, approximately. The length of the text is no measure: `[[],[]]` takes ten
 * times as many.
 */
const MAX_BYTES = 64 * 1024 * 1024;

interface Listing<T> {
  readonly tools: readonly T[];
  readonly byName: ReadonlyMap<string, T>;
  /** Bytes of memory, approximately. */
  readonly bytes: number;
  readonly at: number;
  readonly until: number;
}

export class Catalogue<T extends { readonly name: string }> {
  readonly #listed: Listed<T>;
  #listing: Listing<T> | undefined;
  readonly #flights = new Flights<Listing<T>>();
  #generation = 0;
  /** When a name was last looked up and not found. A listing that was fetched before for another call doesn't count. */
  #missedAt = Number.NEGATIVE_INFINITY;

  readonly #onListed: (() => void) | undefined;

  /** @param onListed called after each listing that is kept */
  constructor(listed: Listed<T>, onListed?: () => void) {
    this.#listed = listed;
    this.#onListed = onListed;
  }

  /** Bytes of memory that the listing takes, approximately. */
  get bytes(): number {
    return this.#listing?.bytes ?? 0;
  }

  async tools(ask: Ask): Promise<readonly T[]> {
    return (await this.#current(ask)).tools;
  }

  /**
   * Returns the tool of that name.
   * @param suffices whether a found tool will do. If not, the listing may be out of date and is fetched again, once
   */
  async tool(name: string, ask: Ask, suffices: (tool: T | undefined) => boolean = isKnown): Promise<T | undefined> {
    const before = this.#listing;
    const listing = await this.#current(ask);
    const tool = listing.byName.get(name);
    if (suffices(tool)) return tool;
    if (!this.#missedLately()) {
      this.#missedAt = Date.now();
      // This listing was fetched for this call, or while it waited, so it is current.
      if (listing !== before) return tool;
      // Another call may have done so meanwhile.
      if (this.#listing === listing) this.changed();
    } else if (this.#flights.isIdle) return tool;
    return (await this.#current(ask)).byName.get(name);
  }

  /**
   * Whether a name is listed, or was in the last listing. For a name that was there, a listing that is out of date is
   * enough: many upstreams give their listings no lifetime, and most calls name a tool that exists.
   */
  has(name: string, ask: () => Ask): boolean | Promise<boolean> {
    const listing = this.#listing;
    if (listing?.byName.has(name) === true) return true;
    if (listing !== undefined && this.#missedLately()) return false;
    return this.tool(name, ask()).then(isKnown);
  }

  #missedLately(): boolean {
    return Date.now() - this.#missedAt < REFRESH_MS;
  }

  /**
   * Like {@link tool}, but takes an outdated listing for a while if the tool suffices. Many upstreams give their
   * listings no lifetime, and would otherwise be asked before every call.
   */
  sufficing(
    name: string,
    ask: () => Ask,
    suffices: (tool: T | undefined) => boolean,
  ): T | undefined | Promise<T | undefined> {
    const tool = this.listed(name);
    return tool !== undefined && suffices(tool) ? tool : this.tool(name, ask(), suffices);
  }

  /** The tool, if it was listed a short while ago; undefined: ask the upstream. */
  listed(name: string): T | undefined {
    return this.#listing !== undefined && this.#listing.at + TTL_MS > Date.now()
      ? this.#listing.byName.get(name)
      : undefined;
  }

  /** The tool, if it is known without asking. */
  known(name: string): T | undefined {
    return this.#listing !== undefined && this.#listing.until > Date.now() ? this.#listing.byName.get(name) : undefined;
  }

  /** The upstream's tools have changed: it announced so, or a reply showed it. */
  changed(): void {
    this.#listing = undefined;
    // Later calls must not get a listing that was requested before the change.
    this.#generation++;
  }

  #current(ask: Ask): Listing<T> | Promise<Listing<T>> {
    if (this.#listing !== undefined && this.#listing.until > Date.now()) return this.#listing;
    const generation = (): number => this.#generation;
    if (this.#flights.isIdle) return this.#flights.share(generation, () => this.#fetch(ask));
    // The fetch may run in another client's session: if that is gone, others' may still be open.
    let isOwn = false;
    const own = (): Promise<Listing<T>> => {
      isOwn = true;
      return this.#fetch(ask);
    };
    return this.#flights.share(generation, own).catch((error: unknown) => {
      const isOfSession = error instanceof ProxyError && ['session-not-found', 'throttled'].includes(error.code);
      if (isOfSession && !isOwn) return this.#current(ask);
      throw error;
    });
  }

  async #fetch(ask: Ask): Promise<Listing<T>> {
    const generation = this.#generation;
    const listing = await fetchAll(this.#listed, ask);
    // If a change was announced meanwhile, this listing is only for those who already wait for it.
    if (generation === this.#generation) {
      this.#listing = listing;
      this.#onListed?.();
    }
    return listing;
  }
}

async function fetchAll<T extends { readonly name: string }>(
  { method, member, of }: Listed<T>,
  ask: Ask,
): Promise<Listing<T>> {
  const tools: T[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let ttl = TTL_MS;
  let bytes = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const result = await ask(method, cursor === undefined ? {} : { cursor });
    const listed = result[member];
    if (!Array.isArray(listed))
      throw new ProxyError('upstream-invalid', `the upstream answered ${method} without a list of ${member}`);
    bytes += weightOf(listed);
    if (bytes > MAX_BYTES)
      throw new ProxyError('upstream-invalid', `the upstream's ${member} take more than ${MAX_BYTES} bytes of memory`);
    for (const entry of listed) {
      const tool = of(entry);
      if (tool !== undefined) tools.push(tool);
    }
    if (typeof result['ttlMs'] === 'number') ttl = Math.min(ttl, Math.max(0, result['ttlMs']));
    const next = result['nextCursor'];
    if (typeof next !== 'string' || next === '' || cursors.has(next)) break;
    cursors.add(next);
    bytes += 2 * next.length;
    cursor = next;
  }
  const at = Date.now();
  return { tools, byName: new Map(tools.map((tool) => [tool.name, tool])), bytes, at, until: at + ttl };
}

function isKnown(tool: object | undefined): boolean {
  return tool !== undefined;
}
