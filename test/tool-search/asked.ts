/** What is beneath the tool search, as a test scripts it: no proxy and no upstream. */
import type { CallKind } from '../../proxy/call/call.ts';
import { callerOf } from '../../proxy/call/caller.ts';
import { type Era, Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { type Message, readMessage } from '../../proxy/call/message.ts';
import type { Dispatching } from '../../proxy/dispatch/dispatching.ts';
import type { Sink } from '../../proxy/reply/delivery.ts';

export interface Dispatched {
  readonly kind: CallKind;
  readonly message: Message | undefined;
  readonly exchange: Exchange;
  readonly sink: Sink;
}

/** Answers each message that is dispatched; keeps all of them. */
export class Beneath implements Dispatching {
  readonly dispatched: Dispatched[] = [];
  answer: (dispatched: Dispatched) => void;

  constructor(answer: (dispatched: Dispatched) => void = () => {}) {
    this.answer = answer;
  }

  dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, sink: Sink): Promise<void> {
    const dispatched = { kind, message, exchange, sink };
    this.dispatched.push(dispatched);
    this.answer(dispatched);
    return Promise.resolve();
  }

  isOpen({ inbound }: Exchange): boolean {
    return inbound.sessionId === 'open';
  }

  /** The parameters of each message. */
  get params(): unknown[] {
    return this.dispatched.map(({ message }) => paramsOf(message));
  }
}

export function paramsOf(message: Message | undefined): Record<string, unknown> | undefined {
  return (JSON.parse(message?.text ?? '{}') as { params?: Record<string, unknown> }).params;
}

const JSON_TYPE = ['Content-Type', 'application/json'];

/** Answers with a JSON-RPC message: `more` beside its id. */
export function reply({ message, sink }: Dispatched, more: object, status = 200, headers = JSON_TYPE): void {
  sink.head(status, headers, false);
  sink.end(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(message?.id ?? 'null') as unknown, ...more })));
}

/** Answers with these pages, from the first on. */
export function pages(...lists: readonly object[]): (dispatched: Dispatched) => void {
  return (dispatched) => {
    const at = Number(paramsOf(dispatched.message)?.['cursor'] ?? 0);
    const next = at + 1 < lists.length ? { nextCursor: String(at + 1) } : {};
    reply(dispatched, { result: { ...lists[at], ...next } });
  };
}

export function exchangeOf(era: Era = 'legacy', subject = 'ann', sessionId?: string): Exchange {
  return new Exchange(callerOf({ sub: subject }), era, { ...NO_HEADERS, sessionId }, 0);
}

export function callOf(params: object, more: object = { id: 1 }): Message {
  return readMessage(JSON.stringify({ jsonrpc: '2.0', ...more, method: 'tools/call', params }));
}

/** What a client gets. */
export class Client implements Sink {
  readonly settled = false;
  readonly gone = false;
  status = 0;
  headers: readonly string[] = [];
  body = '';
  ends = 0;

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    this.headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.body += chunk.toString();
    return true;
  }

  onDrain(): void {}

  end(last?: Buffer): void {
    if (last !== undefined) this.write(last);
    this.ends++;
  }

  cut(): void {}
}
