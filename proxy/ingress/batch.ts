/**
 * JSON-RPC batches, which only 2025-03-26 has. Each message is a call of its own and passes all controls; their replies
 * leave together, as an array, or as one event stream if any of them streams.
 */
import { ProxyError } from '../errors.ts';
import { itemsAt } from '../json/strict.ts';
import { type Message, readMessage } from '../message.ts';
import type { Sink } from '../reply/deliver.ts';
import { EventSplitter } from '../reply/events.ts';

const MAX_MESSAGES = 100;

/** The messages of a batch. `text` is JSON that was checked, and an array. Throws `invalid-request`. */
export function readBatch(text: string, depth: number): Message[] {
  const items: string[] = [];
  itemsAt(text, text.indexOf('['), (start, end) => items.push(text.slice(start, end)));
  if (items.length === 0 || items.length > MAX_MESSAGES) {
    throw new ProxyError('invalid-request', `expected a batch of 1 to ${MAX_MESSAGES} messages, got ${items.length}`);
  }
  return items.map((item) => {
    const message = readMessage(item, depth);
    if (message.method === 'initialize') throw new ProxyError('invalid-request', 'initialize must not be part of a batch');
    return message;
  });
}

/** Brings the replies of a batch together in one. */
export class BatchReply {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #parts: Part[] = [];
  #streaming = false;

  constructor(sink: Sink, count: number, limit: number) {
    this.#sink = sink;
    this.#limit = limit;
    for (let i = 0; i < count; i++) this.#parts.push(new Part(this));
  }

  get gone(): boolean {
    return this.#sink.gone;
  }

  get parts(): readonly Sink[] {
    return this.#parts;
  }

  /** @internal A part has its head: once all have, it is known how to answer. */
  headed(): void {
    if (this.#parts.some((part) => part.status === 0)) return;
    if (!this.#parts.some((part) => part.events)) {
      this.ended();
      return;
    }
    this.#streaming = true;
    this.#sink.head(200, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache'], true);
    for (const part of this.#parts) this.arrived(part);
    this.ended();
  }

  /** @internal */
  arrived(part: Part): void {
    if (!this.#streaming) return;
    for (const chunk of part.take()) {
      if (part.events) for (const event of part.splitter(this.#limit).push(chunk)) this.#sink.write(event);
    }
  }

  /** @internal */
  ended(): void {
    if (this.#parts.some((part) => part.status === 0 || !part.done)) return;
    const bodies = this.#parts.map((part) => (part.events ? '' : part.text())).filter((body) => body !== '');
    if (this.#streaming) {
      for (const body of bodies) this.#sink.write(Buffer.from(`event: message\ndata: ${body.replaceAll(/\r?\n/g, ' ')}\n\n`));
      this.#sink.end();
      return;
    }
    const refused = this.#parts.find((part) => part.status >= 400);
    if (bodies.length === 0) {
      this.#sink.head(refused?.status ?? 202, ['Content-Length', '0'], false);
      this.#sink.end();
      return;
    }
    const body = Buffer.from(`[${bodies.join(',')}]`);
    this.#sink.head(200, ['Content-Type', 'application/json', 'Content-Length', String(body.length)], false);
    this.#sink.end(body);
  }

  /** @internal */
  cut(): void {
    this.#sink.cut();
  }
}

class Part implements Sink {
  status = 0;
  events = false;
  done = false;
  readonly #whole: BatchReply;
  #chunks: Buffer[] = [];
  #splitter: EventSplitter | undefined;

  constructor(whole: BatchReply) {
    this.#whole = whole;
  }

  get gone(): boolean {
    return this.#whole.gone;
  }

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type');
    this.events = at >= 0 && (headers[at + 1] ?? '').toLowerCase().startsWith('text/event-stream');
    this.#whole.headed();
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#whole.arrived(this);
    return true;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.#chunks.push(last);
    this.#whole.arrived(this);
    this.done = true;
    this.#whole.ended();
  }

  cut(): void {
    this.#whole.cut();
  }

  take(): Buffer[] {
    if (!this.events) return [];
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  splitter(limit: number): EventSplitter {
    return (this.#splitter ??= new EventSplitter(limit));
  }
}
