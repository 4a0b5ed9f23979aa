/**
 * Maps between the client's names and the upstream's. A shown name always leads to one tool. If the upstream has
 * another tool of that name, it is not shown and can't be called.
 */
import { anyOf, type Fits } from '../shared/glob.ts';
import type { EnrichmentOptions } from './options.ts';

interface Group {
  readonly prefix: string;
  readonly has: Fits;
}

export class Names {
  readonly #renamed = new Map<string, string>();
  readonly #byShown = new Map<string, string>();
  readonly #groups: readonly Group[];
  readonly #hidden: Fits;
  /** Whether any name differs from the upstream's. */
  readonly changes: boolean;

  constructor({ tools = {}, hide = [], groups = {} }: EnrichmentOptions) {
    for (const [name, changes] of Object.entries(tools)) {
      if (changes.name === undefined) continue;
      this.#renamed.set(name, changes.name);
      if (!this.#byShown.has(changes.name)) this.#byShown.set(changes.name, name);
    }
    this.#groups = Object.entries(groups).map(([prefix, names]) => ({ prefix, has: anyOf(names) }));
    this.#hidden = anyOf(hide);
    this.changes = this.#renamed.size > 0 || this.#groups.length > 0 || hide.length > 0;
  }

  /** Undefined: the tool is hidden. */
  shownAs(name: string): string | undefined {
    if (this.#hidden(name)) return undefined;
    const renamed = this.#renamed.get(name);
    if (renamed !== undefined) return renamed;
    const group = this.#groups.find(({ has }) => has(name));
    return group === undefined ? name : group.prefix + name;
  }

  /** The upstream's name of a tool that the client calls; undefined if there is none. */
  upstreamOf(shown: string): string | undefined {
    const renamed = this.#byShown.get(shown);
    if (renamed !== undefined && this.shownAs(renamed) === shown) return renamed;
    for (const { prefix } of this.#groups) {
      const name = shown.startsWith(prefix) ? shown.slice(prefix.length) : '';
      if (name !== '' && this.shownAs(name) === shown) return name;
    }
    return this.shownAs(shown) === shown ? shown : undefined;
  }
}
