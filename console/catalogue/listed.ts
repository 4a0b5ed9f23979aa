/** Answers the page's questions about what callers are shown, and what upstreams offer. */
import type { ServerResponse } from 'node:http';
import type { Environment } from '../../proxy/base/environment.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { type Shown, shownText } from '../record/shape.ts';
import { answer } from '../server/answer.ts';
import type { ChosenCallers } from '../try/chosen-callers.ts';
import { type KnownCallers, UnknownCaller } from '../try/known-callers.ts';
import { readCatalogue } from './catalogue.ts';
import { shapedCatalogue, shapedMatrix } from './shaped.ts';

export interface ListedOptions {
  readonly url: string;
  /** The config that serves now. */
  readonly served: () => ProxyConfig;
  /** Variables that bind the upstreams. */
  readonly environment: Environment;
  /** Where a lock may be. */
  readonly lockFile: string | undefined;
  readonly chosen: ChosenCallers;
  readonly known: KnownCallers;
  readonly shown: Shown;
}

/** Each is a POST, since it makes calls. */
export class Listed {
  readonly #options: ListedOptions;

  constructor(options: ListedOptions) {
    this.#options = options;
  }

  catalogue(body: unknown, response: ServerResponse): Promise<void> {
    const { url, chosen, known, shown } = this.#options;
    return this.#answered(response, async () => {
      const claims = known.claimsOf(isObject(body) ? (body['caller'] ?? {}) : {});
      return shapedCatalogue(await readCatalogue(url, chosen.issue(claims)), shown);
    });
  }

  matrix(response: ServerResponse): Promise<void> {
    const { known, served, shown } = this.#options;
    const config = served();
    return this.#answered(response, async () => {
      // Loaded on first use: policies may need Cedar.
      const { matrixOf } = await import('./matrix.ts');
      return shapedMatrix(
        await matrixOf({ ...this.#options, config, callers: known.withConfigured(config.caller) }),
        shown,
      );
    });
  }

  drift(response: ServerResponse): Promise<void> {
    const { served, environment, lockFile } = this.#options;
    return this.#answered(response, async () => {
      const { drift } = await import('./drift.ts');
      return drift(served(), environment, lockFile);
    });
  }

  async #answered(response: ServerResponse, work: () => Promise<unknown>): Promise<void> {
    try {
      answer(response, 200, await work());
    } catch (error) {
      if (error instanceof UnknownCaller) answer(response, 400, { error: error.message });
      // An upstream's words.
      else
        answer(response, 502, {
          error: shownText(this.#options.shown, error instanceof Error ? error.message : String(error)),
        });
    }
  }
}
