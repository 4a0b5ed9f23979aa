/**
 * What the log says of one upstream: one line when it stops working, and one when it works again. Failures in between are
 * only counted, since each connecting client would cause several.
 */
import { UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Era } from '../call/exchange.ts';

/** What an upstream can lack while it answers other requests. */
export type Part =
  | 'initialize'
  | 'server/discover'
  | 'tools/list'
  | 'prompts/list'
  | 'resources/list'
  | 'resources/templates/list'
  | 'skills/list'
  | 'tasks/list'
  | 'stream'
  | 'broadcast';

/** A line of the log about a part that is missing. */
export interface Line {
  readonly words: string;
  readonly fields: Readonly<Record<string, unknown>> & { readonly event: string };
}

export class Health {
  readonly #upstream: string;
  /** Failures since the line that says that it is down; undefined: it works. */
  #down: number | undefined;
  /** By era and part: the same for one that is missing. */
  readonly #missing = new Map<`${Era} ${Part}`, number>();

  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  /** It did not answer a call. */
  failed(error: unknown): void {
    if (this.#down === undefined)
      log.warn('an upstream does not work: its calls fail, and lists lack what it offers', {
        event: 'upstream-down',
        upstream: this.#upstream,
        ...shown(error),
      });
    this.#down = (this.#down ?? -1) + 1;
  }

  /** It answered a call. @param isSaid the log says so already */
  worked(isSaid: boolean): void {
    if (this.#down === undefined) return;
    if (!isSaid)
      log.info('an upstream works again', {
        event: 'upstream-up',
        upstream: this.#upstream,
        furtherFailures: this.#down,
      });
    this.#down = undefined;
  }

  /** A part of what is made of all upstreams lacks this one. */
  lacks(part: Part, era: Era, error: unknown, { words, fields }: Line): void {
    // The log says so already.
    if (this.#down !== undefined) return;
    const known = this.#missing.get(`${era} ${part}`);
    this.#missing.set(`${era} ${part}`, (known ?? -1) + 1);
    if (known === undefined) log.warn(words, { ...fields, upstream: this.#upstream, era, ...shown(error) });
  }

  has(part: Part, era: Era): void {
    const furtherFailures = this.#missing.get(`${era} ${part}`);
    if (furtherFailures === undefined) return;
    this.#missing.delete(`${era} ${part}`);
    log.info('an upstream is no longer missing', {
      event: 'upstream-up',
      upstream: this.#upstream,
      part,
      era,
      furtherFailures,
    });
  }
}

/** The words of a failure say all; for anything else, a stack does. */
function shown(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof UpstreamFailure ? { code: error.code, why: error.message } : { error };
}
