/** Delivers an event stream that is inspected: each event is sent as it arrives, unchanged or with new data. */
import type { Readable } from 'node:stream';
import { brokeOff, type Delivery, MOST_UNREAD, outcomeOfPart, type Sink, withoutBody } from './delivery.ts';
import type { Reply } from './reply.ts';
import { TreatedEvents } from './treated-events.ts';

/** Settles when the stream has ended for any reason; never rejects. */
export function deliverEvents(reply: Reply, body: Readable | Buffer, sink: Sink, delivery: Delivery): Promise<void> {
  return new Promise((resolve) => new Delivering(reply, body, sink, delivery, resolve).begin());
}

const SETTLED = Promise.resolve();

/**
 * Takes the chunks that arrive in one turn of the event loop, has their events treated, and writes these at once: one by
 * one only where a control takes longer.
 */
class Delivering {
  readonly #reply: Reply;
  readonly #body: Readable | undefined;
  readonly #sink: Sink;
  readonly #events: TreatedEvents;
  readonly #settle: () => void;
  readonly #onTurn = (): void => void this.#work();
  readonly #chunks: Buffer[] = [];
  #isWorking = false;
  /** How the body ended. */
  #end: 'whole' | 'cut' | undefined;
  #isOver = false;

  constructor(reply: Reply, body: Readable | Buffer, sink: Sink, delivery: Delivery, settle: () => void) {
    this.#reply = reply;
    this.#body = Buffer.isBuffer(body) ? undefined : body;
    if (Buffer.isBuffer(body)) this.#chunks.push(body);
    this.#sink = sink;
    this.#events = new TreatedEvents(reply, sink, delivery);
    this.#settle = settle;
  }

  begin(): void {
    const body = this.#body;
    if (body === undefined) this.#end = 'whole';
    else if (body.destroyed) this.#end = 'cut';
    else {
      let unread = 0;
      body.on('data', (chunk: Buffer) => {
        if (this.#sink.gone && (unread += chunk.length) > MOST_UNREAD) body.destroy();
        this.#chunks.push(chunk);
        this.#wake();
      });
      body.on('end', () => this.#ended('whole'));
      body.on('error', () => {});
      body.on('close', () => this.#ended('cut'));
    }
    // The final length is unknown: bytes beyond a declared length would be read as the next reply.
    this.#sink.head(this.#reply.status, withoutBody(this.#reply.headers), true);
    if (this.#end !== undefined) this.#wake();
  }

  #ended(end: 'whole' | 'cut'): void {
    this.#end ??= end;
    this.#wake();
  }

  #wake(): void {
    if (this.#isWorking || this.#isOver) return;
    this.#isWorking = true;
    void SETTLED.then(this.#onTurn);
  }

  /** Never rejects. Synchronous up to the first event that a control takes longer for. */
  async #work(): Promise<void> {
    const events = this.#events;
    try {
      do {
        for (let chunk = this.#chunks.shift(); chunk !== undefined; chunk = this.#chunks.shift()) {
          const working = events.take(chunk);
          if (working !== undefined) await this.#pausing(working);
        }
        if (this.#end === undefined) {
          const written = events.write();
          if (written !== undefined) await this.#pausing(written);
        }
      } while (this.#chunks.length > 0);
      if (this.#end !== undefined) await this.#finish(this.#end);
    } catch (error) {
      // The failed event was not sent, and no later one will be.
      this.#over();
      events.refuse(error);
    }
    this.#isWorking = false;
    if (this.#end !== undefined) this.#over();
  }

  /** Keeps the upstream from sending more meanwhile. */
  async #pausing(working: Promise<void>): Promise<void> {
    this.#body?.pause();
    await working;
    this.#body?.resume();
  }

  async #finish(end: 'whole' | 'cut'): Promise<void> {
    const events = this.#events;
    if (end === 'whole') {
      const last = events.takeRest();
      if (last !== undefined) await last;
      events.end();
      const outcome = this.#sink.gone ? outcomeOfPart(this.#reply, this.#sink) : events.outcome;
      this.#reply.finish(events.bytes, outcome, undefined, events.rpcCode);
    } else if (this.#reply.isStopped) {
      events.stop();
      this.#reply.finish(events.bytes, 'ok');
    } else {
      if (events.isUnanswered()) throw brokeOff(this.#reply, events.bytes);
      void events.write();
      const outcome = outcomeOfPart(this.#reply, this.#sink);
      this.#sink.cut();
      this.#reply.finish(events.bytes, outcome);
    }
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle();
  }
}
