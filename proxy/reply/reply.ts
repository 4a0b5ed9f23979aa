/**
 * A reply stays bytes until a control inspects it. Controls attach transformations; a reply without any is streamed
 * unchanged.
 */
import type { Readable } from 'node:stream';
import { ControlFault, type ErrorCode, ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Source } from '../json/digits.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { LONGEST } from './contains.ts';
import type { Dependence, MapMessage, MapOptions, Note, Transform } from './mapping.ts';

/**
 * How a reply ended. `cut`: it did not reach the client whole, because the upstream broke off or the client
 * disconnected. (A GET or `subscriptions/listen` stream normally ends when the client disconnects, so that is `ok`.)
 * `unknown`: the scan reached its limit, no control or observer awaited the outcome, or a request got an empty answer.
 */
export type Outcome = 'ok' | 'tool-error' | 'rpc-error' | 'cut' | 'unknown';

export interface Finished {
  /** Bytes of the body that were sent to the client. */
  readonly bytes: number;
  readonly outcome: Outcome;
  /** Why the proxy refused the reply after its headers, if it did. */
  readonly code?: ErrorCode;
  /** The JSON-RPC code of the error that the upstream answered with. @default - none is known */
  readonly rpcCode?: number;
  /** Milliseconds from the reply's headers to its end. */
  readonly ms: number;
}

/** What a control does with replies; for a reply, the strongest of all its controls. */
export type Attention = 'ignores' | 'observes' | 'transforms';

/** What all of them together do. */
export function strongest(attentions: readonly Attention[]): Attention {
  if (attentions.includes('transforms')) return 'transforms';
  return attentions.includes('observes') ? 'observes' : 'ignores';
}

type ReplyKind = 'json' | 'events' | 'empty' | 'other';

export class Reply {
  readonly status: number;
  /** Flat list of names and values as the upstream wrote them, without those that must not be passed on. */
  readonly headers: readonly string[];
  readonly kind: ReplyKind;
  readonly #contentType: string | undefined;
  readonly attention: Attention;
  /** `performance.now()` when the reply's headers arrived. */
  readonly headAt: number;
  /** @internal */ readonly body: Readable | Buffer | undefined;
  /** @internal Length that the upstream declared; -1 if it didn't. */ readonly length: number;
  /** @internal */ readonly transforms: Transform[] = [];
  /** @internal A stream that only ends when its client disconnects, which counts as a good end. */
  openEnded = false;
  /** @internal The proxy ended such a stream on purpose, and its client may open another one. */
  isStopped = false;
  #sealed = false;
  /** Transformations of controls that have returned the reply. */
  #attributed = 0;
  /** What was declared since then. */
  #dependsOn: Dependence[] | undefined;
  #finished: { promise: Promise<Finished>; resolve(finished: Finished): void } | undefined;
  #end: Finished | undefined;

  /** @internal */
  constructor(
    status: number,
    headers: readonly string[],
    body: Readable | Buffer | undefined,
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
   * same value to leave it unchanged. Error responses are not included: use {@link mapMessages} for those. The function
   * also gets the text of the whole message, as {@link MapMessage} does.
   */
  mapResult(
    fn: (result: JsonObject, source: Source | undefined, note: Note) => JsonValue | Promise<JsonValue>,
    options?: MapOptions,
  ): this {
    return this.mapMessages((message, source, note) => {
      const result = message['result'];
      if (result === undefined || (result === null && isObject(message['error']))) return message;
      if (!isObject(result))
        throw new ProxyError('inspection-failed', 'the upstream sent a result that is not an object');
      const next = fn(result, source, note);
      if (next instanceof Promise) return next.then((value) => withResult(message, value));
      return withResult(message, next);
    }, options);
  }

  /** Maps every message of the reply: progress, logs, requests of the upstream, errors, and the result. */
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
    const { contains, verbatim, when, text, leavesProgress, whenAnywhere, whenNamed } = options;
    this.transforms.push({
      map: fn,
      contains: contains !== undefined && contains.length <= LONGEST && PLAIN.test(contains) ? contains : undefined,
      verbatim,
      when,
      text,
      leavesProgress,
      whenAnywhere,
      whenNamed,
      control: undefined,
    });
    return this;
  }

  /**
   * Declares everything that this control's treatment of the reply depends on, besides the reply itself: which
   * transformations it attaches, and what they do. If all controls that transform a list declare it, the proxy may send
   * what was made of the same list for an earlier call with the same texts, and the transformations do not run. A
   * control that depends on something else (the message's id, the time, other calls, a caller's other claims) must not
   * declare this. `[]`: on nothing. Several declarations count together.
   */
  dependsOn(what: Dependence): this {
    (this.#dependsOn ??= []).push(what);
    return this;
  }

  /**
   * @internal The transformations from this index on belong to one control, as do the declarations since the last time.
   * @param control undefined: they are the proxy's own
   */
  attribute(from: number, control?: string, call?: Call): void {
    for (let i = from; i < this.transforms.length; i++) {
      const transform = this.transforms[i];
      if (transform === undefined) break;
      transform.control = control;
      transform.call = call;
      transform.dependsOn = this.#dependsOn;
    }
    this.#attributed = this.transforms.length;
    this.#dependsOn = undefined;
  }

  /** @internal Delivery begins: attaching a transformation from now on throws, since it would come too late. */
  seal(): void {
    this.#sealed = true;
    this.attribute(this.#attributed);
  }

  /** @internal It was refused after its headers, so its body will not be read. */
  discard(bytes: number, code: ErrorCode): void {
    this.#sealed = true;
    if (this.body !== undefined && !Buffer.isBuffer(this.body)) this.body.destroy();
    this.finish(bytes, 'rpc-error', code);
  }

  /** @internal A header as the upstream wrote it; `name` in lower case. */
  header(name: string): string | undefined {
    const { headers } = this;
    for (let i = 0; i < headers.length; i += 2) {
      const own = headers[i];
      if (own?.length === name.length && own.toLowerCase() === name) return headers[i + 1];
    }
    return undefined;
  }

  /** @internal */
  get contentType(): string | undefined {
    return this.#contentType;
  }

  /** @internal Whether the body has a content coding, so that its bytes can't be inspected. */
  get isCoded(): boolean {
    const coding = this.header('content-encoding');
    return coding !== undefined && coding.toLowerCase() !== 'identity';
  }

  /** Settles once, when the last byte was sent, or the reply was cut or refused. Never rejects. */
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

  /** @internal The same reply for a control that must not change it. */
  observed(): Reply {
    return new ObservedReply(this, this.#contentType);
  }

  /** @internal Whether the outcome is awaited. */
  get watched(): boolean {
    return this.#finished !== undefined;
  }

  /** @internal */
  finish(bytes: number, outcome: Outcome, code?: ErrorCode, rpcCode?: number): void {
    if (this.#end !== undefined) return;
    const ms = performance.now() - this.headAt;
    if (code !== undefined) this.#end = { bytes, outcome, code, ms };
    else if (rpcCode === undefined || outcome !== 'rpc-error') this.#end = { bytes, outcome, ms };
    else this.#end = { bytes, outcome, rpcCode, ms };
    this.#finished?.resolve(this.#end);
  }
}

/** A reply for a control that only observes: transformations it attaches are dropped. */
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

  override dependsOn(): this {
    return this;
  }

  override get finished(): Promise<Finished> {
    return this.#original.finished;
  }
}

function withResult(message: JsonObject, result: JsonValue | undefined): JsonObject {
  if (result === undefined)
    throw new ControlFault(
      'a mapping returned no result: return the same value to leave it unchanged, or throw to refuse it',
    );
  return result === message['result'] ? message : { ...message, result };
}

/** Strings that JSON can only write literally, with `\\u00XX`, or, for a slash, with `\\/`. */
const PLAIN = /^(?:[ !#-[\]-~]+|"[ !#-[\]-~]+")$/;

function kindOf(contentType: string | undefined): ReplyKind {
  if (contentType === undefined) return 'other';
  const semicolon = contentType.indexOf(';');
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === 'application/json') return 'json';
  return type === 'text/event-stream' ? 'events' : 'other';
}
