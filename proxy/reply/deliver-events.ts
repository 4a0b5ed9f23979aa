/** An event stream that somebody looks at: each event leaves as it arrives, as it came or with other data. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../errors.ts';
import { log } from '../log.ts';
import type { Outcome, Reply } from '../reply.ts';
import { type Delivery, outcomeOf, outcomeOfPart, type Sink, withoutBody } from './delivery.ts';
import { EventSplitter, type RawEvent, readEvent, withData } from './events.ts';
import { wireOf } from './refuse.ts';
import { mustLook, scanWhole, transformText } from './transform.ts';

/** Settles when the stream has ended, by whatever cause; never rejects. */
export async function deliverEvents(reply: Reply, body: IncomingMessage | Buffer, sink: Sink, delivery: Delivery): Promise<void> {
  const splitter = new EventSplitter(delivery.maxInspected);
  const events = new Events(reply, sink, delivery);
  // What will leave isn't known yet: more than a declared length would be read as the beginning of the next reply.
  sink.head(reply.status, withoutBody(reply.headers), true);
  const chunks = chunksOf(body);
  try {
    for (;;) {
      const chunk = await chunks.next();
      if (chunk === 'cut') {
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
    sink.end();
    reply.finish(events.bytes, sink.gone ? outcomeOfPart(reply, sink) : events.outcome);
  } catch (error) {
    // Whatever broke, broke on an event that has not left, nor will anything after it.
    const wire = wireOf(error, delivery.own.refused);
    const last = wire.answers ? Buffer.from(`event: message\ndata: ${wire.body}\n\n`) : undefined;
    sink.end(last);
    reply.discard(events.bytes + (last?.length ?? 0), wire.code);
  }
}

/** The chunks of a body: `cut` where it broke off, undefined at its end. */
function chunksOf(body: IncomingMessage | Buffer): { next(): Promise<Buffer | 'cut' | undefined> } {
  const iterator: Iterator<Buffer> | AsyncIterator<Buffer> = Buffer.isBuffer(body) ? [body].values() : body[Symbol.asyncIterator]();
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

  constructor(reply: Reply, sink: Sink, delivery: Delivery) {
    this.#reply = reply;
    this.#sink = sink;
    this.#delivery = delivery;
  }

  async handle(raw: Buffer): Promise<void> {
    const event = readEvent(raw);
    const out = await this.#mapped(event);
    // Once it is known what it will be, and before it leaves: a client can't resume after what it never got.
    if (event.id !== undefined && event.id !== '' && !this.#sink.gone) this.#delivery.onEventId?.(event.id);
    if (out === undefined || this.#sink.gone) return;
    this.bytes += out.length;
    if (!this.#sink.write(out)) await new Promise<void>((resolve) => this.#sink.onDrain(resolve));
  }

  /** The event as it is to leave; undefined where it must not. */
  async #mapped(event: RawEvent): Promise<Buffer | undefined> {
    const { data } = event;
    // Comments, and events that only carry an id (a stream's first, by 2025-11-25) or a retry time.
    if (data === undefined || data === '') return event.bytes;
    const scanned = scanWhole(data);
    this.#delivery.onMessage?.(scanned);
    if (!mustLook(scanned, data, this.#delivery)) {
      if (scanned.method === undefined) this.outcome = outcomeOf(scanned, this.#reply.status);
      return event.bytes;
    }
    if (event.type !== undefined && event.type !== 'message' && !/^\s*[{[]/.test(data)) {
      // Not a message of the protocol, so nothing a client of MCP acts on, and nothing a control can look at.
      log.warn('an event that is no message was not passed on');
      return undefined;
    }
    if (!isUtf8(event.bytes)) throw new ProxyError('inspection-failed', "the upstream's event is not UTF-8, and a control must look at it");
    const mapped = await transformText(data, this.#delivery);
    if (mapped === undefined) return undefined;
    const left = mapped === data ? scanned : scanWhole(mapped);
    if (left.method === undefined) this.outcome = outcomeOf(left, this.#reply.status);
    return mapped === data ? event.bytes : withData(event, mapped);
  }
}
