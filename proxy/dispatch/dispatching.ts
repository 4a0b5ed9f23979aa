/** What dispatch takes from the rooms around it, and what it offers to the ingress. */
import type { Call, CallKind, UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { OnRefused, ToolRefusals } from '../call/wire.ts';
import type { Layer } from '../pipeline/compose.ts';
import type { Next } from '../pipeline/next.ts';
import type { Observer } from '../pipeline/observer.ts';
import type { Sink } from '../reply/deliver.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Consents } from './consents.ts';
import type { Streams } from './streams.ts';

/** The upstream, as dispatch uses it. */
export interface Upstream {
  /**
   * Sends a call; settles when the response headers arrive.
   * @param beforeSend runs once the upstream's session is known, before the call is sent; what it throws refuses the call
   */
  send(call: Call, beforeSend?: () => void): Promise<Reply>;
  /** Returns a name that identifies the upstream session of a request; undefined if none is known. */
  sessionOf(exchange: Exchange): string | undefined;
  /** Whether a request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean;
  /** Whether it has the tool or prompt that a call names. Synchronous if the last listing has it. */
  has(call: Call): boolean | Promise<boolean>;
  /** Refuses a request of the upstream on behalf of the client. `id` as JSON text. Never rejects. */
  refuse(exchange: Exchange, id: string): Promise<void>;
  view(exchange: Exchange, message?: Message): UpstreamView;
  /** Finds the upstream that a message goes to, if that takes a request; views then know it. Undefined: nothing to ask. */
  prepare?(exchange: Exchange, message: Message): Promise<void> | undefined;
  /** The upstream sent a notification. */
  notified(method: string): void;
  /** Whether the client of a legacy session declared URL elicitation. Undefined: the request is of no known session. */
  takesUrls(exchange: Exchange): boolean | undefined;
}

/** What takes messages from the ingress. */
export interface Dispatching {
  /** Dispatches one message, or a bare GET or DELETE (`message` undefined). Settles after the last byte of its reply; never rejects. */
  dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, sink: Sink): Promise<void>;
  /** Whether a request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean;
}

export interface DispatchOptions {
  readonly layers: readonly Layer[];
  /** Wraps all controls and observers: gets each call first and its reply last. @default - nothing */
  readonly around?: ((next: Next) => Next) | undefined;
  /** Outermost first. With observers, `attention` must be at least `observes`. @default none */
  readonly observers?: readonly Observer[];
  readonly attention: Attention;
  /** Calls whose replies may come on other streams, from a dispatcher that this one replaces. @default - none */
  readonly streams?: Streams | undefined;
  readonly upstream: Upstream;
  /** Maximum of an inspected reply, in bytes. */
  readonly maxInspectedReply: number;
  /** @default 'error' */
  readonly toolRefusals?: ToolRefusals;
  /** A control may change the content of resources, so no digest or size of one is passed on. @default false */
  readonly changesResources?: boolean;
  /** Called with each refusal before any control. */
  readonly onRefused?: OnRefused;
  /** Asks callers for consent. @default - no upstream needs it */
  readonly consents?: Consents | undefined;
  /** Refuses argument names that the upstream may take for others. @default - no control reads arguments */
  readonly argumentNames?: ((call: Call) => Promise<void> | undefined) | undefined;
}
