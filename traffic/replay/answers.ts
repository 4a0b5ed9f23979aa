/** Answers the requests to upstreams from a record, in place of connections. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { type ErrorCode, ProxyError, UpstreamFailure } from '../../proxy/base/errors.ts';
import { FORMS } from '../../proxy/call/wire.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Carried } from '../../proxy/start-upstreams.ts';
import { Body, Response } from '../../proxy/upstream/http/response.ts';
import type { Carrier, Send } from '../../proxy/upstream/transport.ts';
import type { Asked, TrafficRecord } from '../format.ts';
import type { Playing } from './playing.ts';
import type { Tokens } from './tokens.ts';

export class Answers {
  /** Lists and handshakes, by upstream and request. */
  readonly #own = new Map<string, Asked>();
  readonly #tokens: Tokens;
  readonly #playing: AsyncLocalStorage<Playing>;

  constructor(record: TrafficRecord, playing: AsyncLocalStorage<Playing>, tokens: Tokens) {
    this.#playing = playing;
    this.#tokens = tokens;
    for (const { asked, text: sent } of record.calls)
      for (const one of asked) {
        const text = one.text ?? sent;
        const key =
          text === undefined || one.status === undefined || one.status >= 300 ? undefined : keyOf(one.upstream, text);
        if (key !== undefined && !this.#own.has(key)) this.#own.set(key, one);
      }
  }

  readonly carried: Carried = (upstream) =>
    ({ send: (send) => this.#send(upstream, send), close: () => {} }) satisfies Carrier;

  async #send(upstream: string, send: Send): Promise<Response> {
    const playing = this.#playing.getStore();
    const request = send.body === undefined ? undefined : objectIn(send.body);
    const isOwn = typeof request?.['id'] === 'string' && request['id'].startsWith('proxy-');
    const found = isOwn
      ? this.#ownAnswer(upstream, send.body ?? '', playing)
      : playing?.answerOf(upstream, send.method);
    if (found === undefined && playing?.recorded.unsent !== undefined) throw failure(playing.recorded.unsent);
    if (found === undefined) {
      const what = `${upstream}: ${typeof request?.['method'] === 'string' ? request['method'] : send.method}`;
      playing?.unknown.add(what);
      throw new UpstreamFailure('upstream-unreachable', 'the record has no answer to this request');
    }
    if (!isOwn) this.#tokens.learn(found.text, send.body);
    if (isOwn || playing === undefined)
      return answerOf(found, found.pieces?.map(([, text]) => this.#text(text, found, request)) ?? []);
    const waiting = playing.waitFor(found);
    await waiting.begun;
    if (found.failed !== undefined) throw failure(found.failed);
    const body = new Body({ resume: () => {}, abandon: () => {} });
    waiting.each(
      (text) => body.push(Buffer.from(this.#text(text, found, request))),
      () => body.complete(),
    );
    return new Response(found.status ?? 200, headersOf(found), body);
  }

  /** Of the same call, or of any that asked for the same. */
  #ownAnswer(upstream: string, text: string, playing: Playing | undefined): Asked | undefined {
    const key = keyOf(upstream, text);
    if (key === undefined) return undefined;
    const same = playing?.recorded.asked.find(
      (one) => one.text !== undefined && one.status !== undefined && keyOf(one.upstream, one.text) === key,
    );
    return same ?? this.#own.get(key);
  }

  /** A part of the answer, to this request: its id, its progress token and the tokens of now. */
  #text(piece: string, { text = '', type = '' }: Asked, request: JsonObject | undefined): string {
    const then = objectIn(text);
    const [idThen, idNow] = [then?.['id'], request?.['id']];
    const [tokenThen, tokenNow] = [progressToken(then), progressToken(request)];
    const placed = this.#tokens.inPlace(piece);
    if (idThen === idNow && tokenThen === tokenNow) return placed;
    const renamed = (json: string): string => {
      const message = objectIn(json);
      if (message === undefined) return json;
      if (('result' in message || 'error' in message) && idNow !== undefined)
        return JSON.stringify({ ...message, id: idNow });
      const { params } = message;
      if (isObject(params) && tokenNow !== undefined && params['progressToken'] === tokenThen)
        return JSON.stringify({ ...message, params: { ...params, progressToken: tokenNow } });
      return json;
    };
    return type.startsWith('text/event-stream')
      ? placed.replaceAll(/^data:[ ]?(.+)$/gm, (_, data: string) => `data: ${renamed(data)}`)
      : renamed(placed);
  }
}

/** As it failed then. */
function failure(code: string): ProxyError {
  const known = isCode(code) ? code : 'upstream-unreachable';
  switch (known) {
    case 'upstream-unreachable':
    case 'upstream-timeout':
    case 'upstream-auth':
    case 'upstream-invalid':
      return new UpstreamFailure(known, 'the upstream failed, as in the record');
    default:
      return new ProxyError(known, 'it failed before it was sent, as in the record');
  }
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(FORMS, code);
}

function answerOf(asked: Asked, pieces: readonly string[]): Response {
  return new Response(asked.status ?? 200, headersOf(asked), Buffer.from(pieces.join('')));
}

function headersOf({ type, session, pieces = [] }: Asked): string[] {
  return [
    ...(type === undefined ? [] : ['content-type', type]),
    ...(session === undefined ? [] : ['mcp-session-id', session]),
    ...(pieces.length === 0 ? ['content-length', '0'] : []),
  ];
}

/** Upstream, method and what is asked for: no ids, no metadata. */
function keyOf(upstream: string, text: string): string | undefined {
  const message = objectIn(text);
  if (message === undefined || typeof message['method'] !== 'string') return undefined;
  const { _meta: _, ...params } = isObject(message['params']) ? message['params'] : {};
  return JSON.stringify([upstream, message['method'], message['method'] === 'initialize' ? {} : params]);
}

function progressToken(message: JsonObject | undefined): string | number | undefined {
  const params = message?.['params'];
  const meta = isObject(params) ? params['_meta'] : undefined;
  const token = isObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
