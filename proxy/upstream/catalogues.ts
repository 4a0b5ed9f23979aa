/**
 * What an upstream lists. It is kept once for all callers, or for each caller if the credentials depend on the caller:
 * the upstream may then list other things to each.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { Cache } from '../base/cache.ts';
import type { ListedPrompt } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import { Catalogue, PROMPTS, TOOLS } from './catalogue.ts';

export interface Catalogues {
  readonly tools: Catalogue<Tool>;
  readonly prompts: Catalogue<ListedPrompt>;
}

/** Callers whose lists are kept. One list may have up to 64 MB, most have less than one. */
const MAX_CALLERS = 500;
const MAX_BYTES = 128 * 1024 * 1024;

export class CataloguesByCaller {
  readonly #whose: ((exchange: Exchange) => string) | undefined;
  readonly #shared = create();
  readonly #apart = new Cache<Catalogues>({
    maxBytes: MAX_BYTES,
    maxEntries: MAX_CALLERS,
    weigh: ({ tools, prompts }) => tools.bytes + prompts.bytes,
  });

  /** @param whose names whose credentials an exchange uses; undefined: all callers have the same */
  constructor(whose: ((exchange: Exchange) => string) | undefined) {
    this.#whose = whose;
  }

  of(exchange: Exchange): Catalogues {
    if (this.#whose === undefined) return this.#shared;
    const whose = this.#whose(exchange);
    const known = this.#apart.get(whose);
    if (known !== undefined) return known;
    const catalogues = create(() => {
      // Weighed again, unless it was forgotten meanwhile.
      if (this.#apart.get(whose) === catalogues) this.#apart.set(whose, catalogues);
    });
    this.#apart.set(whose, catalogues);
    return catalogues;
  }

  /**
   * The upstream announced, or showed, that a list changed. To whom is not known, so all are fetched again.
   * @param except who has a newer list. If all have the same, nothing happens
   */
  changed(kind: keyof Catalogues, except?: Exchange): void {
    if (except === undefined) this.#shared[kind].changed();
    const spared = except === undefined ? undefined : this.#whose?.(except);
    for (const [whose, catalogues] of this.#apart) if (whose !== spared) catalogues[kind].changed();
  }
}

function create(onListed?: () => void): Catalogues {
  return { tools: new Catalogue(TOOLS, onListed), prompts: new Catalogue(PROMPTS, onListed) };
}
