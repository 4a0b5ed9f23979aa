/** The one dispatch point: every message, of every kind, goes through the composed controls here, and nowhere else. */
import { Call, type CallKind, type Exchange, type UpstreamView } from './call.ts';
import { compose, type Layer } from './control.ts';
import { ProxyError } from './errors.ts';
import type { Message } from './message.ts';
import type { Attention, Reply } from './reply.ts';
import { deliver, type Delivery, type Sink } from './reply/deliver.ts';
import { type OpenCall, Streams } from './streams.ts';
import { refusedOf, toWire } from './wire.ts';

/** Sends a call to its upstream. Settles at the reply's head. */
export interface Upstream {
  send(call: Call): Promise<Reply>;
  view(exchange: Exchange): UpstreamView;
  /** A notification of the upstream's went by on some reply. */
  notified(method: string): void;
}

export interface DispatchOptions {
  readonly layers: readonly Layer[];
  readonly attention: Attention;
  readonly upstream: Upstream;
  /** Bound on a reply that a control looks at, in bytes. */
  readonly maxInspectedReply: number;
}

export class Dispatcher {
  readonly streams = new Streams();
  readonly #handle: (call: Call) => Promise<Reply>;
  readonly #options: DispatchOptions;
  readonly #watching: boolean;

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#watching = options.layers.length > 0;
    this.#handle = compose(options.layers, (call) => options.upstream.send(call));
  }

  /** One message, or a bare GET or DELETE (`message` undefined), from arrival to the last byte of its reply. Never rejects. */
  async dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, sink: Sink): Promise<void> {
    let call = this.#callOf(kind, message, exchange);
    try {
      call = this.#correlate(call);
      exchange.received = call;
      const resumed = this.#resumed(call);
      const reply = await this.#handle(call);
      await deliver(reply, sink, this.#deliveryOf(call, reply, resumed));
    } catch (error) {
      refuse(error, call, sink);
    }
  }

  #callOf(kind: CallKind, message: Message | undefined, exchange: Exchange): Call {
    const method = kind === 'stream' ? 'GET' : kind === 'end' ? 'DELETE' : kind === 'response' ? 'response' : (message?.method ?? '');
    return new Call(kind, method, message, this.#options.upstream.view(exchange), exchange);
  }

  /** A client's response takes the method of the request that it answers. */
  #correlate(call: Call): Call {
    if (call.kind !== 'response' || call.id === undefined || call.message === undefined) return call;
    const question = this.streams.answered(sessionOf(call), call.id);
    if (question === undefined) return call;
    call.exchange.origin = question.call;
    return new Call('response', question.method, call.message, call.upstream, call.exchange);
  }

  /** The call whose stream a GET resumes. */
  #resumed(call: Call): OpenCall | undefined {
    const after = call.exchange.inbound.lastEventId;
    if (this.#options.attention !== 'transforms' || call.kind !== 'stream' || after === undefined) return undefined;
    const origin = this.streams.byEvent(sessionOf(call), after);
    if (origin === undefined) {
      throw new ProxyError('unmatched-stream', 'this stream cannot be resumed: its call is not known here, while a control transforms replies; call again');
    }
    return origin;
  }

  #deliveryOf(call: Call, reply: Reply, resumed: OpenCall | undefined): Delivery {
    const { attention, maxInspectedReply: maxInspected } = this.#options;
    const refused = refusedOf(call);
    if (!this.#watching) return { refused, maxInspected };
    const { upstream } = this.#options;
    const session = sessionOf(call);
    const onMessage: Delivery['onMessage'] = (message) => {
      if (message.method === undefined) return;
      if (message.id === undefined) upstream.notified(message.method);
      else if (call.era === 'legacy') this.streams.asked(session, message.id, message.method, call);
    };
    if (call.era === 'modern') return { refused, maxInspected, onMessage };
    if (attention !== 'transforms') return { refused, maxInspected, onMessage };
    if (call.kind === 'stream') return this.#streamDelivery(call, reply, resumed, { refused, maxInspected, onMessage }, session);
    if (call.kind !== 'request') return { refused, maxInspected };
    const entry = this.streams.open(session, call, reply.transforms);
    void reply.finished.then(({ outcome }) => outcome !== 'cut' && this.streams.close(entry));
    return { refused, maxInspected, onMessage, onEventId: (id) => this.streams.event(session, entry, id) };
  }

  /** A GET stream: responses on it get the controls of the calls they answer; a resumed stream, those of its call. */
  #streamDelivery(call: Call, reply: Reply, resumed: OpenCall | undefined, delivery: Delivery, session: string): Delivery {
    const entry = resumed ?? this.streams.open(session, call, reply.transforms);
    if (resumed !== undefined && resumed.call.kind !== 'stream') {
      reply.transforms.length = 0;
      reply.transforms.push(...resumed.transforms);
    }
    return {
      ...delivery,
      transformsOf: (id) => this.streams.byId(session, id)?.transforms,
      onEventId: (id) => this.streams.event(session, entry, id),
    };
  }
}

/** What tells this client's streams from another's: the platform's session, or ours, and the caller. */
function sessionOf(call: Call): string {
  const { inbound, caller } = call.exchange;
  return `${inbound.runtimeSessionId ?? inbound.sessionId ?? ''}\n${caller.key}`;
}

function refuse(error: unknown, call: Call, sink: Sink): void {
  const wire = toWire(error, refusedOf(call));
  const body = Buffer.from(wire.body);
  sink.head(wire.status, [...wire.headers, 'Content-Length', String(body.length)], false);
  sink.end(body);
}
