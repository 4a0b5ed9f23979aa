/** The response that a call's stream owes its client, and the error in its place if the stream ends without it. */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { idKey } from '../call/message.ts';
import { toWire } from '../call/wire.ts';
import { isList } from '../reply/transform.ts';
import { scanWhole } from '../reply/treatment.ts';
import { failureOf } from './failures.ts';
import type { Asked } from './translate.ts';

export class Awaited {
  readonly #id: string;
  readonly #asked: Asked;
  readonly #upstream: string;
  /** It came, or may have come. */
  #isAnswered = false;
  /** A legacy client fetches the rest of a stream whose events have ids. */
  #isResumable = false;

  /** @param id of the request, as JSON text */
  constructor(id: string, asked: Asked, upstream: string) {
    this.#id = id;
    this.#asked = asked;
    this.#upstream = upstream;
  }

  /** @param message the text of a message; undefined: the event has none */
  sent(message: string | undefined, eventId: string | undefined): void {
    if (eventId !== undefined && eventId !== '') this.#isResumable = this.#asked.exchange.era === 'legacy';
    if (message === undefined || this.#isAnswered) return;
    const { id, method, hasResult, hasError, complete } = scanWhole(message);
    const isOwn = id !== undefined && idKey(id) === idKey(this.#id);
    this.#isAnswered = isList(message) || !complete || (method === undefined && (hasResult || hasError) && isOwn);
  }

  /** The last event of a stream that ended, if its client still waits. @param error it broke off; undefined: it just ended */
  last(error: unknown): Buffer | undefined {
    const { method, exchange } = this.#asked;
    if (this.#isAnswered || this.#isResumable || exchange.aborted) return undefined;
    const failure = failureOf(this.#upstream, error instanceof ProxyError ? error : ended(error));
    const { era } = exchange;
    const refused = { kind: 'request', method, id: this.#id, era, dispatched: true, inLog: exchange } as const;
    const { body } = toWire(failure, refused);
    return Buffer.from(`\n\nevent: message\ndata: ${body}\n\n`);
  }
}

function ended(error: unknown): UpstreamFailure {
  const unknown = 'whether the call was carried out is not known';
  return error === undefined
    ? new UpstreamFailure('upstream-invalid', `the upstream ended its stream without a response: ${unknown}`)
    : new UpstreamFailure('upstream-unreachable', `the upstream's stream broke off: ${unknown}`, { cause: error });
}
