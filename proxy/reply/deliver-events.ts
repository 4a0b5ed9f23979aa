/** An event stream that somebody looks at: each event leaves as it arrives, as it came or with other data. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { brokeOff, type Delivery, outcomeOf, outcomeOfPart, type Sink, unanswered, withoutBody } from './delivery.ts';
import { bearsMessage } from './event-data.ts';
import { EventSplitter, type RawEvent, readEvent, withData, withoutData } from './events.ts';
import { wireOf } from './refuse.ts';
import type { Outcome, Reply } from './reply.ts';
import type { Scanned } from './scan.ts';
import { isList, isOwnId, mustLook, Refusal, scanWhole, transformText } from './transform.ts';

/** Settles when the stream has ended, by whatever cause; never rejects. */
export async function deliverEvents(
  reply: Reply,
  body: IncomingMessage | Buffer,
  sink: Sink,
  delivery: Delivery,
): Promise<void> {
  const splitter = new EventSplitter(delivery.maxInspected);
  const events = new Events(reply, sink, delivery);
  // What will leave isn't known yet: more than a declared length would be read as the beginning of the next reply.
  sink.head(reply.status, withoutBody(reply.headers), true);
  const chunks = chunksOf(body);
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
      for (const raw of splitter.push(chunk)) await events.handle(raw);
    }
    const rest = splitter.rest();
    if (rest !== undefined) await events.handle(rest);
    events.end();
    reply.finish(events.bytes, sink.gone ? outcomeOfPart(reply, sink) : events.outcome);
  } catch (error) {
    // Whatever broke, broke on an event that has not left, nor will anything after it.
    events.refuse(error);
  }
}

/** The chunks of a body: `cut` where it broke off, undefined at its end. */
function chunksOf(body: IncomingMessage | Buffer): { next(): Promise<Buffer | 'cut' | undefined> } {
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
  /** The event that is being looked at. */
  #event: RawEvent | undefined;
  /** One had an id: a legacy client fetches the rest of the stream, by the last that it got. */
  #resumable = false;
  /** The response to the call itself has left, or may be leaving. */
  #answered = false;

  constructor(reply: Reply, sink: Sink, delivery: Delivery) {
    this.#reply = reply;
    this.#sink = sink;
    this.#delivery = delivery;
  }

  async handle(raw: Buffer): Promise<void> {
    const event = readEvent(raw);
    this.#event = event;
    const out = await this.#mapped(event);
    this.#event = undefined;
    this.#noteId(event);
    if (out === undefined || this.#sink.gone) return;
    this.bytes += out.length;
    if (!this.#sink.write(out)) await new Promise<void>((resolve) => this.#sink.onDrain(resolve));
  }

  /** The stream is over. One that brought no response is no answer to a request. */
  end(): void {
    if (this.#delivery.isAnnounced !== true && this.isUnanswered()) throw unanswered(this.#reply);
    this.#sink.end();
  }

  /**
   * Whether the client waits for a response that can't come any more, as far as can be known: nothing else would tell
   * it.
   */
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

  /** Ends the stream with what stands in the place of the event that can't leave. */
  refuse(error: unknown): void {
    const { own } = this.#delivery;
    const event = this.#event;
    const refused = error instanceof Refusal ? error.refused : own.refused;
    const wire = wireOf(error, own.refused);
    if (event !== undefined) this.#noteId(event);
    const parts: Buffer[] = [];
    // A request has one response. What comes after that belongs to nobody.
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

  /** Once it is known what the event will be, and before it leaves: a client can't resume after what it never got. */
  #noteId({ id }: RawEvent): void {
    if (id === undefined || id === '' || this.#sink.gone) return;
    this.#resumable = true;
    this.#delivery.onEventId?.(id);
  }

  /** The event as it is to leave; undefined where it must not. */
  async #mapped(event: RawEvent): Promise<Buffer | undefined> {
    const { data } = event;
    // Comments, and events that only carry an id (a stream's first, by 2025-11-25) or a retry time.
    if (data === undefined || data === '') return event.bytes;
    const isMessage = bearsMessage(event);
    // A batch (2025-03-26) may have it in it.
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
      throw new ProxyError('inspection-failed', "the upstream's event is not UTF-8, and a control must look at it");
    const mapped = await transformText(data, this.#delivery, scanned);
    if (mapped === undefined) return event.id === undefined || event.id === '' ? undefined : withoutData(event);
    this.#left(mapped === data ? scanned : scanWhole(mapped));
    return mapped === data ? event.bytes : withData(event, mapped);
  }

  /** Takes note of a response that leaves. */
  #left(scanned: Scanned | undefined): void {
    if (scanned === undefined || scanned.method !== undefined) return;
    if (!scanned.complete) this.#answered = true;
    if (!scanned.hasResult && !scanned.hasError) return;
    this.outcome = outcomeOf(scanned, this.#reply.status);
    if (scanned.id !== undefined && isOwnId(this.#delivery.own, scanned.id)) this.#answered = true;
  }

  /**
   * Whether the controls would let a text pass that is no message: they are shown it as what it is most like, a line of
   * a log.
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
