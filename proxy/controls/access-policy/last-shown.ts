/**
 * What the last list of a kind showed to callers whom no policy tells apart. Most lists change little, so most names are at
 * the same place as before: to compare them takes a fifth of the time in which a decision is found again.
 */
import { Cache } from '../../base/cache.ts';
import { flat } from '../../base/flat.ts';

interface Shown {
  readonly names: readonly string[];
  readonly shown: readonly boolean[];
}

/** Bytes of all lists. One of 2,000 tools takes a fifth. */
const MAX_BYTES = 1024 * 1024;
const MAX_KEY = 1024;
const NONE: Shown = Object.freeze({ names: Object.freeze([]), shown: Object.freeze([]) });

export class LastShown {
  readonly #lists = new Cache<Shown>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    weigh: ({ names }) => names.reduce((sum, { length }) => sum + 48 + 2 * length, 256),
  });

  /**
   * @param key the kind of the list, and all that decisions depend on besides the name
   * @param decide whether an entry of that name is shown
   */
  over(key: string, decide: (name: string) => boolean): Deciding {
    return new Deciding(this.#lists.get(key) ?? NONE, decide, (shown) => this.#lists.set(key, shown));
  }
}

/** Decides the entries of one list in their order. */
export class Deciding {
  readonly #before: Shown;
  readonly #decide: (name: string) => boolean;
  readonly #keep: (shown: Shown) => void;
  #at = 0;
  /** From the first name on that differs. */
  #next: { readonly names: string[]; readonly shown: boolean[] } | undefined;

  constructor(before: Shown, decide: (name: string) => boolean, keep: (shown: Shown) => void) {
    this.#before = before;
    this.#decide = decide;
    this.#keep = keep;
  }

  shows(name: string): boolean {
    const { names, shown } = this.#before;
    const at = this.#at++;
    const isSame = names[at] === name;
    if (isSame && this.#next === undefined) return shown[at] === true;
    const own = isSame ? shown[at] === true : this.#decide(name);
    this.#next ??= { names: names.slice(0, at), shown: shown.slice(0, at) };
    this.#next.names.push(flat(name));
    this.#next.shown.push(own);
    return own;
  }

  /** All entries were decided. A shorter list is not kept: the longer one answers for it, too. */
  end(): void {
    if (this.#next !== undefined) this.#keep(this.#next);
  }
}
