/** The list that clients see in place of all tools: the two own tools, and those that the config pins. */
import { log } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import { forCallerOnly } from '../controls/shared/caller-only.ts';
import { entriesOf } from '../controls/shared/entries.ts';
import { anyOf, type Fits } from '../controls/shared/glob.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Next } from '../pipeline/next.ts';
import { looksOwn, ownTools } from './own-tools.ts';
import type { SearchSettings } from './settings.ts';

export class ShortList {
  readonly #settings: SearchSettings;
  readonly #own: readonly JsonObject[];
  readonly #isPinned: Fits;
  /** Exchanges of the search itself, which gets the whole list. */
  readonly #whole = new WeakSet<Exchange>();
  #reported = false;

  constructor(settings: SearchSettings) {
    this.#settings = settings;
    this.#own = ownTools(settings);
    this.#isPinned = anyOf(settings.pinned);
  }

  /** The list of this exchange stays whole. */
  exempt(exchange: Exchange): void {
    this.#whole.add(exchange);
  }

  /** Wraps all controls: shortens the list that they leave. */
  around(next: Next): Next {
    return (call) =>
      call.method === 'tools/list' && call.kind === 'request' && !this.#whole.has(call.exchange)
        ? this.#shortened(call, next)
        : next(call);
  }

  async #shortened(call: Call, next: Next): ReturnType<Next> {
    const cursor = call.params?.['cursor'];
    // As several upstreams read it.
    const isFirst = cursor === undefined || cursor === '';
    const reply = await next(call);
    return reply.dependsOn([String(isFirst)]).mapResult((result) => this.#short(result, isFirst));
  }

  #short(result: JsonObject, isFirst: boolean): JsonObject {
    const { names, pinned } = this.#settings;
    const entries = entriesOf(result, 'tools').filter(isObject);
    if (entries.some(({ name }) => looksOwn(name, names))) this.#report();
    const kept = entries.filter(
      ({ name }) => typeof name === 'string' && !looksOwn(name, names) && this.#isPinned(name),
    );
    const { nextCursor, ...rest } = forCallerOnly(result);
    const tools = isFirst ? [...this.#own, ...kept] : kept;
    // Without pinned tools, nothing on the other pages would be shown.
    return pinned.length === 0 || nextCursor === undefined ? { ...rest, tools } : { ...rest, tools, nextCursor };
  }

  /** Once for each process: the list may be asked for often. */
  #report(): void {
    if (this.#reported) return;
    this.#reported = true;
    const { search, call } = this.#settings.names;
    log.warn(
      `an upstream has a tool that is named ${search} or ${call}, or looks so, as the tool search's own: expected other names in config.search.names; the upstream's tool can't be called`,
      { event: 'name-collision', list: 'tools/list' },
    );
  }
}
