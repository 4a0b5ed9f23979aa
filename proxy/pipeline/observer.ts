/** Observers of calls outside the controls: metrics, traces, and the console of `npm start`. */
import type { ErrorCode } from '../base/errors.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { Told } from '../call/wire.ts';
import type { Sink } from '../reply/delivery.ts';
import type { Next } from './next.ts';

/**
 * Changes nothing and decides nothing. It is not a control: it appears in no decision, and wraps all controls. It waits
 * for a reply's end, so it counts as observing replies.
 */
export interface Observer {
  /** Wraps all controls and the upstream. */
  around(next: Next): Next;
  /** Wraps the upstream only, inside all controls. */
  beneath(next: Next): Next;
  /**
   * Wraps what is beneath one control: gets the call as that control passed it on.
   * @default - nothing is wrapped
   */
  within?(control: string, next: Next): Next;
  /**
   * The sink to use in place of the client's: gets every byte that the client gets.
   * @default - the client's own
   */
  delivering?(exchange: Exchange, sink: Sink): Sink;
  /** A request was refused before it became a call. */
  refused(code: ErrorCode, told: Told): void;
  /**
   * A search for tools was answered outside all controls.
   * @default - nothing is observed
   */
  searched?(searched: Searched): void;
  /** The proxy listens. */
  ready(): void;
  /** Exports what is left, within a time limit. Never rejects. */
  close(): Promise<void>;
}

export interface Searched {
  readonly exchange: Exchange;
  /** As the client sent it. */
  readonly message: Message;
  readonly status: number;
  readonly body: Buffer;
  /** The list that it searches may be refused. */
  readonly outcome: 'ok' | 'rpc-error';
  readonly ms: number;
}

/** What observers know about the proxy. */
export interface Observed {
  /** Names of the controls. */
  readonly controls: readonly string[];
  /** The URL of each upstream, by its name. */
  readonly upstreams: ReadonlyMap<string, URL>;
  readonly version: string;
  /** Refused tool calls are answered with a result, which a model can read. */
  readonly refusesByResult: boolean;
}
