/**
 * A client's `ping` keeps its session alive at the upstream, so it is forwarded if its session is known to be open. Any
 * other ping is answered here. So are the platform's health probes: they name no session and must never fail.
 */
import type { IncomingMessage } from 'node:http';
import type { ReadCaller } from '../call/caller.ts';
import { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { Dispatching } from '../dispatch/dispatching.ts';
import type { Sink } from '../reply/deliver.ts';
import type { Guards } from './guards.ts';
import { type Identifying, inboundOf } from './mirror.ts';

/** Milliseconds that the upstream may take: probes wait for a few seconds at most. */
const PATIENCE_MS = 2_000;
/** A `ping` has an empty result. */
const MAX_BYTES = 64 * 1024;

export interface Ping {
  readonly message: Message;
  readonly request: IncomingMessage;
  readonly bytes: number;
  readonly guards: Guards;
  readonly dispatcher: Dispatching;
  readonly readCaller: ReadCaller;
  readonly identifying: Identifying | undefined;
}

/** Forwards a ping and its answer. False: it must be answered here. Never rejects. */
export async function keptAlive(ping: Ping, sink: Sink): Promise<boolean> {
  const { headers } = ping.request;
  if (headers['mcp-session-id'] === undefined && headers['x-amzn-bedrock-agentcore-runtime-session-id'] === undefined)
    return false;
  const held = new HeldReply();
  const late = setTimeout(() => held.cut(), PATIENCE_MS);
  const exchange = await Promise.race([passOn(ping, held).catch(() => undefined), held.ended.then(() => undefined)]);
  const whole = exchange !== undefined && (await held.ended);
  clearTimeout(late);
  // A refusal by a control or a failing upstream must not fail a probe; but a client must learn that its session is
  // lost.
  const answered =
    whole && held.status < 500 && (exchange.refusal === undefined || exchange.refusal === 'session-not-found');
  if (answered) held.replay(sink);
  else exchange?.abort();
  return answered;
}

/** Sends the ping to its session; undefined if that isn't known to be open. */
async function passOn(
  { message, request, bytes, guards, dispatcher, readCaller, identifying }: Ping,
  held: HeldReply,
): Promise<Exchange | undefined> {
  guards.checkHost(request.headers.host);
  const exchange = new Exchange(
    await readCaller(request),
    'legacy',
    inboundOf(message, request.headers, 'legacy', identifying),
    bytes,
  );
  if (held.gone || !dispatcher.isOpen(exchange)) return undefined;
  void dispatcher.dispatch(message.kind, message, exchange, held);
  return exchange;
}

/** A small reply, held until it is complete. */
class HeldReply implements Sink {
  readonly settled = false;
  /** Whether it arrived complete. */
  readonly ended: Promise<boolean>;
  gone = false;
  status = 0;
  #end: (whole: boolean) => void = () => {};
  #headers: readonly string[] = [];
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) this.cut();
    // Copy: the chunk's memory is freed once it was written.
    else this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.write(last);
    if (!this.gone) this.#end(true);
  }

  cut(): void {
    this.gone = true;
    this.#end(false);
  }

  replay(sink: Sink): void {
    sink.head(this.status, this.#headers, false);
    sink.end(Buffer.concat(this.#chunks));
  }
}
