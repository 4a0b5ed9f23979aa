/** Answers the page's questions about what callers are shown. */
import type { ServerResponse } from 'node:http';
import { isObject } from '../../proxy/json/lossless.ts';
import { answer } from '../server/answer.ts';
import type { ChosenCallers } from '../try/chosen-callers.ts';
import { type KnownCallers, UnknownCaller } from '../try/known-callers.ts';
import { readCatalogue } from './catalogue.ts';

export interface ListedOptions {
  readonly url: string;
  readonly chosen: ChosenCallers;
  readonly known: KnownCallers;
}

export class Listed {
  readonly #options: ListedOptions;

  constructor(options: ListedOptions) {
    this.#options = options;
  }

  /** A POST, since it makes calls. */
  async catalogue(body: unknown, response: ServerResponse): Promise<void> {
    const { url, chosen, known } = this.#options;
    try {
      const claims = known.claimsOf(isObject(body) ? (body['caller'] ?? {}) : {});
      answer(response, 200, await readCatalogue(url, chosen.issue(claims)));
    } catch (error) {
      const status = error instanceof UnknownCaller ? 400 : 502;
      answer(response, status, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}
