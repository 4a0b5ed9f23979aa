/**
 * JSON-RPC batches, which only 2025-03-26 has. Each message is a separate call and passes all controls. The replies are
 * sent together: as an array, or as one event stream if any of them streams.
 */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Work } from '../base/turns.ts';
import { type Message, readMessageInTurns } from '../call/message.ts';
import { NOTHING_KNOWN, toWire } from '../call/wire.ts';
import { itemsInTurns } from '../json/strict-in-turns.ts';
import type { Sink } from '../reply/deliver.ts';
import { EventSplitter } from '../reply/events.ts';

const MAX_MESSAGES = 100;
/** Completes a last line without a line end, then adds the blank line. */
const END_OF_EVENT = Buffer.from('\n\n');

/** The messages of a batch. `text` must be checked JSON, and an array. Throws `invalid-request`. */
export function* readBatch(text: string, depth: number): Work<Message[]> {
  const items: string[] = [];
  yield* itemsInTurns(text, text.indexOf('['), (start, end) => items.push(text.slice(start, end)));
  if (items.length === 0 || items.length > MAX_MESSAGES) {
    throw new ProxyError('invalid-request', `expected a batch of 1 to ${MAX_MESSAGES} messages, got ${items.length}`);
  }
  const messages: Message[] = [];
  for (const item of items) {
    yield;
    const message = yield* readMessageInTurns(item, depth);
    if (message.method === 'initialize')
      throw new ProxyError('invalid-request', 'initialize must not be part of a batch');
    messages.push(message);
  }
  return messages;
}

/** Combines the replies of a batch. */
export class BatchReply {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #parts: readonly Part[];
  #streaming = false;
  #held = 0;

  /**
   * @param messages the messages that the parts answer
   * @param limit bytes held at most, for all parts together
   */
  constructor(sink: Sink, messages: readonly Message[], limit: number) {
    this.#sink = sink;
    this.#limit = limit;
    this.#parts = messages.map((message) => new Part(this, message.kind === 'request' ? message.id : undefined, limit));
  }

  get gone(): boolean {
    return this.#sink.gone;
  }

  get parts(): readonly Sink[] {
    return this.#parts;
  }

  /** @internal A part has its headers. Once all have, the form of the answer is known. */
  headed(): void {
    if (this.#parts.some((part) => part.status === 0) || !this.#parts.some((part) => part.events)) return;
    this.#streaming = true;
    this.#sink.head(200, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache'], true);
    for (const part of this.#parts) this.arrived(part, 0);
  }

  /** @internal Bytes of a part have arrived. False: wait for `onDrain`. */
  arrived(part: Part, bytes: number): boolean {
    if (this.#streaming && part.events) {
      let goOn = true;
      for (const event of part.take()) goOn = this.#sink.write(event);
      return goOn;
    }
    this.#held += bytes;
    if (this.#held > this.#limit) this.cut();
    return true;
  }

  /** @internal */
  onDrain(listener: () => void): void {
    if (this.#streaming) this.#sink.onDrain(listener);
    else listener();
  }

  /** @internal */
  ended(): void {
    if (this.#parts.some((part) => part.status === 0 || !part.done)) return;
    const bodies = this.#parts.map((part) => (part.events ? '' : part.text())).filter((body) => body !== '');
    if (this.#streaming) {
      // A line end in JSON is only white space between values, but would end the event's line.
      for (const body of bodies)
        this.#sink.write(Buffer.from(`event: message\ndata: ${body.replaceAll(/[\r\n]/g, ' ')}\n\n`));
      this.#sink.end();
      return;
    }
    if (bodies.length === 0) {
      const refused = this.#parts.find((part) => part.status >= 400);
      this.#sink.head(refused?.status ?? 202, ['Content-Length', '0'], false);
      this.#sink.end();
      return;
    }
    const body = Buffer.from(`[${bodies.join(',')}]`);
    this.#sink.head(
      this.#failure() ?? 200,
      ['Content-Type', 'application/json', 'Content-Length', String(body.length)],
      false,
    );
    this.#sink.end(body);
  }

  /** @internal */
  cut(): void {
    this.#sink.cut();
  }

  /**
   * The common failure status of all requests, such as 404 for a lost session; undefined if they differ, or one
   * succeeded.
   */
  #failure(): number | undefined {
    const statuses = new Set(this.#parts.filter(({ answers }) => answers).map(({ status }) => status));
    const [status = 200] = statuses;
    return statuses.size === 1 && status >= 400 ? status : undefined;
  }
}

class Part implements Sink {
  status = 0;
  events = false;
  done = false;
  readonly #whole: BatchReply;
  readonly #id: string | undefined;
  readonly #splitter: EventSplitter;
  #chunks: Buffer[] = [];
  #isCoded = false;

  constructor(whole: BatchReply, id: string | undefined, limit: number) {
    this.#whole = whole;
    this.#id = id;
    this.#splitter = new EventSplitter(limit);
  }

  get gone(): boolean {
    return this.#whole.gone;
  }

  /** Whether it replies to a request. */
  get answers(): boolean {
    return this.#id !== undefined;
  }

  /** Its chunks are held until the form of the answer is known. */
  get settled(): boolean {
    return false;
  }

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    const valueOf = (wanted: string): string =>
      headers.find((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === wanted) ?? '';
    this.events = valueOf('content-type').toLowerCase().startsWith('text/event-stream');
    this.#isCoded = !['', 'identity'].includes(valueOf('content-encoding').toLowerCase());
    this.#whole.headed();
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return this.#whole.arrived(this, chunk.length);
  }

  onDrain(listener: () => void): void {
    this.#whole.onDrain(listener);
  }

  end(last?: Buffer): void {
    this.done = true;
    if (last !== undefined) this.#chunks.push(last);
    // In a stream, send what the splitter has left now: the other parts may go on for long.
    this.#whole.arrived(this, last?.length ?? 0);
    this.#whole.ended();
  }

  cut(): void {
    this.#whole.cut();
  }

  /**
   * The events that are complete so far: events of different parts must not be mixed. A last event without its blank
   * line is passed on, as in the reply to a single request: some readers accept it, others (WHATWG HTML, 9.2.6) don't.
   * Here it must be completed, since events of other parts follow.
   */
  take(): Buffer[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    try {
      const events = chunks.flatMap((chunk) => this.#splitter.push(chunk));
      const rest = this.done ? this.#splitter.rest() : undefined;
      if (rest !== undefined) events.push(Buffer.concat([rest, END_OF_EVENT]));
      return events;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.cut();
      return [];
    }
  }

  /**
   * Its reply as JSON text; empty if it has none, as for anything but a request. Text that isn't JSON would break the
   * other replies.
   */
  text(): string {
    if (this.#id === undefined) return '';
    const text = Buffer.concat(this.#chunks)
      .toString('utf8')
      .replace(/^\ufeff/, '');
    if (isJson(text)) return text;
    if (text === '' && this.status < 400) return '';
    const how = this.#isCoded ? 'in a content coding that was not asked for' : 'without JSON';
    const failure = new UpstreamFailure('upstream-invalid', `the upstream answered HTTP ${this.status} ${how}`);
    return toWire(failure, { ...NOTHING_KNOWN, id: this.#id }).body;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
