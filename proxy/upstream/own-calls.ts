/** Calls of the proxy's own, in the name of a client: what its upstream offers, for whoever in the proxy must know. */
import type { Tool } from '@modelcontextprotocol/server';
import { UpstreamFailure } from '../base/errors.ts';
import { kernelRandom } from '../base/random.ts';
import type { Call, UpstreamView } from '../call/call.ts';
import { Exchange } from '../call/exchange.ts';
import { type Inbound, NO_HEADERS } from '../call/inbound.ts';
import { META_VERSION } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Reply } from '../reply/reply.ts';
import type { Ask, Catalogue } from './catalogue.ts';
import { readResponse } from './read.ts';

/** What the proxy calls itself where it has to speak for itself. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

const META_CLIENT = 'io.modelcontextprotocol/clientInfo';
const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** What the proxy asks in its own name: it reads the replies itself, so they are to come without a content coding. */
export const OWN_HEADERS: Inbound = { ...NO_HEADERS, acceptEncoding: 'identity' };

export interface Asking {
  readonly clientInfo: ClientInfo;
  /** A call of the proxy's own from its text. */
  readonly callOf: (exchange: Exchange, text: string) => Call;
  readonly send: (call: Call) => Promise<Reply>;
}

let secret: string | undefined;
let asked = 0;

/**
 * An id that no client can have in the same session: an upstream that goes by ids would send it what the proxy asked
 * for.
 */
function ownId(): string {
  secret ??= kernelRandom(12).toString('hex');
  return `proxy-${secret}-${++asked}`;
}

/** For a message of the proxy's own in the era and session of the client behind `exchange`. */
export function ownExchange({ caller, era, inbound, channels }: Exchange): Exchange {
  const { protocolVersion, traceparent, tracestate, sessionId, runtimeSessionId } = inbound;
  const headers: Inbound = {
    ...OWN_HEADERS,
    protocolVersion,
    traceparent,
    tracestate,
    sessionId,
    runtimeSessionId,
    mirrorMethod: true,
    mirrorName: true,
  };
  const own = new Exchange(caller, era, headers, 0);
  own.channels.trace = channels.trace;
  return own;
}

/**
 * Asks the upstream in the era and session of the client behind `exchange`. Throws `upstream-invalid` where no result
 * comes back.
 */
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

/** What a control may ask of the upstream behind a call. Made for every call, so it holds next to nothing. */
export class View implements UpstreamView {
  readonly #upstream: { readonly name: string; readonly catalogue: Catalogue<Tool>; askFor(exchange: Exchange): Ask };
  readonly #exchange: Exchange;

  constructor(
    upstream: { readonly name: string; readonly catalogue: Catalogue<Tool>; askFor(exchange: Exchange): Ask },
    exchange: Exchange,
  ) {
    this.#upstream = upstream;
    this.#exchange = exchange;
  }

  get name(): string {
    return this.#upstream.name;
  }

  tools(): Promise<readonly Tool[]> {
    return this.#upstream.catalogue.tools(this.#upstream.askFor(this.#exchange));
  }

  async tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined> {
    const { catalogue } = this.#upstream;
    if (suffices === undefined) return catalogue.tool(name, this.#upstream.askFor(this.#exchange));
    return catalogue.sufficing(name, () => this.#upstream.askFor(this.#exchange), suffices);
  }

  listed(name: string): Tool | undefined {
    return this.#upstream.catalogue.listed(name);
  }
}
