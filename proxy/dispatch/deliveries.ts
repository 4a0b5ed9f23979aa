/**
 * How the reply of a call is delivered: with which treatment, and what is remembered so that messages on other streams
 * get the treatment of the call that they belong to.
 */
import type { Call } from '../call/call.ts';
import type { Refused } from '../call/wire.ts';
import type { Delivery } from '../reply/deliver.ts';
import { KeptLists } from '../reply/kept-lists.ts';
import type { Reply } from '../reply/reply.ts';
import { type Tasks, withTasks } from '../reply/tasks.ts';
import type { Elsewhere, Treatment } from '../reply/treatment.ts';
import { continued, type Correlation } from './correlation.ts';
import type { DispatchOptions } from './dispatching.ts';
import type { Streams } from './streams.ts';

export class Deliveries {
  readonly #options: DispatchOptions;
  readonly #streams: Streams;
  readonly #correlation: Correlation;
  readonly #refusedOf: (call: Call) => Refused;
  readonly #kept: KeptLists | undefined;

  constructor(
    options: DispatchOptions,
    streams: Streams,
    correlation: Correlation,
    refusedOf: (call: Call) => Refused,
  ) {
    this.#options = options;
    this.#streams = streams;
    this.#correlation = correlation;
    this.#refusedOf = refusedOf;
    this.#kept = options.attention === 'transforms' ? new KeptLists() : undefined;
  }

  of(call: Call, reply: Reply): Delivery {
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
    const asking = call.kind === 'stream' ? (this.#correlation.resumed(call)?.treatment ?? own) : own;
    const onMessage: Delivery['onMessage'] = (message) => {
      if (message.id === undefined) {
        if (message.method !== undefined) upstream.notified(message.method);
        return;
      }
      if (call.era === 'modern' || (message.method === undefined && attention !== 'transforms')) return;
      const session = this.#correlation.sessionOf(call);
      if (message.method === undefined) this.#correlation.responded(session, message.id);
      else if (session !== undefined)
        this.#streams.asked(session, {
          id: message.id,
          method: message.method,
          call,
          treatment: asking,
          finished: reply.finished,
        });
    };
    if (attention !== 'transforms') return { ...plain, onMessage };
    if (progressToken !== undefined) this.#streams.treatProgress(this.#correlation.clientOf(call), call, own);
    if (call.era === 'modern') return { ...plain, onMessage, elsewhere: this.#elsewhere(call, false) };
    return call.kind === 'stream'
      ? this.#streamDelivery(call, reply, { ...plain, onMessage })
      : this.#remembered(call, reply, { ...plain, onMessage });
  }

  #tasksOf(call: Call): Tasks {
    return {
      begun: (id, treatment) => this.#streams.taskBegun(this.#correlation.clientOf(call), id, call, treatment),
      treatment: (id) => continued(this.#streams.ofTask(this.#correlation.clientOf(call), id)?.treatment, call),
    };
  }

  /** The delivery for a legacy POST. If the reply is a stream or announces one, its messages may come by GET instead. */
  #remembered(call: Call, reply: Reply, plain: Delivery): Delivery {
    const { attention } = this.#options;
    if (attention !== 'transforms' || call.era === 'modern') return plain;
    const delivery = {
      ...plain,
      elsewhere: this.#elsewhere(call, false),
      isAnnounced: this.#correlation.isAnnounced(call, reply),
    };
    if (call.kind !== 'request' || (reply.kind !== 'events' && !delivery.isAnnounced)) return delivery;
    const client = this.#correlation.clientOf(call);
    const entry = this.#streams.open(client, call, plain.own);
    if (reply.kind !== 'events') return delivery;
    void reply.finished.then(({ outcome }) => {
      // If a stream ended without its response, the client will ask for it again.
      if (outcome !== 'cut' && outcome !== 'unknown') this.#streams.close(entry);
    });
    return { ...delivery, onEventId: (id) => this.#streams.event(client, entry, id) };
  }

  /** The delivery of a GET stream: a response gets the treatment of its call, a resumed stream the treatment of the call that began it. */
  #streamDelivery(call: Call, reply: Reply, plain: Delivery): Delivery {
    const client = this.#correlation.clientOf(call);
    const resumed = this.#correlation.resumed(call);
    if (reply.kind === 'events') {
      this.#streams.listenerOpened(client);
      void reply.finished.then(() => this.#streams.listenerClosed(client));
    }
    const entry = resumed ?? this.#streams.open(client, call, plain.own);
    return {
      ...plain,
      own: resumed?.treatment ?? plain.own,
      elsewhere: this.#elsewhere(call, true),
      onEventId: (id) => this.#streams.event(client, entry, id),
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
        const session = call.era === 'modern' ? undefined : this.#correlation.sessionOf(call);
        return session === undefined ? undefined : continued(this.#streams.byId(session, id), call);
      },
      byProgress: (token) => this.#streams.byProgress(this.#correlation.clientOf(call), token),
    };
  }
}

const NO_MESSAGE = { progressToken: undefined };
