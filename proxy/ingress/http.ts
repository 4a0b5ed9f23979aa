/** One request: guards and strict parsing, in the order of all checks; then one dispatch per message. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MethodNotAllowed, ProxyError } from '../base/errors.ts';
import { Exchange } from '../call/exchange.ts';
import { NOTHING_KNOWN, type Refused } from '../call/wire.ts';
import { answer, JSON_TYPE, refuse } from './answer.ts';
import { checkFraming, checkMediaType, decode, readBody, SenderGone } from './body.ts';
import { byPath } from './by-path.ts';
import { METHODS } from './connection.ts';
import { dispatchBatch, isArray } from './dispatch-batch.ts';
import { forgetAfter } from './forget-tokens.ts';
import { eraOf, inboundOf } from './mirror.ts';
import type { IngressOptions } from './options.ts';
import { answerPing, isPing } from './ping.ts';
import { readText } from './read-text.ts';
import { ResponseSink } from './sink.ts';

export class Requests {
  readonly #options: IngressOptions;

  constructor(options: IngressOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const challenge = this.#options.identifying?.challenge?.(request.headers.host);
    let refused: Refused = challenge === undefined ? NOTHING_KNOWN : { ...NOTHING_KNOWN, challenge };
    try {
      checkFraming(request);
      const is = byPath(this.#options, request, response);
      if (is === 'answered') return;
      if (is === 'hook') {
        await this.#options.warmUp?.();
        answer(response, 200, JSON_TYPE, '{"status":"Warm"}');
        return;
      }
      if (request.method !== 'POST') {
        await this.#bare(request, response);
        return;
      }
      checkMediaType(request.headers['content-type']);
      const { guards, maxBody, maxDepth, dispatcher, readCaller, identifying, requestTimeoutMs, closing } =
        this.#options;
      const body = await readBody(request, maxBody);
      const text = decode(body);
      if (isArray(text)) {
        await dispatchBatch(this.#options, text, body.length, request, response);
        return;
      }
      const read = readText(text, maxDepth, (known) => {
        refused = known;
      });
      const message = read instanceof Promise ? await read : read;
      const era = eraOf(message, request.headers);
      refused = {
        kind: message.kind,
        method: message.method,
        id: message.kind === 'request' ? message.id : undefined,
        era,
        dispatched: false,
        challenge,
      };
      if (isPing(message)) {
        // Includes the platform's health probe: answered here for any Host, even if the upstream fails.
        if (era === 'modern') throw new ProxyError('method-not-found', 'ping is not a method of this protocol version');
        await answerPing(
          this.#options,
          message,
          request,
          body.length,
          new ResponseSink(response, () => {}, requestTimeoutMs, closing),
        );
        return;
      }
      guards.checkHost(request.headers.host);
      const beginning = this.#options.begin?.();
      if (beginning !== undefined) await beginning;
      const inbound = inboundOf(message, request.headers, era, identifying);
      const caller = readCaller(request);
      const exchange = new Exchange(caller instanceof Promise ? await caller : caller, era, inbound, body.length);
      // In the modern era closing the stream cancels the call; in the legacy era it means nothing.
      const gone = (): void => {
        if (era === 'modern' || closing.cut) exchange.abort();
      };
      const sink = new ResponseSink(response, gone, requestTimeoutMs, closing);
      const dispatched = dispatcher.dispatch(message.kind, message, exchange, sink);
      if (inbound.tokens !== undefined) forgetAfter(dispatched, response, inbound.tokens);
    } catch (error) {
      if (error instanceof SenderGone) return;
      const told = refuse(request, response, error, refused);
      const why = error instanceof ProxyError && error.code === 'unauthenticated-caller' ? error.message : undefined;
      this.#options.onRefused?.(told.code, { ...told, method: refused.method ?? request.method, why });
    }
  }

  /** Handles GET and DELETE of legacy sessions. */
  async #bare(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { guards, dispatcher, readCaller, identifying, requestTimeoutMs, closing } = this.#options;
    const { method } = request;
    const era = eraOf(undefined, request.headers);
    if (era === 'modern' || (method !== 'GET' && method !== 'DELETE'))
      throw new MethodNotAllowed(
        METHODS[era],
        `${method}${era === 'modern' ? ', which this protocol version does not have' : ''}`,
      );
    guards.checkHost(request.headers.host);
    await this.#options.begin?.();
    const inbound = inboundOf(undefined, request.headers, era, identifying);
    const exchange = new Exchange(await readCaller(request), era, inbound, 0);
    const sink = new ResponseSink(response, () => exchange.abort(), requestTimeoutMs, closing);
    request.resume();
    const dispatched = dispatcher.dispatch(method === 'GET' ? 'stream' : 'end', undefined, exchange, sink);
    if (inbound.tokens !== undefined) forgetAfter(dispatched, response, inbound.tokens);
    await dispatched;
  }
}
