/** Which `Mcp-Param-*` headers a modern tool call is sent with, by the tool's schema as far as it is known. */
import type { Tool } from '@modelcontextprotocol/server';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Ask, Catalogue } from './catalogue.ts';
import { paramHeaders, passedParams } from './params.ts';

/** No headers. Always the same list, so that it can be compared by identity and needs no wait. */
export const NO_PARAMS: readonly string[] = [];

export class MirroredParams {
  readonly #catalogueOf: (exchange: Exchange) => Catalogue<Tool>;
  readonly #askFor: (exchange: Exchange) => Ask;

  /**
   * @param catalogueOf returns the tools that a client sees
   * @param askFor makes the function with which the proxy asks the upstream on behalf of a client
   */
  constructor(catalogueOf: (exchange: Exchange) => Catalogue<Tool>, askFor: (exchange: Exchange) => Ask) {
    this.#catalogueOf = catalogueOf;
    this.#askFor = askFor;
  }

  /** Returns a flat list. Throws `header-mismatch` if the client's headers don't match its arguments. */
  of(call: Call): readonly string[] | Promise<readonly string[]> {
    const { params, derive } = call.exchange.inbound;
    if (params !== undefined)
      return passedParams(call, params, (name, suffices) =>
        this.#catalogueOf(call.exchange).tool(name, this.#askFor(call.exchange), suffices),
      );
    // A client can't mirror by a schema that it wasn't shown.
    if (call.exchange.channels.shownTool !== undefined && call.name !== undefined) {
      const found = this.#catalogueOf(call.exchange).sufficing(
        call.name,
        () => this.#askFor(call.exchange),
        (tool) => tool !== undefined,
      );
      return found instanceof Promise ? found.then((tool) => headersOf(call, tool)) : headersOf(call, found);
    }
    if (derive && call.exchange.channels.isUnseen && call.name !== undefined) return this.#unseen(call, call.name);
    return headersOf(
      call,
      derive && call.name !== undefined ? this.#catalogueOf(call.exchange).known(call.name) : undefined,
    );
  }

  /** An upstream may route by these headers, so it gets them with the first call, too. If it doesn't list its tools, none. */
  #unseen(call: Call, name: string): readonly string[] | Promise<readonly string[]> {
    const found = this.#catalogueOf(call.exchange).sufficing(
      name,
      () => this.#askFor(call.exchange),
      (tool) => tool !== undefined,
    );
    if (!(found instanceof Promise)) return headersOf(call, found);
    return found.then(
      (tool) => headersOf(call, tool),
      () => NO_PARAMS,
    );
  }

  /** For a call whose `Mcp-Param-*` were dropped on the way: makes them by the tool's current schema. */
  async again(call: Call): Promise<readonly string[]> {
    this.#catalogueOf(call.exchange).changed();
    return headersOf(
      call,
      call.name === undefined
        ? undefined
        : await this.#catalogueOf(call.exchange).tool(call.name, this.#askFor(call.exchange)),
    );
  }
}

function headersOf(call: Call, tool: Tool | undefined): readonly string[] {
  return tool === undefined ? NO_PARAMS : paramHeaders(call, tool);
}
