/** One exchange with a client: a message and its outcome. All versions of one call share it. */
import type { ErrorCode } from '../base/errors.ts';
import { kernelUuid } from '../base/random.ts';
import type { Caller } from './caller.ts';
import { Channels } from './channels.ts';
import type { Inbound } from './inbound.ts';

/** `legacy`: up to 2025-11-25, with `initialize` and sessions. `modern`: 2026-07-28 and later, stateless. */
export type Era = 'legacy' | 'modern';

/** A value-free statement about a call: counts, names, durations, decisions; never an argument or a result. */
export type Fact = Readonly<Record<string, string | number | boolean>>;

/** The part of a reply that the exchange needs: it discards a reply that will not be delivered. */
interface Discardable {
  discard(bytes: number, code: ErrorCode): void;
}

export class Exchange {
  readonly caller: Caller;
  readonly era: Era;
  readonly inbound: Inbound;
  readonly facts: Fact[] = [];
  /** `Date.now()` at arrival. */
  readonly arrivedAt: number;
  /** Bytes of the request's body. */
  readonly bytes: number;
  /** Data about the call that parts of the proxy exchange. */
  readonly channels: Channels;
  #reply: Discardable | undefined;
  #refused: ErrorCode | undefined;
  #abort: AbortController | undefined;
  #id: string | undefined;
  #aborted = false;
  #onAbort: (() => void)[] | undefined;

  constructor(caller: Caller, era: Era, inbound: Inbound, bytes: number, channels: Channels = new Channels()) {
    this.caller = caller;
    this.era = era;
    this.inbound = inbound;
    this.bytes = bytes;
    this.channels = channels;
    this.arrivedAt = Date.now();
  }

  /** Names the call in the log, and in the error that its client gets. Drawn on first use. */
  get id(): string {
    return (this.#id ??= kernelUuid());
  }

  /** Its error has the id. */
  get isNamed(): boolean {
    return this.#id !== undefined;
  }

  /** Made on first use: an AbortController costs more than all checks of most calls. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Runs `listener` when the client cancels. */
  onAbort(listener: () => void): void {
    if (this.#aborted) listener();
    else if (this.#onAbort === undefined) this.#onAbort = [listener];
    else this.#onAbort.push(listener);
  }

  /** The response headers have arrived. If the call was refused meanwhile, the reply is discarded. */
  replied(reply: Discardable): void {
    if (this.#refused === undefined) this.#reply = reply;
    else reply.discard(0, this.#refused);
  }

  /** The controls have returned the reply, and it goes to the client: a refusal no longer discards it. */
  delivering(): void {
    this.#reply = undefined;
  }

  /** The client got an error instead of a reply. @param bytes the error's length */
  refused(bytes: number, code: ErrorCode): void {
    this.#refused = code;
    this.#reply?.discard(bytes, code);
    this.#reply = undefined;
  }

  /** Why the client got an error instead of a reply; undefined if it got a reply, or nothing yet. */
  get refusal(): ErrorCode | undefined {
    return this.#refused;
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#abort?.abort();
    for (const listener of this.#onAbort ?? []) listener();
  }
}
