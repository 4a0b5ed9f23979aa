/** Records calls with the answers of their upstreams. An observer: it changes nothing and decides nothing. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Recorder } from '../../console/record/recorder.ts';
import type { Recording } from '../../console/record/recording.ts';
import { values } from '../../console/record/shape.ts';
import { Store } from '../../console/record/store.ts';
import { ProxyError } from '../../proxy/base/errors.ts';
import { log } from '../../proxy/base/log.ts';
import { SELF } from '../../proxy/base/self.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';
import type { Next } from '../../proxy/pipeline/next.ts';
import type { Observer } from '../../proxy/pipeline/observer.ts';
import type { Sink } from '../../proxy/reply/delivery.ts';
import type { Carried } from '../../proxy/start-upstreams.ts';
import { FORMAT, type Head, MAGIC, type RecordedCall } from '../format.ts';
import type { Redactor } from '../redact/message.ts';
import { noting, type Noting } from './carried.ts';
import { Labels, lineOf } from './line.ts';
import { Passed } from './passed.ts';
import type { Delivered, Pending } from './pending.ts';
import { DeliverySink } from './sink.ts';
import type { Writer } from './writer.ts';

/** Calls that the observer it is built on remembers: those under way, and a few. */
const REMEMBERED = { calls: 5_000, bytes: 64 * 1024 * 1024 };

export class TrafficRecorder implements Observer {
  /** For the start of the proxy. */
  readonly carried: Carried;
  readonly #calls = new AsyncLocalStorage<Noting>();
  readonly #writer: Writer;
  readonly #redactor: Redactor | undefined;
  readonly #recorder: Recorder;
  readonly #pending = new Map<Recording, Pending>();
  readonly #beginning = new WeakMap<Exchange, Pending>();
  readonly #delivered = new WeakMap<Exchange, Delivered>();
  readonly #labels = new Labels();
  readonly #began = Date.now();
  readonly #head: Head;
  #numbered = 0;
  #written = 0;
  #closed = false;

  /** @param redactor undefined: values are kept */
  constructor(config: ProxyConfig, writer: Writer, redactor: Redactor | undefined, keeps: readonly string[]) {
    const { upstreams } = settingsOf(config, []);
    const controls = config.controls.map(({ name }) => name);
    this.#writer = writer;
    this.#redactor = redactor;
    this.carried = noting(this.#calls);
    this.#recorder = new Recorder({
      controls,
      upstreams: upstreams.map(({ name }) => name),
      showsValues: true,
      shown: values,
      store: new Store(REMEMBERED),
      runOf: () => undefined,
    });
    this.#recorder.onCall((recording) => this.#told(recording));
    this.#head = {
      record: MAGIC,
      format: FORMAT,
      proxy: SELF.version,
      began: new Date(this.#began).toISOString(),
      values: redactor === undefined ? 'clear' : 'redacted',
      keeps,
      controls,
      upstreams: upstreams.map(({ name }) => name),
    };
  }

  /** Calls in the file. */
  get written(): number {
    return this.#written;
  }

  around(next: Next): Next {
    const recorded = this.#recorder.around(next);
    return (call) => {
      const got = this.#delivered.get(call.exchange) ?? nothing();
      const pending: Pending = { number: ++this.#numbered, call, carrying: [], got };
      this.#beginning.set(call.exchange, pending);
      return this.#calls.run(pending, () => recorded(call));
    };
  }

  within(control: string, next: Next): Next {
    return this.#recorder.within(control, next);
  }

  beneath(next: Next): Next {
    const recorded = this.#recorder.beneath(next);
    return async (call) => {
      try {
        return await recorded(call);
      } catch (error) {
        const pending = this.#beginning.get(call.exchange);
        if (pending !== undefined) pending.unsent = error instanceof ProxyError ? error.code : 'internal';
        throw error;
      }
    };
  }

  delivering(exchange: Exchange, sink: Sink): Sink {
    const got = nothing();
    this.#delivered.set(exchange, got);
    return this.#recorder.delivering(exchange, new DeliverySink(sink, got));
  }

  refused(): void {}

  ready(): void {
    this.#writer.open();
    this.#writer.line(this.#head);
  }

  /** Writes also what hasn't ended: streams last as long as somebody listens. */
  close(): Promise<void> {
    for (const [recording, pending] of this.#pending) this.#write(recording, pending);
    this.#pending.clear();
    if (!this.#closed) this.#writer.close();
    this.#closed = true;
    return Promise.resolve();
  }

  /** First when the call begins, within its context. */
  #told(recording: Recording): void {
    let pending = this.#pending.get(recording);
    if (pending === undefined) {
      const begun = this.#calls.getStore();
      if (begun === undefined || !isPending(begun) || begun.recording !== undefined) return;
      pending = begun;
      pending.recording = recording;
      this.#pending.set(recording, pending);
    }
    if (recording.isOpen) return;
    this.#pending.delete(recording);
    this.#write(recording, pending);
  }

  #write(recording: Recording, pending: Pending): void {
    if (this.#closed) return;
    let line: RecordedCall;
    try {
      line = lineOf(pending, recording.detail, { began: this.#began, redactor: this.#redactor, labels: this.#labels });
    } catch (error) {
      log.error('a call could not be recorded', { error });
      return;
    }
    if (this.#writer.line(line)) this.#written++;
    else if (this.#writer.left === 1)
      log.warn(`the record is full (${this.#writer.bytes} bytes): later calls are not recorded`);
  }
}

function isPending(noting: Noting): noting is Pending {
  return 'number' in noting;
}

function nothing(): Delivered {
  return { status: 0, type: '', session: undefined, body: new Passed(undefined) };
}
