/** The callers that a person may choose, by name. */
import type { CallerSource } from '../../proxy/call/caller.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';

export class UnknownCaller extends Error {}

export class KnownCallers {
  readonly #claims: ReadonlyMap<string, JsonObject>;

  constructor(claims: ReadonlyMap<string, JsonObject>) {
    this.#claims = claims;
  }

  get names(): readonly string[] {
    return [...this.#claims.keys()];
  }

  /** All of them, and the one whom the config's source reads where a request has no token or header. */
  withConfigured(source: CallerSource | undefined): ReadonlyMap<string, JsonObject | undefined> {
    if (source?.kind === 'fixed') {
      // It reads nothing of a request.
      const caller = source.prepare({})({ headers: {}, rawHeaders: [] });
      return new Map([['--caller', caller instanceof Promise ? undefined : caller.claims], ...this.#claims]);
    }
    return (source?.kind ?? 'none') === 'none' ? new Map([['anyone', {}], ...this.#claims]) : this.#claims;
  }

  /** Undefined: as the config's source reads it. Throws {@link UnknownCaller}. */
  claimsOf(choice: unknown): JsonObject | undefined {
    if (!isObject(choice)) throw new UnknownCaller('expected a caller: { "name": … } or { "claims": … }');
    const { name, claims } = choice;
    if (claims !== undefined) {
      if (isObject(claims)) return claims;
      throw new UnknownCaller('expected claims to be an object such as {"sub":"ann","groups":["analysts"]}');
    }
    if (name === undefined) return undefined;
    const known = typeof name === 'string' ? this.#claims.get(name) : undefined;
    if (known === undefined) throw new UnknownCaller(`expected one of ${this.names.join(', ') || 'no callers'}`);
    return known;
  }
}
