/** Treats the events of a stream in order, and holds what becomes of them until it is written. */
import { isUtf8 } from 'node:buffer';
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Adjoining } from './adjoining.ts';
import { Applied } from './applied.ts';
import { type Delivery, outcomeOf, type Sink, unanswered } from './delivery.ts';
import { bearsMessage } from './event-data.ts';
import { EventSplitter, type RawEvent, readEvent, withData, withoutData } from './events.ts';
import { Glance } from './glance.ts';
import { type KnownEvent, knownEvent } from './kept-event.ts';
import type { KeptList } from './kept-lists.ts';
import { wireOf } from './refuse.ts';
import type { Outcome, Reply } from './reply.ts';
import { rpcCodeOf, type Scanned } from './scanned.ts';
import { isList, mustLook, Refusal, transformText } from './transform.ts';
import { isOwnId, scanWhole } from './treatment.ts';

export class TreatedEvents {
  /** Sent, or held for one write with what follows. */
  bytes = 0;
  outcome: Outcome = 'unknown';
  /** Of the error that the response was. */
  rpcCode: number | undefined;
  readonly #reply: Reply;
  readonly #sink: Sink;
  readonly #delivery: Delivery;
  readonly #splitter: EventSplitter;
  readonly #glance: Glance | undefined;
  /** What controls made of this list before; undefined: it may be kept for no other call. */
  readonly #list: KeptList | undefined;
  readonly #out = new Adjoining();
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
    this.#splitter = new EventSplitter(delivery.maxInspected);
    this.#glance = Glance.of(delivery, delivery.maxInspected);
    this.#list = delivery.elsewhere?.everything === true ? undefined : delivery.kept?.for(delivery.own, 'events');
  }

  /** Treats the events of a chunk, from a position on. Undefined if it is done. */
  take(chunk: Buffer, from = 0): Promise<void> | undefined {
    const splitter = this.#splitter;
    const glance = this.#glance;
    if (from === 0) glance?.begin(chunk);
    for (let at = from; at < chunk.length;) {
      if (glance !== undefined && splitter.isBetween) {
        const end = glance.after(chunk, at);
        if (end > at) {
          this.#hold(chunk.subarray(at, end));
          at = end;
          continue;
        }
      }
      at = splitter.next(chunk, at);
      if (splitter.event === undefined) continue;
      const known = this.#list && knownEvent(splitter.event, this.#list);
      if (known !== undefined) {
        this.#holdKnown(known);
        continue;
      }
      const treated = this.#treat(splitter.event);
      if (treated instanceof Promise) return this.#later(treated, chunk, at);
      this.#hold(treated);
    }
    return undefined;
  }

  /** Treats what is left at the end of the stream. */
  takeRest(): Promise<void> | undefined {
    const rest = this.#splitter.rest();
    const treated = rest === undefined ? undefined : this.#treat(rest);
    if (treated instanceof Promise) return this.#later(treated, NOTHING, 0);
    this.#hold(treated);
    return undefined;
  }

  /** Waits for an event that a control takes longer for. What is before it is not held back meanwhile. */
  async #later(treated: Promise<Buffer | undefined>, chunk: Buffer, at: number): Promise<void> {
    // Handled below: the write may come to wait.
    treated.catch(() => {});
    const written = this.write();
    if (written !== undefined) await written;
    this.#hold(await treated);
    // The glance may have looked at no other chunk meanwhile.
    const rest = this.take(chunk, at);
    if (rest !== undefined) await rest;
  }

  /** Writes what is held. A promise if the client takes no more for now. */
  write(): Promise<void> | undefined {
    let isReady = true;
    for (const part of this.#out.take()) isReady = this.#sink.write(part);
    if (isReady) return undefined;
    return new Promise((resolve) => this.#sink.onDrain(resolve));
  }

  #hold(bytes: Buffer | undefined): void {
    if (bytes === undefined || this.#sink.gone) return;
    this.bytes += bytes.length;
    this.#out.add(bytes);
  }

  #holdKnown({ event, parts, scanned }: KnownEvent): void {
    const message = { ...scanned, id: this.#delivery.own.refused.id };
    this.#delivery.onMessage?.(message);
    this.#left(message);
    this.#noteId(event);
    for (const part of parts) this.#hold(part);
  }

  #treat(raw: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
    const event = readEvent(raw);
    this.#event = event;
    const mapped = this.#mapped(event);
    return mapped instanceof Promise ? mapped.then((out) => this.#treated(event, out)) : this.#treated(event, mapped);
  }

  #treated(event: RawEvent, out: Buffer | undefined): Buffer | undefined {
    this.#event = undefined;
    this.#noteId(event);
    return out;
  }

  /** Ends the stream. Without a response, a request counts as unanswered. */
  end(): void {
    if (this.#delivery.isAnnounced !== true && this.isUnanswered()) throw unanswered(this.#reply);
    this.#endSink();
  }

  /** Ends the stream after the last whole event. */
  stop(): void {
    this.#endSink();
  }

  #endSink(): void {
    const parts = this.#out.take();
    for (const part of parts.slice(0, -1)) this.#sink.write(part);
    this.#sink.end(parts.at(-1));
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
    this.#hold(last);
    this.#endSink();
    if (this.#answered) this.#reply.finish(this.bytes, this.outcome, undefined, this.rpcCode);
    this.#reply.discard(this.bytes, wire.code);
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
  #mapped(event: RawEvent): Buffer | undefined | Promise<Buffer | undefined> {
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
    if (!isMessage) return isText ? this.#unlessLeft(event, data) : withoutData(event);
    if (!isText)
      throw new ProxyError('inspection-failed', "the upstream's event is not UTF-8, and a control must inspect it");
    const applied = this.#list && new Applied();
    const treatments = applied === undefined ? this.#delivery : { ...this.#delivery, applied };
    const mapped = transformText(data, treatments, scanned);
    return mapped instanceof Promise
      ? mapped.then((text) => this.#written(event, data, scanned, text, applied))
      : this.#written(event, data, scanned, mapped, applied);
  }

  /** The event with its data as the controls leave it. */
  #written(
    event: RawEvent,
    data: string,
    scanned: Scanned,
    mapped: string | undefined,
    applied: Applied | undefined,
  ): Buffer | undefined {
    if (mapped === undefined) return event.id === undefined || event.id === '' ? undefined : withoutData(event);
    const made = mapped === data ? scanned : scanWhole(mapped);
    this.#left(made);
    if (applied !== undefined && !mapped.includes('\n'))
      this.#list?.keep(Buffer.from(data), mapped === data ? undefined : Buffer.from(mapped), applied, made);
    return mapped === data ? event.bytes : withData(event, mapped);
  }

  async #unlessLeft(event: RawEvent, data: string): Promise<Buffer | undefined> {
    return (await this.#leavesAlone(data)) ? event.bytes : withoutData(event);
  }

  /** Records a response that is sent. */
  #left(scanned: Scanned | undefined): void {
    if (scanned === undefined || scanned.method !== undefined) return;
    if (!scanned.complete) this.#answered = true;
    if (!scanned.hasResult && !scanned.hasError) return;
    this.outcome = outcomeOf(scanned, this.#reply.status, this.#delivery.own.refused.method);
    this.rpcCode = rpcCodeOf(scanned);
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
