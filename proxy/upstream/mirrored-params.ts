/** Which `Mcp-Param-*` headers a modern tool call is sent with, by what is known of the tool's schema. */
import type { Tool } from '@modelcontextprotocol/server';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Ask, Catalogue } from './catalogue.ts';
import { paramHeaders, passedParams } from './params.ts';

/** No headers: the same list each time, so that a caller can tell that there is nothing to wait for. */
export const NO_PARAMS: readonly string[] = [];

export class MirroredParams {
  readonly #catalogue: Catalogue<Tool>;
  readonly #askFor: (exchange: Exchange) => Ask;

  /** @param askFor how the proxy itself asks, in the name of a client */
  constructor(catalogue: Catalogue<Tool>, askFor: (exchange: Exchange) => Ask) {
    this.#catalogue = catalogue;
    this.#askFor = askFor;
  }

  /** Flat list. Throws `header-mismatch` where those of the client don't fit its arguments. */
  of(call: Call): readonly string[] | Promise<readonly string[]> {
    const { params, derive } = call.exchange.inbound;
    if (params !== undefined)
      return passedParams(call, params, (name, suffices) =>
        this.#catalogue.tool(name, this.#askFor(call.exchange), suffices),
      );
    // What a client wasn't shown, it couldn't mirror.
    if (call.exchange.channels.shownTool !== undefined && call.name !== undefined) {
      const found = this.#catalogue.sufficing(
        call.name,
        () => this.#askFor(call.exchange),
        (tool) => tool !== undefined,
      );
      return found instanceof Promise ? found.then((tool) => headersOf(call, tool)) : headersOf(call, found);
    }
    return headersOf(call, derive && call.name !== undefined ? this.#catalogue.known(call.name) : undefined);
  }

  /** For a call whose `Mcp-Param-*` something on the way has dropped: by the tool as it is described now. */
  async again(call: Call): Promise<readonly string[]> {
    this.#catalogue.changed();
    return headersOf(
      call,
      call.name === undefined ? undefined : await this.#catalogue.tool(call.name, this.#askFor(call.exchange)),
    );
  }
}

function headersOf(call: Call, tool: Tool | undefined): readonly string[] {
  return tool === undefined ? NO_PARAMS : paramHeaders(call, tool);
}
