/** The one dispatch point: every message, of every kind, goes through the composed controls here. */
import { ConsentRequired, ProxyError, UnknownName } from '../base/errors.ts';
import { Call, type CallKind } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { type Refused, refusedOf, toWire, type WireError } from '../call/wire.ts';
import { compose } from '../pipeline/compose.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observer } from '../pipeline/observer.ts';
import { deliver, deliverUntouched, type Sink } from '../reply/deliver.ts';
import { endWithToken } from '../reply/ended-in-time.ts';
import type { Reply } from '../reply/reply.ts';
import { withoutDigests } from '../reply/skills.ts';
import { Correlation } from './correlation.ts';
import { Deliveries } from './deliveries.ts';
import type { Dispatching, DispatchOptions } from './dispatching.ts';
import { isOfOtherEra } from './era-methods.ts';
import { Streams } from './streams.ts';

export class Dispatcher implements Dispatching {
  readonly streams: Streams;
  readonly #handle: (call: Call) => Promise<Reply>;
  readonly #options: DispatchOptions;
  readonly #correlation: Correlation;
  readonly #deliveries: Deliveries;
  readonly #watching: boolean;
  /** Observers of what clients get. Undefined: none. */
  readonly #delivering: readonly Required<Pick<Observer, 'delivering'>>[] | undefined;

  constructor(options: DispatchOptions) {
    const { layers, observers = [], upstream, around, changesResources = false } = options;
    this.#options = options;
    this.streams = options.streams ?? new Streams();
    this.#correlation = new Correlation(upstream, this.streams, options.attention);
    this.#deliveries = new Deliveries(options, this.streams, this.#correlation, (call) => this.#refusedOf(call));
    this.#watching = layers.length > 0 || observers.length > 0 || around !== undefined;
    const delivering = observers.filter(observesDelivery);
    this.#delivering = delivering.length === 0 ? undefined : delivering;
    if (!this.#watching) {
      this.#handle = (call) => upstream.send(call);
      return;
    }
    const inner = observers.reduceRight<Next>(
      (next, observer) => observer.beneath(next),
      (call) => this.#send(call),
    );
    const looking = observers.filter((observer) => 'within' in observer);
    const within = (control: string, next: Next): Next =>
      looking.reduceRight<Next>((wrapped, observer) => observer.within?.(control, wrapped) ?? wrapped, next);
    const composed = compose(layers, inner, looking.length === 0 ? undefined : within);
    const outer = observers.reduceRight<Next>(
      (next, observer) => observer.around(next),
      // Outermost, so that no control adds a digest after it.
      changesResources ? async (call) => withoutDigests(await composed(call), call) : composed,
    );
    this.#handle = around === undefined ? outer : around(outer);
  }

  async dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, client: Sink): Promise<void> {
    const sink =
      this.#delivering?.reduceRight<Sink>((to, observer) => observer.delivering(exchange, to), client) ?? client;
    const preparing =
      message === undefined || !this.#watching ? undefined : this.#options.upstream.prepare?.(exchange, message);
    if (preparing !== undefined) await preparing;
    let call = this.#callOf(kind, message, exchange);
    if (kind === 'request' && isOfOtherEra(call.method, call.era)) {
      const refused: Refused = { ...this.#refusedOf(call), inLog: 'reported' };
      const told = refuse(new ProxyError('method-not-found', 'Method not found'), call, refused, sink);
      this.#options.onRefused?.(told.code, { ...told, method: call.method });
      return;
    }
    const { consents } = this.#options;
    try {
      if (consents !== undefined) call = await consents.resumed(call);
      call = this.#correlation.correlate(call);
      exchange.channels.received = call;
      const reply = await this.#handle(call);
      // Before `delivering`: this may refuse, and a refused reply is discarded.
      const delivery = this.#watching ? this.#deliveries.of(call, reply) : undefined;
      exchange.delivering();
      endWithToken(reply, exchange);
      if (delivery === undefined) deliverUntouched(reply, sink);
      else await deliver(reply, sink, delivery);
    } catch (error) {
      const elicits = error instanceof ConsentRequired ? consents?.elicits(call) : undefined;
      refuse(error, call, { ...this.#refusedOf(call), elicits }, sink);
    }
  }

  isOpen(exchange: Exchange): boolean {
    return this.#options.upstream.isOpen(exchange);
  }

  #callOf(kind: CallKind, message: Message | undefined, exchange: Exchange): Call {
    const method =
      kind === 'stream'
        ? 'GET'
        : kind === 'end'
          ? 'DELETE'
          : kind === 'response'
            ? 'response'
            : (message?.method ?? '');
    return new Call(kind, method, message, this.#options.upstream.view(exchange, message), exchange);
  }

  /** Runs beneath all controls: they see its refusals, and their own refusals discard its reply. */
  async #send(call: Call): Promise<Reply> {
    const { exchange } = call;
    const { attention, upstream, argumentNames } = this.#options;
    exchange.channels.sent = call;
    this.#correlation.resumed(call);
    this.#correlation.checkAnswer(call);
    const naming = exchange.channels.knownNamesOnly ? this.#checkName(call) : undefined;
    if (naming !== undefined) await naming;
    const checking = argumentNames?.(call);
    if (checking !== undefined) await checking;
    const before = exchange.channels.beforeSending;
    if (before !== undefined) await before();
    let session: string | undefined;
    let client: string | undefined;
    let reply: Reply;
    const token = call.message?.progressToken;
    const beforeSend = (): void => {
      if (call.era === 'legacy') session = this.#correlation.begin(call);
      if (token !== undefined) this.streams.reserveProgress((client = this.#correlation.clientOf(call)), token);
    };
    const releaseToken = (): void => {
      if (client !== undefined && token !== undefined) this.streams.releaseProgress(client, token);
    };
    try {
      const begins = attention === 'transforms' && call.kind === 'request';
      reply = await (begins ? upstream.send(call, beforeSend) : upstream.send(call));
    } catch (error) {
      this.#correlation.responded(session, call.id);
      releaseToken();
      if (!exchange.aborted) throw error;
      throw new ProxyError('cancelled', 'the client disconnected', { cause: error });
    }
    if (client !== undefined) void reply.finished.then(releaseToken);
    // The reply is the response unless it is a stream or announces one.
    if (reply.kind !== 'events' && !this.#correlation.isAnnounced(call, reply))
      this.#correlation.responded(session, call.id);
    exchange.replied(reply);
    return reply;
  }

  /**
   * Checks the name that goes upstream. The refusal shows the name that the client sent. Undefined: the upstream is
   * known to have it.
   */
  #checkName(call: Call): Promise<void> | undefined {
    const { name, method, exchange } = call;
    if (call.kind !== 'request' || name === undefined || (method !== 'tools/call' && method !== 'prompts/get'))
      return undefined;
    const has = this.#options.upstream.has(call);
    if (has === true) return undefined;
    return Promise.resolve(has).then((known) => {
      if (!known)
        throw new UnknownName(method === 'tools/call' ? 'tool' : 'prompt', exchange.channels.received?.name ?? name);
    });
  }

  #refusedOf(call: Call): Refused {
    const refused = refusedOf(call);
    return this.#options.toolRefusals === 'result' ? { ...refused, asResult: true } : refused;
  }
}

function observesDelivery(observer: Observer): observer is Observer & Required<Pick<Observer, 'delivering'>> {
  return observer.delivering !== undefined;
}

function refuse(error: unknown, call: Call, refused: Refused, sink: Sink): WireError {
  const wire = toWire(error, refused);
  const body = Buffer.from(wire.body);
  sink.head(wire.status, [...wire.headers, 'Content-Length', String(body.length)], false);
  sink.end(body);
  call.exchange.refused(body.length, wire.code);
  return wire;
}
