/** Delivers an event stream that is inspected: each event is sent as it arrives, unchanged or with new data. */
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Applied } from './applied.ts';
import {
  brokeOff,
  type Delivery,
  MOST_UNREAD,
  outcomeOf,
  outcomeOfPart,
  type Sink,
  unanswered,
  withoutBody,
} from './delivery.ts';
import { bearsMessage } from './event-data.ts';
import { EventSplitter, type RawEvent, readEvent, withData, withoutData } from './events.ts';
import { type KnownEvent, knownEvent } from './kept-event.ts';
import type { KeptList } from './kept-lists.ts';
import { wireOf } from './refuse.ts';
import type { Outcome, Reply } from './reply.ts';
import type { Scanned } from './scan.ts';
import { isList, mustLook, Refusal, transformText } from './transform.ts';
import { isOwnId, scanWhole } from './treatment.ts';

/** Settles when the stream has ended for any reason; never rejects. */
export async function deliverEvents(
  reply: Reply,
  body: Readable | Buffer,
  sink: Sink,
  delivery: Delivery,
): Promise<void> {
  const splitter = new EventSplitter(delivery.maxInspected);
  const events = new Events(reply, sink, delivery);
  // The final length is unknown: bytes beyond a declared length would be read as the next reply.
  sink.head(reply.status, withoutBody(reply.headers), true);
  const chunks = chunksOf(body);
  let unread = 0;
  try {
    for (;;) {
      const chunk = await chunks.next();
      if (chunk === 'cut') {
        if (events.isUnanswered()) throw brokeOff(reply, events.bytes);
        const outcome = outcomeOfPart(reply, sink);
        sink.cut();
        reply.finish(events.bytes, outcome);
        return;
      }
      if (chunk === undefined) break;
      if (sink.gone && (unread += chunk.length) > MOST_UNREAD && !Buffer.isBuffer(body)) body.destroy();
      for (const raw of splitter.push(chunk)) await events.handle(raw);
    }
    const rest = splitter.rest();
    if (rest !== undefined) await events.handle(rest);
    events.end();
    reply.finish(events.bytes, sink.gone ? outcomeOfPart(reply, sink) : events.outcome);
  } catch (error) {
    // The failed event was not sent, and no later one will be.
    events.refuse(error);
  }
}

/** The chunks of a body, then `undefined` at its end, or `cut` if it broke off. */
function chunksOf(body: Readable | Buffer): { next(): Promise<Buffer | 'cut' | undefined> } {
  const iterator: Iterator<Buffer> | AsyncIterator<Buffer> = Buffer.isBuffer(body)
    ? [body].values()
    : body[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        const { done, value } = await iterator.next();
        return done === true ? undefined : value;
      } catch {
        return 'cut';
      }
    },
  };
}

class Events {
  bytes = 0;
  outcome: Outcome = 'unknown';
  readonly #reply: Reply;
  readonly #sink: Sink;
  readonly #delivery: Delivery;
  /** What controls made of this list before; undefined: it may be kept for no other call. */
  readonly #list: KeptList | undefined;
  /** The event being inspected. */
  #event: RawEvent | undefined;
  /** An event had an id, so a legacy client can resume after the last one that it got. */
  #resumable = false;
  /** The response to the call was sent, or may be on its way. */
  #answered = false;

  constructor(reply: Reply, sink: Sink, delivery: Delivery) {
    this.#reply = reply;
    this.#sink = sink;
    this.#delivery = delivery;
    this.#list = delivery.elsewhere?.everything === true ? undefined : delivery.kept?.for(delivery.own, 'events');
  }

  async handle(raw: Buffer): Promise<void> {
    const known = this.#list && knownEvent(raw, this.#list);
    if (known !== undefined) return this.#sendKnown(known);
    const event = readEvent(raw);
    this.#event = event;
    const out = await this.#mapped(event);
    this.#event = undefined;
    this.#noteId(event);
    if (out === undefined || this.#sink.gone) return;
    this.bytes += out.length;
    if (!this.#sink.write(out)) await new Promise<void>((resolve) => this.#sink.onDrain(resolve));
  }

  async #sendKnown({ event, parts, scanned }: KnownEvent): Promise<void> {
    const message = { ...scanned, id: this.#delivery.own.refused.id };
    this.#delivery.onMessage?.(message);
    this.#left(message);
    this.#noteId(event);
    if (this.#sink.gone) return;
    let isReady = true;
    for (const part of parts) {
      this.bytes += part.length;
      isReady = this.#sink.write(part);
    }
    if (!isReady) await new Promise<void>((resolve) => this.#sink.onDrain(resolve));
  }

  /** Ends the stream. Without a response, a request counts as unanswered. */
  end(): void {
    if (this.#delivery.isAnnounced !== true && this.isUnanswered()) throw unanswered(this.#reply);
    this.#sink.end();
  }

  /** Whether the client waits for a response that, as far as is known, can't come, so that it needs an error. */
  isUnanswered(): boolean {
    const { kind, era } = this.#delivery.own.refused;
    return (
      kind === 'request' &&
      !this.#answered &&
      !(this.#resumable && era === 'legacy') &&
      !this.#reply.openEnded &&
      !this.#sink.gone
    );
  }

  /** Ends the stream with an error in place of the event that must not be sent. */
  refuse(error: unknown): void {
    const { own } = this.#delivery;
    const event = this.#event;
    const refused = error instanceof Refusal ? error.refused : own.refused;
    const wire = wireOf(error, own.refused);
    if (event !== undefined) this.#noteId(event);
    const parts: Buffer[] = [];
    // A request gets one response. A second one would belong to no request.
    if (wire.answers && !(this.#answered && refused.id === own.refused.id)) {
      const id = event?.id === undefined || event.id === '' ? '' : `id: ${event.id}\n`;
      parts.push(Buffer.from(`${id}event: message\ndata: ${wire.body}\n\n`));
    } else if (event !== undefined) {
      log.warn('an event was not passed on, and its stream was ended', { reason: wire.code });
      parts.push(withoutData(event) ?? NOTHING);
    }
    const last = Buffer.concat(parts);
    this.#sink.end(last.length === 0 ? undefined : last);
    if (this.#answered) this.#reply.finish(this.bytes + last.length, this.outcome);
    this.#reply.discard(this.bytes + last.length, wire.code);
  }

  /**
   * Called once the event's final form is known, before it is sent: a client can't resume after an event that it never
   * got.
   */
  #noteId({ id }: RawEvent): void {
    if (id === undefined || id === '' || this.#sink.gone) return;
    this.#resumable = true;
    this.#delivery.onEventId?.(id);
  }

  /** The event in its final form; undefined if it must not be sent. */
  async #mapped(event: RawEvent): Promise<Buffer | undefined> {
    const { data } = event;
    // Comments, and events with only an id (in 2025-11-25, the first of a stream) or a retry time.
    if (data === undefined || data === '') return event.bytes;
    const isMessage = bearsMessage(event);
    // A batch (2025-03-26) may contain the response.
    if (isMessage && isList(data)) this.#answered = true;
    const scanned = scanWhole(data);
    if (isMessage) this.#delivery.onMessage?.(scanned);
    if (!mustLook(scanned, data, this.#delivery)) {
      this.#left(isMessage ? scanned : undefined);
      return event.bytes;
    }
    const isText = isUtf8(event.bytes);
    if (!isMessage) return isText && (await this.#leavesAlone(data)) ? event.bytes : withoutData(event);
    if (!isText)
      throw new ProxyError('inspection-failed', "the upstream's event is not UTF-8, and a control must inspect it");
    const applied = this.#list && new Applied();
    const mapped = await transformText(
      data,
      applied === undefined ? this.#delivery : { ...this.#delivery, applied },
      scanned,
    );
    if (mapped === undefined) return event.id === undefined || event.id === '' ? undefined : withoutData(event);
    const made = mapped === data ? scanned : scanWhole(mapped);
    this.#left(made);
    if (applied !== undefined && !mapped.includes('\n'))
      this.#list?.keep(Buffer.from(data), mapped === data ? undefined : Buffer.from(mapped), applied, made);
    return mapped === data ? event.bytes : withData(event, mapped);
  }

  /** Records a response that is sent. */
  #left(scanned: Scanned | undefined): void {
    if (scanned === undefined || scanned.method !== undefined) return;
    if (!scanned.complete) this.#answered = true;
    if (!scanned.hasResult && !scanned.hasError) return;
    this.outcome = outcomeOf(scanned, this.#reply.status, this.#delivery.own.refused.method);
    if (scanned.id !== undefined && isOwnId(this.#delivery.own, scanned.id)) this.#answered = true;
  }

  /**
   * Whether the controls let a text pass that is not a message. They get it as a log line, the closest kind of
   * message.
   */
  async #leavesAlone(data: string): Promise<boolean> {
    const line = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'debug', data } });
    try {
      return (await transformText(line, this.#delivery)) === line;
    } catch {
      return false;
    }
  }
}

const NOTHING = Buffer.alloc(0);
