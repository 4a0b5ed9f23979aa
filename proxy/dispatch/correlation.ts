/** Whose a call is, and which earlier call it continues: a question's, a task's, or that of a stream that it resumes. */
import { ProxyError } from '../base/errors.ts';
import { Call } from '../call/call.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Treatment } from '../reply/treatment.ts';
import type { Upstream } from './dispatching.ts';
import type { OpenCall } from './open-call.ts';
import type { Streams } from './streams.ts';

export class Correlation {
  readonly #upstream: Upstream;
  readonly #streams: Streams;
  readonly #attention: Attention;

  constructor(upstream: Upstream, streams: Streams, attention: Attention) {
    this.#upstream = upstream;
    this.#streams = streams;
    this.#attention = attention;
  }

  /** Notes a request as under way and returns its session. Throws if another one under way has its id. */
  begin(call: Call): string | undefined {
    const session = this.sessionOf(call);
    if (session !== undefined) this.#streams.begin(session, call);
    return session;
  }

  responded(session: string | undefined, id: string | undefined): void {
    if (session !== undefined && id !== undefined) this.#streams.responded(session, id);
  }

  /** Identifies the client of a stream: the upstream's session, whatever its id for the client, and the caller. */
  sessionOf({ exchange }: Call): string | undefined {
    const session = this.#upstream.sessionOf(exchange);
    return session === undefined ? undefined : `${session}\n${exchange.caller.key}`;
  }

  /** Gives a client's response the method of the request that it answers, and a task method the call that began the task. */
  correlate(call: Call): Call {
    if (call.kind === 'request' && call.name !== undefined && call.method.startsWith('tasks/')) {
      return this.#from(this.#streams.ofTask(this.clientOf(call), call.name)?.call, call, call.method);
    }
    if (call.kind !== 'response' || call.id === undefined) return call;
    const session = this.sessionOf(call);
    if (session === undefined) return call;
    const question = this.#streams.answered(session, call.id);
    if (question === undefined) return call;
    return this.#from(question.call, call, question.method);
  }

  #from(origin: Call | undefined, { kind, message, upstream, exchange }: Call, method: string): Call {
    origin?.exchange.inbound.tokens?.continuedBy(exchange.inbound.tokens);
    return new Call(kind, method, message, upstream, exchange, origin);
  }

  /** Refuses an answer if its question is unclear. Beneath the controls, which saw it as an answer to no known question. */
  checkAnswer(call: Call): void {
    if (call.kind !== 'response' || call.id === undefined || this.#attention !== 'transforms') return;
    const session = this.sessionOf(call);
    if (session === undefined || !this.#streams.isUnclear(session, call.id)) return;
    throw new ProxyError(
      'unmatched-stream',
      'this answer may be to one of several questions of the upstream with the same id, while a control transforms replies',
    );
  }

  /** Returns the call whose stream a GET resumes; undefined if it resumes none, or no control transforms replies. */
  resumed(call: Call): (OpenCall & { readonly treatment: Treatment }) | undefined {
    const after = call.exchange.inbound.lastEventId;
    if (this.#attention !== 'transforms' || call.kind !== 'stream' || after === undefined) return undefined;
    const origin = this.#streams.byEvent(this.clientOf(call), after);
    if (origin === undefined) {
      throw new ProxyError(
        'unmatched-stream',
        'this stream cannot be resumed: its call is not known here, while a control transforms replies; call again',
      );
    }
    continued(origin.treatment, call);
    return origin;
  }

  /** Some servers answer with an empty reply and send the response on the client's open GET stream. */
  isAnnounced(call: Call, { kind, status }: Reply): boolean {
    return (
      (kind === 'empty' || kind === 'events' || status === ACCEPTED) &&
      status < 300 &&
      call.era === 'legacy' &&
      this.#streams.listeners(this.clientOf(call)) > 0
    );
  }

  /** Identifies the owner of tasks and events: the session, or the caller if there is none. */
  clientOf(call: Call): string {
    return this.sessionOf(call) ?? `client\n${call.caller.key}`;
  }
}

const ACCEPTED = 202;

/** A message on this call's stream belongs to another call, which may ask its upstream with this one's tokens. */
export function continued(treatment: Treatment | undefined, { exchange }: Call): Treatment | undefined {
  treatment?.tokens?.continuedBy(exchange.inbound.tokens);
  return treatment;
}
