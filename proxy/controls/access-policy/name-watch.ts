/** Watches lists go by, for the names in policies that none of them shows. */
import type { JsonObject } from '../../json/lossless.ts';
import type { Named } from './names.ts';

/** Pages under way that are waited for at most. */
const MAX_OPEN = 64;

/** Puts the pages of a list together as they pass by, and says once, when the first whole list was seen, what isn't in it. */
export class NameWatch {
  readonly #open = new Map<string, ReadonlySet<string>>();
  #named: readonly Named[];
  readonly #warn: (missing: Named) => void;

  constructor(named: readonly Named[], warn: (missing: Named) => void) {
    this.#named = named;
    this.#warn = warn;
  }

  saw(type: 'Tool' | 'Prompt', names: readonly string[], cursor: unknown, { nextCursor }: JsonObject): void {
    if (!this.#named.some((named) => named.type === type)) return;
    const before = typeof cursor === 'string' ? this.#open.get(`${type}\n${cursor}`) : new Set<string>();
    if (before === undefined) return;
    const all = new Set([...before, ...names]);
    if (typeof nextCursor === 'string' && nextCursor !== '') {
      if (this.#open.size >= MAX_OPEN) this.#open.clear();
      this.#open.set(`${type}\n${nextCursor}`, all);
      return;
    }
    for (const named of this.#named) if (named.type === type && ![...all].some(named.matches)) this.#warn(named);
    this.#named = this.#named.filter((named) => named.type !== type);
  }
}
