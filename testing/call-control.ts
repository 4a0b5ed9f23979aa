/** One control, one call, no socket: uses the proxy's dispatch, so errors are the same as in a proxy. */
import type { Tool } from '@modelcontextprotocol/server';
import { ControlFault, type ErrorCode, faultOf, ProxyError } from '../proxy/base/errors.ts';
import type { Call } from '../proxy/call/call.ts';
import { callerOf, NOBODY } from '../proxy/call/caller.ts';
import { type Era, Exchange, type Fact } from '../proxy/call/exchange.ts';
import { NO_HEADERS } from '../proxy/call/inbound.ts';
import { readMessage } from '../proxy/call/message.ts';
import { Dispatcher } from '../proxy/dispatch/dispatch.ts';
import type { Upstream } from '../proxy/dispatch/dispatching.ts';
import { isObject, JsonText } from '../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../proxy/json/value.ts';
import { asControl } from '../proxy/pipeline/by-method.ts';
import { type DefinedControl, mayChangeResources } from '../proxy/pipeline/control.ts';
import { isRefusal } from '../proxy/pipeline/decision.ts';
import type { Next } from '../proxy/pipeline/next.ts';
import type { Observer } from '../proxy/pipeline/observer.ts';
import type { Sink } from '../proxy/reply/deliver.ts';
import { Reply } from '../proxy/reply/reply.ts';

/** A JSON-RPC message without the implied members: `jsonrpc`, and the `id` of a request. */
export interface Message {
  readonly method?: string;
  readonly params?: object;
  readonly id?: string | number;
  readonly result?: object;
}

export interface CallOptions {
  /** Claims of the caller's token. @default - no caller */
  readonly claims?: JsonObject;
  /** @default 'modern' */
  readonly era?: Era;
  /** Values of the control's bindings. @default none */
  readonly bindings?: Readonly<Record<string, string>>;
  /**
   * The upstream's answer: a result, or messages that end with a result, sent as an event stream.
   * @default {}
   */
  readonly result?: object;
  readonly messages?: readonly object[];
  /** The tools that the upstream lists. @default none */
  readonly tools?: readonly Tool[];
  /** Cancels the call as a client would. @default - not cancelled */
  readonly signal?: AbortSignal;
}

export interface Called {
  /** What the upstream received; undefined if the control refused or answered. */
  readonly forwarded: { readonly method: string; readonly params: JsonValue | undefined } | undefined;
  /** The code of the refusal, from `docs/errors.md`. */
  readonly refused: ErrorCode | undefined;
  /** Whether the control answered in the upstream's place; `result` has its answer, as the client got it. */
  readonly answered: boolean;
  /**
   * An error in the control itself: it broke a rule of controls, or threw something other than a refusal. The client
   * doesn't see it.
   */
  readonly fault: unknown;
  /** What the client received: HTTP status and messages, the response last. */
  readonly status: number;
  readonly messages: readonly JsonObject[];
  /** The response's result or error; undefined if there is none. */
  readonly result: JsonValue | undefined;
  readonly error: JsonValue | undefined;
  /** The facts that were noted. */
  readonly facts: readonly Fact[];
}

const MAX_REPLY = 16 * 1024 ** 2;

/**
 * Sets the control up, sends it one call, and returns what happened. To send several calls to one control, use
 * `startTestProxy`.
 */
export async function callControl(
  control: DefinedControl,
  message: Message,
  options: CallOptions = {},
): Promise<Called> {
  const { claims, era = 'modern', bindings = {}, result = {}, messages, tools = [], signal } = options;
  const missing = Object.keys(control.bindings).filter((name) => bindings[name] === undefined);
  if (missing.length > 0)
    throw new TypeError(
      `control ${control.name} needs the bindings ${missing.join(', ')}: give them in options.bindings`,
    );
  const full = {
    jsonrpc: '2.0',
    ...(message.method === undefined || message.method.startsWith('notifications/') ? {} : { id: 1 }),
    ...message,
  };
  const read = readMessage(JSON.stringify(full));
  const exchange = new Exchange(claims === undefined ? NOBODY : callerOf(claims), era, NO_HEADERS, read.text.length);
  signal?.addEventListener('abort', () => exchange.abort());
  let forwarded: Called['forwarded'];
  const upstream: Upstream = {
    send: (call) => {
      forwarded = { method: call.method, params: call.params as JsonValue | undefined };
      return Promise.resolve(
        answer(call, messages ?? [{ jsonrpc: '2.0', id: 1, result }], messages !== undefined, control),
      );
    },
    sessionOf: () => undefined,
    isOpen: () => false,
    has: () => true,
    refuse: () => Promise.resolve(),
    view: () => ({
      name: 'default',
      tools: () => Promise.resolve(tools),
      tool: (name) => Promise.resolve(tools.find((tool) => tool.name === name)),
    }),
    notified: () => {},
    takesUrls: () => false,
  };
  const faults = new Faults(control.name);
  const layers = [
    {
      name: control.name,
      replies: control.replies,
      maps: control.maps,
      control: asControl(await control.setup({ bindings }), control.name),
    },
  ];
  const dispatcher = new Dispatcher({
    layers,
    attention: control.replies,
    changesResources: mayChangeResources([control]),
    observers: [faults],
    upstream,
    maxInspectedReply: MAX_REPLY,
  });
  const sink = new Collected();
  await dispatcher.dispatch(read.kind, read, exchange, sink);
  const sent = sink.messages;
  const response = sent.findLast((one) => 'result' in one || 'error' in one);
  return {
    forwarded,
    refused: refusedBy(exchange.facts, control.name),
    answered: exchange.channels.answeredBy !== undefined,
    fault: faults.first,
    status: sink.status,
    messages: sent,
    result: response?.['result'],
    error: response?.['error'],
    facts: exchange.facts,
  };
}

function answer(call: Call, messages: readonly object[], events: boolean, { replies }: DefinedControl): Reply {
  if (call.kind !== 'request') return new Reply(202, [], undefined, undefined, 0, replies);
  const texts = messages.map((message) =>
    JSON.stringify({ jsonrpc: '2.0', ...('result' in message ? { id: 1 } : {}), ...message }),
  );
  const type = events ? 'text/event-stream' : 'application/json';
  const body = Buffer.from(events ? texts.map((text) => `data: ${text}\n\n`).join('') : (texts[0] ?? ''));
  return new Reply(200, ['Content-Type', type], body, type, body.length, replies);
}

function refusedBy(facts: readonly Fact[], name: string): ErrorCode | undefined {
  const decision = facts.findLast((fact) => fact['control'] === name && fact['decision'] !== undefined)?.['decision'];
  return typeof decision === 'string' && isRefusal(decision) ? (decision as ErrorCode) : undefined;
}

/** Collects faults of the control, in the call or in its reply. */
class Faults implements Observer {
  first: unknown;
  readonly #control: string;

  constructor(control: string) {
    this.#control = control;
  }

  around(next: Next): Next {
    return async (call) => {
      try {
        const reply = await next(call);
        reply.transforms.forEach((transform, i) => {
          reply.transforms[i] = {
            ...transform,
            map: async (message, source, note) => this.#kept(async () => transform.map(message, source, note)),
          };
        });
        return reply;
      } catch (error) {
        throw this.#keep(error);
      }
    };
  }

  async #kept<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw this.#keep(error);
    }
  }

  #keep(error: unknown): unknown {
    const fault = faultOf(this.#control, error);
    if (!(fault instanceof ProxyError)) this.first ??= fault instanceof ControlFault ? (fault.cause ?? fault) : fault;
    return fault;
  }

  beneath(next: Next): Next {
    return next;
  }

  refused(): void {}

  ready(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A client that reads everything. */
class Collected implements Sink {
  status = 0;
  /** The chunks are kept, so their memory must not be freed. */
  readonly settled = false;
  readonly gone = false;
  readonly #chunks: Buffer[] = [];
  #headers: readonly string[] = [];

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onDrain(): void {}

  end(last?: Buffer): void {
    if (last !== undefined) this.#chunks.push(last);
  }

  cut(): void {}

  get messages(): JsonObject[] {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    const events = this.#headers.some((header) => header === 'text/event-stream');
    const texts = events
      ? text.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []))
      : [text];
    return texts
      .filter((one) => one.trim() !== '')
      .map((one) => JsonText.parse(one).value)
      .filter(isObject);
  }
}
