/** Records each call at each point of the pipeline. An observer: it changes nothing and decides nothing. */
import { type ErrorCode, ProxyError } from '../../proxy/base/errors.ts';
import type { Caller } from '../../proxy/call/caller.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import type { Told } from '../../proxy/call/wire.ts';
import type { Next } from '../../proxy/pipeline/next.ts';
import type { Observer, Searched } from '../../proxy/pipeline/observer.ts';
import type { Sink } from '../../proxy/reply/delivery.ts';
import type { Reply } from '../../proxy/reply/reply.ts';
import type { Kept } from './kept.ts';
import { Recording, type Setting } from './recording.ts';
import { RefusedRequest } from './refused-request.ts';
import { SearchedTools } from './searched-tools.ts';
import { Store } from './store.ts';
import { Copy, TapSink } from './tap.ts';
import { watchReply } from './watched.ts';

export interface RecorderOptions extends Setting {
  readonly upstreams: readonly string[];
  readonly store?: Store;
  /** The run of the console's form that a call is part of. */
  readonly runOf: (caller: Caller) => number | undefined;
}

/** Told of each call when it begins, when something is known about it, and when it has ended. */
export type OnCall = (call: Recording, run: number | undefined) => void;

export type OnOther = (request: Kept, run: number | undefined) => void;

export class Recorder implements Observer {
  readonly store: Store;
  #options: RecorderOptions;
  readonly #calls = new WeakMap<Exchange, Recording>();
  readonly #copies = new WeakMap<Exchange, Copy>();
  readonly #listeners = new Set<OnCall>();
  readonly #others = new Set<OnOther>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.store = options.store ?? new Store();
  }

  /** Other controls serve: calls that begin from now on pass these. */
  controls(names: readonly string[]): void {
    this.#options = { ...this.#options, controls: names };
  }

  onCall(listener: OnCall): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A request became no call: it was refused before, or answered outside all controls. */
  onOther(listener: OnOther): () => void {
    this.#others.add(listener);
    return () => this.#others.delete(listener);
  }

  delivering(exchange: Exchange, sink: Sink): Sink {
    const copy = new Copy();
    this.#copies.set(exchange, copy);
    return new TapSink(sink, copy, (isCut) => this.#delivered(exchange, isCut));
  }

  around(next: Next): Next {
    return async (call) => {
      const { exchange } = call;
      const run = this.#options.runOf(call.caller);
      const copy = this.#copies.get(exchange) ?? new Copy();
      const recording = new Recording(this.store.nextId(), call, copy, {
        setting: this.#options,
        run,
        isOneOfSeveral: this.#options.upstreams.length > 1,
      });
      this.#calls.set(exchange, recording);
      this.store.add(recording);
      this.#tell(recording);
      let reply: Reply;
      try {
        reply = await next(call);
      } catch (error) {
        recording.refused(error instanceof ProxyError ? error.code : 'internal');
        throw error;
      }
      recording.answered(exchange.channels.answeredBy);
      watchReply(reply, (made) => recording.made(made));
      void reply.finished.then(({ outcome, code }) => {
        recording.finished(code ?? outcome);
        this.#ended(recording);
      });
      return reply;
    };
  }

  within(control: string, next: Next): Next {
    return (call) => {
      this.#calls.get(call.exchange)?.passed(control, call);
      return next(call);
    };
  }

  beneath(next: Next): Next {
    return async (call) => {
      const recording = this.#calls.get(call.exchange);
      recording?.sent(call);
      const startedAt = performance.now();
      try {
        return await next(call);
      } finally {
        recording?.upstreamTook(performance.now() - startedAt);
      }
    };
  }

  refused(code: ErrorCode, told: Told): void {
    const request = new RefusedRequest(this.store.nextId(), code, told, this.#options);
    this.#keep(request, undefined);
  }

  searched(searched: Searched): void {
    const run = this.#options.runOf(searched.exchange.caller);
    this.#keep(new SearchedTools(this.store.nextId(), searched, run, this.#options), run);
  }

  #keep(other: Kept, run: number | undefined): void {
    this.store.add(other);
    this.store.weigh(other);
    for (const listener of this.#others) listener(other, run);
  }

  ready(): void {}

  async close(): Promise<void> {}

  /** Its last byte is on the way. */
  #delivered(exchange: Exchange, isCut: boolean): void {
    const recording = this.#calls.get(exchange);
    if (recording === undefined) return;
    recording.delivered(isCut);
    this.#ended(recording);
  }

  #ended(recording: Recording): void {
    if (recording.isOpen) return;
    this.store.weigh(recording);
    this.#tell(recording);
  }

  #tell(recording: Recording): void {
    for (const listener of this.#listeners) listener(recording, recording.run);
  }
}
