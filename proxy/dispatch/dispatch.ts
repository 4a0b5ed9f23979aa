/** The one dispatch point: every message, of every kind, goes through the composed controls here. */
import { ConsentRequired, ProxyError, UnknownName } from '../base/errors.ts';
import { Call, type CallKind } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { type Refused, refusedOf, toWire } from '../call/wire.ts';
import { compose } from '../pipeline/compose.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observer } from '../pipeline/observer.ts';
import { deliver, deliverUntouched, type Delivery, type Sink } from '../reply/deliver.ts';
import { endWithToken } from '../reply/ended-in-time.ts';
import { KeptLists } from '../reply/kept-lists.ts';
import type { Reply } from '../reply/reply.ts';
import { withoutDigests } from '../reply/skills.ts';
import { type Tasks, withTasks } from '../reply/tasks.ts';
import type { Elsewhere, Treatment } from '../reply/treatment.ts';
import type { Dispatching, DispatchOptions } from './dispatching.ts';
import { isOfOtherEra } from './era-methods.ts';
import { type OpenCall, Streams } from './streams.ts';

export class Dispatcher implements Dispatching {
  readonly streams: Streams;
  readonly #handle: (call: Call) => Promise<Reply>;
  readonly #options: DispatchOptions;
  readonly #watching: boolean;
  readonly #kept: KeptLists | undefined;
  /** Observers of what clients get. Undefined: none. */
  readonly #delivering: readonly Required<Pick<Observer, 'delivering'>>[] | undefined;

  constructor(options: DispatchOptions) {
    const { layers, observers = [], upstream, around, changesResources = false } = options;
    this.#options = options;
    this.streams = options.streams ?? new Streams();
    this.#kept = options.attention === 'transforms' ? new KeptLists() : undefined;
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
      refuse(new ProxyError('method-not-found', 'Method not found'), call, this.#refusedOf(call), sink);
      this.#options.onRefused?.('method-not-found');
      return;
    }
    const { consents } = this.#options;
    try {
      if (consents !== undefined) call = await consents.resumed(call);
      call = this.#correlate(call);
      exchange.channels.received = call;
      const reply = await this.#handle(call);
      // Before `delivering`: this may refuse, and a refused reply is discarded.
      const delivery = this.#watching ? this.#deliveryOf(call, reply) : undefined;
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
    this.#resumed(call);
    this.#checkAnswer(call);
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
      if (call.era === 'legacy') session = this.#begin(call);
      if (token !== undefined) this.streams.reserveProgress((client = this.#clientOf(call)), token);
    };
    const releaseToken = (): void => {
      if (client !== undefined && token !== undefined) this.streams.releaseProgress(client, token);
    };
    try {
      const begins = attention === 'transforms' && call.kind === 'request';
      reply = await (begins ? upstream.send(call, beforeSend) : upstream.send(call));
    } catch (error) {
      this.#responded(session, call.id);
      releaseToken();
      if (!exchange.aborted) throw error;
      throw new ProxyError('cancelled', 'the client disconnected', { cause: error });
    }
    if (client !== undefined) void reply.finished.then(releaseToken);
    // The reply is the response unless it is a stream or announces one.
    if (reply.kind !== 'events' && !this.#isAnnounced(call, reply)) this.#responded(session, call.id);
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

  /** Notes a request as under way and returns its session. Throws if another one under way has its id. */
  #begin(call: Call): string | undefined {
    const session = this.#sessionOf(call);
    if (session !== undefined) this.streams.begin(session, call);
    return session;
  }

  #responded(session: string | undefined, id: string | undefined): void {
    if (session !== undefined && id !== undefined) this.streams.responded(session, id);
  }

  /** Identifies the client of a stream: the upstream's session, whatever its id for the client, and the caller. */
  #sessionOf({ exchange }: Call): string | undefined {
    const session = this.#options.upstream.sessionOf(exchange);
    return session === undefined ? undefined : `${session}\n${exchange.caller.key}`;
  }

  /** Gives a client's response the method of the request that it answers, and a task method the call that began the task. */
  #correlate(call: Call): Call {
    if (call.kind === 'request' && call.name !== undefined && call.method.startsWith('tasks/')) {
      return this.#from(this.streams.ofTask(this.#clientOf(call), call.name)?.call, call, call.method);
    }
    if (call.kind !== 'response' || call.id === undefined) return call;
    const session = this.#sessionOf(call);
    if (session === undefined) return call;
    const question = this.streams.answered(session, call.id);
    if (question === undefined) return call;
    return this.#from(question.call, call, question.method);
  }

  #from(origin: Call | undefined, { kind, message, upstream, exchange }: Call, method: string): Call {
    origin?.exchange.inbound.tokens?.continuedBy(exchange.inbound.tokens);
    return new Call(kind, method, message, upstream, exchange, origin);
  }

  /** Refuses an answer if its question is unclear. Beneath the controls, which saw it as an answer to no known question. */
  #checkAnswer(call: Call): void {
    if (call.kind !== 'response' || call.id === undefined || this.#options.attention !== 'transforms') return;
    const session = this.#sessionOf(call);
    if (session === undefined || !this.streams.isUnclear(session, call.id)) return;
    throw new ProxyError(
      'unmatched-stream',
      'this answer may be to one of several questions of the upstream with the same id, while a control transforms replies',
    );
  }

  /** Returns the call whose stream a GET resumes; undefined if it resumes none, or no control transforms replies. */
  #resumed(call: Call): (OpenCall & { readonly treatment: Treatment }) | undefined {
    const after = call.exchange.inbound.lastEventId;
    if (this.#options.attention !== 'transforms' || call.kind !== 'stream' || after === undefined) return undefined;
    const origin = this.streams.byEvent(this.#clientOf(call), after);
    if (origin === undefined) {
      throw new ProxyError(
        'unmatched-stream',
        'this stream cannot be resumed: its call is not known here, while a control transforms replies; call again',
      );
    }
    continued(origin.treatment, call);
    return origin;
  }

  #deliveryOf(call: Call, reply: Reply): Delivery {
    const { attention, maxInspectedReply: maxInspected, upstream } = this.#options;
    const { progressToken } = (call.exchange.channels.sent ?? call).message ?? NO_MESSAGE;
    const direct: Treatment = {
      transforms: reply.transforms,
      refused: this.#refusedOf(call),
      progressToken,
      tokens: call.exchange.inbound.tokens,
    };
    const own =
      attention === 'transforms' ? withTasks(call, reply.kind === 'events', direct, this.#tasksOf(call)) : direct;
    const onDropped = (id: string | undefined): void => {
      // In the modern era the upstream asks with a result, so it waits for no answer here.
      if (id !== undefined && call.era === 'legacy') void upstream.refuse(call.exchange, id);
    };
    const plain: Delivery = { own, elsewhere: undefined, maxInspected, onDropped, kept: this.#kept };
    if (reply.kind === 'empty') return this.#remembered(call, reply, plain);
    // A question that a resumed stream repeats belongs to the call that it resumes.
    const asking = call.kind === 'stream' ? (this.#resumed(call)?.treatment ?? own) : own;
    const onMessage: Delivery['onMessage'] = (message) => {
      if (message.id === undefined) {
        if (message.method !== undefined) upstream.notified(message.method);
        return;
      }
      if (call.era === 'modern' || (message.method === undefined && attention !== 'transforms')) return;
      const session = this.#sessionOf(call);
      if (message.method === undefined) this.#responded(session, message.id);
      else if (session !== undefined)
        this.streams.asked(session, {
          id: message.id,
          method: message.method,
          call,
          treatment: asking,
          finished: reply.finished,
        });
    };
    if (attention !== 'transforms') return { ...plain, onMessage };
    if (progressToken !== undefined) this.streams.treatProgress(this.#clientOf(call), call, own);
    if (call.era === 'modern') return { ...plain, onMessage, elsewhere: this.#elsewhere(call, false) };
    return call.kind === 'stream'
      ? this.#streamDelivery(call, reply, { ...plain, onMessage })
      : this.#remembered(call, reply, { ...plain, onMessage });
  }

  /** Some servers answer with an empty reply and send the response on the client's open GET stream. */
  #isAnnounced(call: Call, { kind, status }: Reply): boolean {
    return (
      (kind === 'empty' || kind === 'events' || status === ACCEPTED) &&
      status < 300 &&
      call.era === 'legacy' &&
      this.streams.listeners(this.#clientOf(call)) > 0
    );
  }

  #refusedOf(call: Call): Refused {
    const refused = refusedOf(call);
    return this.#options.toolRefusals === 'result' ? { ...refused, asResult: true } : refused;
  }

  #tasksOf(call: Call): Tasks {
    return {
      begun: (id, treatment) => this.streams.taskBegun(this.#clientOf(call), id, call, treatment),
      treatment: (id) => continued(this.streams.ofTask(this.#clientOf(call), id)?.treatment, call),
    };
  }

  /** Identifies the owner of tasks and events: the session, or the caller if there is none. */
  #clientOf(call: Call): string {
    return this.#sessionOf(call) ?? `client\n${call.caller.key}`;
  }

  /** The delivery for a legacy POST. If the reply is a stream or announces one, its messages may come by GET instead. */
  #remembered(call: Call, reply: Reply, plain: Delivery): Delivery {
    const { attention } = this.#options;
    if (attention !== 'transforms' || call.era === 'modern') return plain;
    const delivery = { ...plain, elsewhere: this.#elsewhere(call, false), isAnnounced: this.#isAnnounced(call, reply) };
    if (call.kind !== 'request' || (reply.kind !== 'events' && !delivery.isAnnounced)) return delivery;
    const client = this.#clientOf(call);
    const entry = this.streams.open(client, call, plain.own);
    if (reply.kind !== 'events') return delivery;
    void reply.finished.then(({ outcome }) => {
      // If a stream ended without its response, the client will ask for it again.
      if (outcome !== 'cut' && outcome !== 'unknown') this.streams.close(entry);
    });
    return { ...delivery, onEventId: (id) => this.streams.event(client, entry, id) };
  }

  /** The delivery of a GET stream: a response gets the treatment of its call, a resumed stream that of its own call. */
  #streamDelivery(call: Call, reply: Reply, plain: Delivery): Delivery {
    const client = this.#clientOf(call);
    const resumed = this.#resumed(call);
    if (reply.kind === 'events') {
      this.streams.listenerOpened(client);
      void reply.finished.then(() => this.streams.listenerClosed(client));
    }
    const entry = resumed ?? this.streams.open(client, call, plain.own);
    return {
      ...plain,
      own: resumed?.treatment ?? plain.own,
      elsewhere: this.#elsewhere(call, true),
      onEventId: (id) => this.streams.event(client, entry, id),
    };
  }

  /**
   * Without a session, ids of different clients can't be distinguished, so none is found. A token that two calls have
   * belongs to neither.
   */
  #elsewhere(call: Call, everything: boolean): Elsewhere {
    return {
      everything,
      byId: (id) => {
        const session = call.era === 'modern' ? undefined : this.#sessionOf(call);
        return session === undefined ? undefined : continued(this.streams.byId(session, id), call);
      },
      byProgress: (token) => this.streams.byProgress(this.#clientOf(call), token),
    };
  }
}

function observesDelivery(observer: Observer): observer is Observer & Required<Pick<Observer, 'delivering'>> {
  return observer.delivering !== undefined;
}

/** A message on this call's stream belongs to another call, which may ask its upstream with this one's tokens. */
function continued(treatment: Treatment | undefined, { exchange }: Call): Treatment | undefined {
  treatment?.tokens?.continuedBy(exchange.inbound.tokens);
  return treatment;
}

const ACCEPTED = 202;
const NO_MESSAGE = { progressToken: undefined };

function refuse(error: unknown, call: Call, refused: Refused, sink: Sink): void {
  const wire = toWire(error, refused);
  const body = Buffer.from(wire.body);
  sink.head(wire.status, [...wire.headers, 'Content-Length', String(body.length)], false);
  sink.end(body);
  call.exchange.refused(body.length, wire.code);
}
