/**
 * A reply: bytes until somebody looks. Controls attach transformations; a reply nobody touched is streamed as it came.
 */
import type { IncomingMessage } from 'node:http';
import type { ResultTypeMap } from '@modelcontextprotocol/server';
import { ControlFault, type ErrorCode, ProxyError } from '../base/errors.ts';
import type { Source } from '../json/digits.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { LONGEST } from './contains.ts';

/**
 * How a reply ended. `cut`: it did not reach the client whole, because the upstream broke off or the client went away
 * (which is how a GET or `subscriptions/listen` stream ends, so those are `ok` then).
 * `unknown`: its bytes were not understood within the scan's bound, nobody scanned, or a request was answered by nothing. */
export type Outcome = 'ok' | 'tool-error' | 'rpc-error' | 'cut' | 'unknown';

export interface Finished {
  /** Bytes of the body as handed on to the client. */
  readonly bytes: number;
  readonly outcome: Outcome;
  /** Where the proxy itself refused the reply after its head: why. */
  readonly code?: ErrorCode;
  /** From the reply's head to its end, in milliseconds. */
  readonly ms: number;
}

/**
 * Gets one JSON-RPC message, frozen; returns it (unchanged), or another, or throws to refuse the reply. Undefined: this
 * message doesn't go on to the client, the others do. Where it was a request of the upstream's, that is refused in the
 * client's place; a response can't be left out.
 * @param source the text that it was read from, where there is one: a number may have more digits there than a double
 * keeps
 */
export type MapMessage = (
  message: JsonObject,
  source: Source | undefined,
) => JsonObject | undefined | Promise<JsonObject | undefined>;

export interface MapOptions {
  /**
   * Only messages in whose text this string may occur are looked at; a reply without it is not even parsed. ASCII
   * letters, digits and punctuation that JSON writes as they are, or that in double quotes: a whole string then, such
   * as a key. A spelling by `\\u00XX` or `\\/` escapes is found as well. With any other character in it, every message
   * is looked at.
   * @default - every message
   */
  readonly contains?: string;
  /**
   * The string counts only where it stands as it is, not where escapes spell it. Searching for those costs 40 µs in 100
   * KB.
   * @default false
   */
  readonly verbatim?: boolean;
  /**
   * Only messages are looked at whose text it accepts: bytes as they came, or a string; where there are several in one
   * text, all of it, and then each. For what `contains` can't say. It is asked before anything is parsed, so it must be
   * cheap.
   * @default - every message
   */
  readonly when?: (text: string | Buffer) => boolean;
  /**
   * Does to the text of a response what the function does to the response itself, without a parse: the parts that
   * change, in order; none, and it stays. Undefined: this one has to be parsed. It must not depend on what keys an
   * object has twice, nor on anything else that only a parse can tell.
   * @default - always parsed
   */
  readonly text?: (json: string) => readonly TextEdit[] | undefined | Promise<readonly TextEdit[] | undefined>;
}

/** A part of a text, and what stands there instead. */
export interface TextEdit {
  /** Characters from the text's beginning. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @internal One transformation that a control attached. */
export interface Transform {
  readonly map: MapMessage;
  readonly contains: string | undefined;
  readonly verbatim?: boolean | undefined;
  readonly when?: MapOptions['when'];
  readonly text?: MapOptions['text'];
  /** Who attached it: the control's name, from when it has returned the reply; undefined where the proxy itself did. */
  control?: string | undefined;
}

/** What a reply's controls are allowed to do with it; the strongest among the composed controls. */
export type Attention = 'ignores' | 'observes' | 'transforms';

/** The result of a method, by the protocol package's own types. */
export type ResultOf<M extends string> = M extends keyof ResultTypeMap ? ResultTypeMap[M] : JsonObject;

type ReplyKind = 'json' | 'events' | 'empty' | 'other';

export class Reply {
  readonly status: number;
  /** Flat list of names and values, as the upstream wrote them, without those that must not pass. */
  readonly headers: readonly string[];
  readonly kind: ReplyKind;
  readonly #contentType: string | undefined;
  readonly attention: Attention;
  /** `performance.now()` at the reply's head. */
  readonly headAt: number;
  /** @internal */ readonly body: IncomingMessage | Buffer | undefined;
  /** @internal Length the upstream declared; -1 where it didn't. */ readonly length: number;
  /** @internal */ readonly transforms: Transform[] = [];
  /** @internal A stream without an end of its own: it ends well when its client leaves. */
  openEnded = false;
  #sealed = false;
  #finished: { promise: Promise<Finished>; resolve(finished: Finished): void } | undefined;
  #end: Finished | undefined;

  /** @internal */
  constructor(
    status: number,
    headers: readonly string[],
    body: IncomingMessage | Buffer | undefined,
    contentType: string | undefined,
    length: number,
    attention: Attention,
    headAt: number = performance.now(),
  ) {
    this.headAt = headAt;
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.length = length;
    this.attention = attention;
    this.#contentType = contentType;
    this.kind = length === 0 || body === undefined ? 'empty' : kindOf(contentType);
  }

  /**
   * Maps the result of the call (`result` of its response, in a JSON body or at the end of an event stream). Return the
   * very value to leave it alone. Error responses pass by: use {@link mapMessages} for those. The function gets the
   * text of the whole message as well, as {@link MapMessage} does.
   */
  mapResult(
    fn: (result: JsonObject, source: Source | undefined) => JsonValue | Promise<JsonValue>,
    options?: MapOptions,
  ): this {
    return this.mapMessages((message, source) => {
      const result = message['result'];
      if (result === undefined || (result === null && isObject(message['error']))) return message;
      if (!isObject(result)) throw new ProxyError('inspection-failed', 'the upstream sent a result that is no object');
      const next = fn(result, source);
      if (next instanceof Promise) return next.then((value) => withResult(message, value));
      return withResult(message, next);
    }, options);
  }

  /** Maps every message of the reply: progress, logs, the upstream's own requests, errors, and the result. */
  mapMessages(fn: MapMessage, options: MapOptions = {}): this {
    if (this.attention !== 'transforms') {
      throw new ControlFault(
        `a control whose replies are declared '${this.attention}' tried to transform one: declare replies: 'transforms'`,
      );
    }
    if (this.#sealed)
      throw new ControlFault(
        'a control tried to transform a reply that is already on its way: attach before returning it',
      );
    const { contains, verbatim, when, text } = options;
    this.transforms.push({
      map: fn,
      contains: contains !== undefined && contains.length <= LONGEST && PLAIN.test(contains) ? contains : undefined,
      verbatim,
      when,
      text,
      control: undefined,
    });
    return this;
  }

  /** @internal Its delivery begins: whatever is attached from now on would come too late, so that throws. */
  seal(): void {
    this.#sealed = true;
  }

  /** @internal It was refused after its head: nobody will read it. */
  discard(bytes: number, code: ErrorCode): void {
    this.#sealed = true;
    if (this.body !== undefined && !Buffer.isBuffer(this.body)) this.body.destroy();
    this.finish(bytes, 'rpc-error', code);
  }

  /** @internal A header as the upstream wrote it; `name` in lower case. */
  header(name: string): string | undefined {
    const { headers } = this;
    for (let i = 0; i < headers.length; i += 2) if (headers[i]?.toLowerCase() === name) return headers[i + 1];
    return undefined;
  }

  /** @internal Its bytes are not what they seem: they have a content coding. */
  get isCoded(): boolean {
    const coding = this.header('content-encoding');
    return coding !== undefined && coding.toLowerCase() !== 'identity';
  }

  /** Settles once, when the last byte was handed on, the reply was cut, or it was refused. Never rejects. */
  get finished(): Promise<Finished> {
    if (this.#finished === undefined) {
      let resolve: (finished: Finished) => void = () => {};
      const promise = new Promise<Finished>((settle) => {
        resolve = settle;
      });
      this.#finished = { promise, resolve };
      if (this.#end !== undefined) resolve(this.#end);
    }
    return this.#finished.promise;
  }

  /** @internal The same reply for one who must not change it. */
  observed(): Reply {
    return new ObservedReply(this, this.#contentType);
  }

  /** @internal Somebody waits for the outcome, so it is worth finding out. */
  get watched(): boolean {
    return this.#finished !== undefined;
  }

  /** @internal */
  finish(bytes: number, outcome: Outcome, code?: ErrorCode): void {
    if (this.#end !== undefined) return;
    const ms = performance.now() - this.headAt;
    this.#end = code === undefined ? { bytes, outcome, ms } : { bytes, outcome, code, ms };
    this.#finished?.resolve(this.#end);
  }
}

/** A reply for a control that only observes: what it attaches is dropped. */
class ObservedReply extends Reply {
  readonly #original: Reply;

  constructor(original: Reply, contentType: string | undefined) {
    super(
      original.status,
      original.headers,
      original.body,
      contentType,
      original.length,
      original.attention,
      original.headAt,
    );
    this.#original = original;
  }

  override mapMessages(): this {
    return this;
  }

  override get finished(): Promise<Finished> {
    return this.#original.finished;
  }
}

function withResult(message: JsonObject, result: JsonValue | undefined): JsonObject {
  if (result === undefined)
    throw new ControlFault(
      'a mapping returned no result: return the very value to leave it alone, or throw to refuse it',
    );
  return result === message['result'] ? message : { ...message, result };
}

/** What JSON may write in no other way than as it is, by `\\u00XX` or, for a slash, by `\\/`. */
const PLAIN = /^(?:[ !#-[\]-~]+|"[ !#-[\]-~]+")$/;

function kindOf(contentType: string | undefined): ReplyKind {
  if (contentType === undefined) return 'other';
  const semicolon = contentType.indexOf(';');
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'text/event-stream' ? 'events' : 'other';
}
