/**
 * The upstream's tools, or prompts, for whoever in the proxy must know them. Fetched when first asked for, never at
 * start-up; all pages; kept for a while; dropped when the upstream says that they changed, and looked at again for an
 * unknown name.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import { isNamed, listedTool } from '../call/listed-tool.ts';
import type { JsonObject } from '../json/value.ts';
import { weightOf } from '../json/weight.ts';

/** What is listed, by which method and member. */
export interface Listed<T> {
  readonly method: string;
  readonly member: string;
  /** An entry as its type says; undefined: it is none. */
  readonly of: (value: unknown) => T | undefined;
}

export const TOOLS: Listed<Tool> = { method: 'tools/list', member: 'tools', of: listedTool };
export const PROMPTS: Listed<{ readonly name: string }> = {
  method: 'prompts/list',
  member: 'prompts',
  of: (value) => (isNamed(value) ? value : undefined),
};

/** Asks the upstream; returns the `result`. */
export type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

const TTL_MS = 60_000;
/** An unknown name makes us look again, but not more often than this. */
const REFRESH_MS = 2_000;
/** More pages than any upstream has; a cursor that leads in circles ends here. */
const MAX_PAGES = 1_000;
/**
 * Bytes of all tools together, about: what is held of an upstream is for us to say, not for it. Its text says little:
 * `[[],[]]` takes ten times as many.
 */
const MAX_BYTES = 64 * 1024 * 1024;

interface Listing<T> {
  readonly tools: readonly T[];
  readonly byName: ReadonlyMap<string, T>;
  readonly at: number;
  readonly until: number;
}

export class Catalogue<T extends { readonly name: string }> {
  readonly #listed: Listed<T>;
  #listing: Listing<T> | undefined;
  #flight: Promise<Listing<T>> | undefined;
  #generation = 0;
  /**
   * When a name was last looked for that wasn't there. Not when it was listed: what somebody else was shown a moment
   * ago is no answer.
   */
  #missedAt = Number.NEGATIVE_INFINITY;

  constructor(listed: Listed<T>) {
    this.#listed = listed;
  }

  async tools(ask: Ask): Promise<readonly T[]> {
    return (await this.#current(ask)).tools;
  }

  /**
   * @param suffices says of what was found whether it will do; where not, it may be out of date, and is looked for
   * again, once
   */
  async tool(name: string, ask: Ask, suffices: (tool: T | undefined) => boolean = isKnown): Promise<T | undefined> {
    const before = this.#listing;
    const listing = await this.#current(ask);
    const tool = listing.byName.get(name);
    if (suffices(tool)) return tool;
    if (!this.#missedLately()) {
      this.#missedAt = Date.now();
      // What was fetched for this very question, or while it waited, is as new as can be.
      if (listing !== before) return tool;
      // Unless another call has done so meanwhile.
      if (this.#listing === listing) this.changed();
    } else if (this.#flight === undefined) return tool;
    return (await this.#current(ask)).byName.get(name);
  }

  /**
   * Whether a name is there, or was when last looked. What is out of date will do for a name that was there: many
   * upstreams let no listing live, and most calls name what they offer.
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
   * As {@link tool}, but what is out of date will do where it suffices, for a while: many upstreams let no listing
   * live, and would else be asked before every call.
   */
  sufficing(
    name: string,
    ask: () => Ask,
    suffices: (tool: T | undefined) => boolean,
  ): T | undefined | Promise<T | undefined> {
    const tool = this.listed(name);
    return tool !== undefined && suffices(tool) ? tool : this.tool(name, ask(), suffices);
  }

  /** What was listed a while ago, at most; undefined: ask. */
  listed(name: string): T | undefined {
    return this.#listing !== undefined && this.#listing.at + TTL_MS > Date.now()
      ? this.#listing.byName.get(name)
      : undefined;
  }

  /** The tool, if it is known without asking. */
  known(name: string): T | undefined {
    return this.#listing !== undefined && this.#listing.until > Date.now() ? this.#listing.byName.get(name) : undefined;
  }

  /** The upstream said, or showed, that its tools are others now. */
  changed(): void {
    this.#listing = undefined;
    // Whoever asks from now on must not be given what was asked for before.
    this.#flight = undefined;
    this.#generation++;
  }

  #current(ask: Ask): Listing<T> | Promise<Listing<T>> {
    if (this.#listing !== undefined && this.#listing.until > Date.now()) return this.#listing;
    const flight = this.#flight;
    if (flight === undefined) return (this.#flight = this.#fetch(ask));
    // Another client asked, in a session of its own: that this is gone says nothing of anybody else's.
    return flight.catch((error: unknown) => {
      if (error instanceof ProxyError && (error.code === 'session-not-found' || error.code === 'throttled'))
        return this.#current(ask);
      throw error;
    });
  }

  async #fetch(ask: Ask): Promise<Listing<T>> {
    const generation = this.#generation;
    try {
      const listing = await fetchAll(this.#listed, ask);
      // A change announced meanwhile makes this listing good for those only who already wait for it.
      if (generation === this.#generation) this.#listing = listing;
      return listing;
    } finally {
      if (generation === this.#generation) this.#flight = undefined;
    }
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
  return { tools, byName: new Map(tools.map((tool) => [tool.name, tool])), at, until: at + ttl };
}

function isKnown(tool: object | undefined): boolean {
  return tool !== undefined;
}
