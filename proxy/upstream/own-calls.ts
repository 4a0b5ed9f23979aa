/** Calls that the proxy itself makes on behalf of a client, to learn what its upstream offers. */
import type { Tool } from '@modelcontextprotocol/server';
import { UpstreamFailure } from '../base/errors.ts';
import { kernelRandom } from '../base/random.ts';
import type { Call, ListedPrompt, UpstreamView } from '../call/call.ts';
import { Exchange } from '../call/exchange.ts';
import { type Inbound, NO_HEADERS } from '../call/inbound.ts';
import { META_VERSION } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Reply } from '../reply/reply.ts';
import type { Ask } from './catalogue.ts';
import type { Catalogues } from './catalogues.ts';
import { readResponse } from './read.ts';

/** The client name and version that the proxy gives in its own calls. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

const META_CLIENT = 'io.modelcontextprotocol/clientInfo';
const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Headers of the proxy's own calls. It reads the replies itself, so it asks for no content coding. */
export const OWN_HEADERS: Inbound = { ...NO_HEADERS, acceptEncoding: 'identity' };

export interface Asking {
  readonly clientInfo: ClientInfo;
  /** Makes one of the proxy's own calls from its text. */
  readonly callOf: (exchange: Exchange, text: string) => Call;
  readonly send: (call: Call) => Promise<Reply>;
}

let secret: string | undefined;
let asked = 0;

/** An id that no client can have in the same session: an upstream that routes by ids would send the reply to that client. */
function ownId(): string {
  secret ??= kernelRandom(12).toString('hex');
  return `proxy-${secret}-${++asked}`;
}

/** Makes the exchange of a message from the proxy, in the era and session of the client behind `exchange`. */
export function ownExchange({ caller, era, inbound, channels }: Exchange): Exchange {
  const { protocolVersion, traceparent, tracestate, sessionId, runtimeSessionId, tokens } = inbound;
  const headers: Inbound = {
    ...OWN_HEADERS,
    protocolVersion,
    traceparent,
    tracestate,
    sessionId,
    runtimeSessionId,
    mirrorMethod: true,
    mirrorName: true,
    tokens,
  };
  const own = new Exchange(caller, era, headers, 0);
  own.channels.trace = channels.trace;
  own.channels.agreed = channels.agreed;
  return own;
}

/** Asks the upstream in the era and session of the client behind `exchange`. Throws `upstream-invalid` without a result. */
export async function ask(
  { clientInfo, callOf, send }: Asking,
  exchange: Exchange,
  method: string,
  params: JsonObject,
): Promise<JsonObject> {
  const { inbound, era } = exchange;
  const version = exchange.channels.received?.message?.metaVersion ?? inbound.protocolVersion;
  const meta = { [META_VERSION]: version, [META_CLIENT]: clientInfo, [META_CAPABILITIES]: {} };
  const body = era === 'modern' ? { ...params, _meta: meta } : params;
  const id = ownId();
  const call = callOf(ownExchange(exchange), JSON.stringify({ jsonrpc: '2.0', id, method, params: body }));
  const reply = await send(call);
  const head = { contentType: reply.header('content-type'), contentEncoding: reply.header('content-encoding') };
  const message = await readResponse(reply.body, head, JSON.stringify(id));
  const result = message['result'];
  if (isObject(result)) return result;
  throw new UpstreamFailure(
    'upstream-invalid',
    `the upstream answered the proxy's own ${method} with an error: HTTP ${reply.status}`,
  );
}

/** The upstream that a view shows. */
interface Viewed {
  readonly name: string;
  cataloguesOf(exchange: Exchange): Catalogues;
  askFor(exchange: Exchange): Ask;
  /** @param except whose list is newer */
  listChanged(kind: keyof Catalogues, except: Exchange | undefined): void;
}

/** What a control may ask the upstream behind a call. Made for every call, so it stays small. */
export class View implements UpstreamView {
  readonly #upstream: Viewed;
  readonly #exchange: Exchange;

  constructor(upstream: Viewed, exchange: Exchange) {
    this.#upstream = upstream;
    this.#exchange = exchange;
  }

  get name(): string {
    return this.#upstream.name;
  }

  tools(): Promise<readonly Tool[]> {
    return this.#catalogues.tools.tools(this.#upstream.askFor(this.#exchange));
  }

  async tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined> {
    const { tools } = this.#catalogues;
    if (suffices === undefined) return tools.tool(name, this.#upstream.askFor(this.#exchange));
    return tools.sufficing(name, () => this.#upstream.askFor(this.#exchange), suffices);
  }

  listed(name: string): Tool | undefined {
    return this.#catalogues.tools.listed(name);
  }

  prompt(
    name: string,
    suffices: (prompt: ListedPrompt | undefined) => boolean,
  ): ListedPrompt | undefined | Promise<ListedPrompt | undefined> {
    return this.#catalogues.prompts.sufficing(name, () => this.#upstream.askFor(this.#exchange), suffices);
  }

  listChanged(kind: keyof Catalogues, forOthers = false): void {
    this.#upstream.listChanged(kind, forOthers ? this.#exchange : undefined);
  }

  get #catalogues(): Catalogues {
    return this.#upstream.cataloguesOf(this.#exchange);
  }
}
