import { ProxyError } from './base/errors.ts';
/**
 * What is done before a snapshot is taken of the process, and what is left for its first call.
 *
 * The platform's V2 starts a session from a snapshot of the started process. So everything that the first calls would load
 * is loaded before (`WARM_UP`), and what a copy must not share with others doesn't exist yet: secrets, connections, random
 * values. Without a snapshot, all of that happens as late as possible, or, to fail early, at the start.
 */
import { loadedOnce } from './base/loaded.ts';
import { log } from './base/log.ts';

/** `start`: before it listens. `hook`: when the platform asks for it (`POST /warm-up`). */
export type WarmUpMode = 'start' | 'hook';

export class WarmUp {
  readonly #mode: WarmUpMode | undefined;
  readonly #loads: (() => Promise<unknown>)[] = [];
  readonly #begins: (() => Promise<void>)[] = [];
  /** One run at a time; after a failure the next one tries again. */
  readonly #loaded = loadedOnce(async () => {
    const startedAt = performance.now();
    await Promise.all(this.#loads.map((load) => load()));
    log.info('warmed up', { event: 'warmed-up', ms: Math.round(performance.now() - startedAt) });
    return {};
  });
  #begun = false;
  #beginning: Promise<void> | undefined;

  /** @param mode undefined: no snapshot is taken */
  constructor(mode: WarmUpMode | undefined) {
    this.#mode = mode;
  }

  /** Adds what the first calls would load: code and tables, no connection, no secret, nothing random. */
  readonly loads = (load: () => Promise<unknown>): void => {
    this.#loads.push(load);
  };

  /** Adds what a snapshot must not contain. */
  readonly begins = (begin: () => Promise<void>): void => {
    this.#begins.push(begin);
  };

  /** Everything has been added. @throws what a load or, without a snapshot, a beginning throws */
  async started(): Promise<void> {
    if (this.#mode === undefined) for (const begin of this.#begins.splice(0)) await begin();
    else if (this.#mode === 'start') await this.#loaded();
  }

  /** For the platform's hook. Undefined: there is none. */
  get hook(): (() => Promise<void>) | undefined {
    return this.#mode === 'hook' ? async () => void (await this.#loaded()) : undefined;
  }

  /**
   * To await before the first message of a client. Undefined: nothing is left to do.
   * @throws ProxyError that refuses the message; the next one tries again
   */
  readonly begin = (): Promise<void> | undefined => {
    if (this.#begun || this.#begins.length === 0) return undefined;
    return (this.#beginning ??= this.#run().finally(() => (this.#beginning = undefined)));
  };

  async #run(): Promise<void> {
    try {
      while (this.#begins[0] !== undefined) {
        await this.#begins[0]();
        this.#begins.shift();
      }
      this.#begun = true;
    } catch (error) {
      log.error('the proxy could not begin', { event: 'not-begun', error });
      throw error instanceof ProxyError
        ? error
        : new ProxyError('internal', 'the proxy could not begin: try again later', { cause: error });
    }
  }
}
