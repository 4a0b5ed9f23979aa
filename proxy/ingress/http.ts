/** The HTTP server: limits, guards, strict parsing; then one dispatch per message. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ErrorCode, MethodNotAllowed, ProxyError } from '../base/errors.ts';
import { atOnce, inTurns, nextTurn, SHORT } from '../base/turns.ts';
import { NOBODY, type ReadCaller } from '../call/caller.ts';
import { Exchange } from '../call/exchange.ts';
import { type Message, readMessage, readMessageInTurns, refusalOf, requestIdOf } from '../call/message.ts';
import { NOTHING_KNOWN, type Refused, toWire } from '../call/wire.ts';
import type { Dispatching } from '../dispatch/dispatching.ts';
import { JsonError } from '../json/json-error.ts';
import { checkJsonInTurns } from '../json/strict-in-turns.ts';
import type { Sink } from '../reply/deliver.ts';
import { BatchReply, readBatch } from './batch.ts';
import { checkFraming, checkMediaType, decode, readBody, SenderGone } from './body.ts';
import type { Closing } from './closing.ts';
import {
  answerAndEnd,
  answerBroken,
  isEnding,
  MAX_HEADER_BYTES,
  MAX_HEADERS,
  METHODS,
  refuseTunnel,
} from './connection.ts';
import type { Cors } from './cors.ts';
import type { Guards } from './guards.ts';
import { keptAlive } from './keep-alive.ts';
import { eraOf, type Identifying, inboundOf } from './mirror.ts';
import type { ProtectedResource } from './protected-resource.ts';
import { ResponseSink } from './sink.ts';
import { targetOf } from './target.ts';

export interface IngressOptions {
  readonly guards: Guards;
  readonly readCaller: ReadCaller;
  readonly identifying?: Identifying | undefined;
  /** Says where clients get tokens. @default - clients get them elsewhere */
  readonly resource?: ProtectedResource | undefined;
  /** @default - pages of other origins are refused */
  readonly cors?: Cors | undefined;
  readonly dispatcher: Dispatching;
  /** Largest request body, in bytes. */
  readonly maxBody: number;
  /** Deepest nesting of a request body, in levels. */
  readonly maxDepth: number;
  /** Maximum of an inspected reply, in bytes. */
  readonly maxInspectedReply: number;
  /** Milliseconds for a request's headers, and for the whole request, to arrive. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly closing: Readonly<Closing>;
  /** Awaited before each message of a client, until it returns undefined: then nothing is left to prepare. */
  readonly begin?: (() => Promise<void> | undefined) | undefined;
  /** Prepares for a snapshot of the process. @default - {@link WARM_UP_PATH} is not found */
  readonly warmUp?: (() => Promise<void>) | undefined;
  /** Called for each request that is refused before it becomes a call. */
  readonly onRefused?: ((code: ErrorCode) => void) | undefined;
}

export function createIngress(options: IngressOptions): Server {
  const ingress = new Ingress(options);
  const { headersTimeoutMs: headersTimeout, requestTimeoutMs: requestTimeout, closing, cors } = options;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing.begun) response.shouldKeepAlive = false;
    if (!isEnding(request.socket)) void ingress.handle(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      requestTimeout,
      // Longer than the usual idle timeout of a load balancer, so that the balancer closes first.
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: Math.min(1_000, headersTimeout, requestTimeout),
      noDelay: true,
      // Makes a repeated Authorization, Host or Content-Type invalid, where Node would silently use the first.
      joinDuplicateHeaders: true,
      // A missing Host is refused here, in JSON, but accepted for the platform's probes.
      requireHostHeader: false,
      ...(cors === undefined ? {} : { ServerResponse: cors.responses() }),
    },
    handle,
  );
  // Unknown expectations may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', handle);
  server.on('clientError', answerBroken);
  server.on('connect', (_, socket) => {
    const code = refuseTunnel(socket);
    options.onRefused?.(code);
  });
  // Node 22 and 24 silently drop headers beyond a limit of a thousand, perhaps the one that identifies the caller. So
  // there is no limit here, and they are counted.
  server.maxHeadersCount = 0;
  return server;
}

class Ingress {
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
      if (this.#answered(request, response)) return;
      if (this.#isHook(request)) {
        await this.#options.warmUp?.();
        answer(response, 200, JSON_TYPE, '{"status":"Warm"}');
        return;
      }
      if (request.method !== 'POST') {
        await this.#bare(request, response);
        return;
      }
      checkMediaType(request.headers['content-type']);
      const { guards, maxBody, dispatcher, readCaller, identifying, requestTimeoutMs, closing } = this.#options;
      const body = await readBody(request, maxBody);
      const text = decode(body);
      if (isArray(text)) {
        await this.#batch(text, body.length, request, response);
        return;
      }
      const read = this.#read(text, (known) => {
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
        await this.#ping(
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
      void dispatcher.dispatch(message.kind, message, exchange, sink);
    } catch (error) {
      if (error instanceof SenderGone) return;
      const code = refuse(request, response, error, refused);
      this.#options.onRefused?.(code);
    }
  }

  /** Handles requests that need no body: a health probe (true), or an unsupported request (throws). */
  #answered(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.rawHeaders.length > 2 * MAX_HEADERS)
      throw new ProxyError('too-many-headers', `expected at most ${MAX_HEADERS} headers, got more`);
    const { path, authority } = targetOf(request.url ?? '/');
    const { guards, cors, resource } = this.#options;
    if (path === '/mcp' || path === '/mcp/') {
      if (cors?.answered(request, response, METHODS.legacy) === true) return true;
      if (cors?.allows(request.headers.origin) !== true) guards.checkOrigin(request.headers.origin);
      // The Host header is checked as well: a proxy in front may have used either.
      if (authority !== undefined) guards.checkHost(authority);
      return false;
    }
    const document = resource?.document(path, request.headers.host);
    if (document !== undefined) {
      if (cors?.answered(request, response, 'GET') === true) return true;
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');
      answer(response, 200, JSON_TYPE, document);
      return true;
    }
    if (path === WARM_UP_PATH && this.#options.warmUp !== undefined && request.method === 'POST') return false;
    if (path !== '/ping') throw new ProxyError('not-found', `expected the path /mcp, got another`);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');
    answer(response, 200, JSON_TYPE, '{"status":"Healthy"}');
    return true;
  }

  /** The platform's call before it takes a snapshot. It has no body that counts. */
  #isHook({ url = '/', method }: IncomingMessage): boolean {
    return this.#options.warmUp !== undefined && method === 'POST' && targetOf(url).path === WARM_UP_PATH;
  }

  /** Synchronous for a short text. */
  #read(text: string, known: (refused: Refused) => void): Message | Promise<Message> {
    const { maxDepth } = this.#options;
    return text.length <= SHORT ? this.#readShort(text, maxDepth, known) : this.#readLong(text, maxDepth, known);
  }

  #readShort(text: string, maxDepth: number, known: (refused: Refused) => void): Message {
    try {
      return readMessage(text, maxDepth);
    } catch (error) {
      known({ ...NOTHING_KNOWN, id: atOnce(requestIdOf(text, maxDepth)) });
      throw error;
    }
  }

  async #readLong(text: string, maxDepth: number, known: (refused: Refused) => void): Promise<Message> {
    try {
      return await inTurns(readMessageInTurns(text, maxDepth));
    } catch (error) {
      known({ ...NOTHING_KNOWN, id: await inTurns(requestIdOf(text, maxDepth)) });
      throw error;
    }
  }

  async #batch(text: string, bytes: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { guards, maxDepth, maxInspectedReply, requestTimeoutMs, closing, dispatcher, readCaller, identifying } =
      this.#options;
    try {
      await inTurns(checkJsonInTurns(text, maxDepth));
    } catch (error) {
      throw error instanceof JsonError ? await inTurns(refusalOf(error, text, maxDepth)) : error;
    }
    const version = request.headers['mcp-protocol-version'];
    if (version !== undefined && version !== '2025-03-26') {
      throw new ProxyError(
        'invalid-request',
        `expected one message: protocol version ${String(version).slice(0, 20)} has no batches (2025-03-26 has)`,
      );
    }
    const messages = await inTurns(readBatch(text, maxDepth));
    const modern = messages.find(
      (message) => message.metaVersion !== undefined && message.metaVersion !== '2025-03-26',
    );
    if (modern !== undefined)
      throw new ProxyError('invalid-request', 'expected one message: its protocol version has no batches');
    const isProbe = messages.every(isPing);
    if (!isProbe) {
      guards.checkHost(request.headers.host);
      await this.#options.begin?.();
    }
    const caller = isProbe ? NOBODY : await readCaller(request);
    // The replies are combined here, so the upstream must not compress them.
    const exchanges = messages.map(
      (message) =>
        new Exchange(
          caller,
          'legacy',
          { ...inboundOf(message, request.headers, 'legacy', identifying), acceptEncoding: 'identity' },
          bytes,
        ),
    );
    const gone = (): void => {
      if (closing.cut) for (const exchange of exchanges) exchange.abort();
    };
    const sink = new ResponseSink(response, gone, requestTimeoutMs, closing);
    const reply = new BatchReply(sink, messages, maxInspectedReply);
    const dispatched: Promise<void>[] = [];
    for (const [i, message] of messages.entries()) {
      const [sink, exchange] = [reply.parts[i], exchanges[i]];
      if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');
      dispatched.push(
        isPing(message)
          ? this.#ping(message, request, bytes, sink)
          : dispatcher.dispatch(message.kind, message, exchange, sink),
      );
      // Each message is short and processed in one go.
      if (text.length > SHORT) await nextTurn();
    }
    await Promise.all(dispatched);
  }

  /** Answers a ping, such as the platform's health probe: for any Host and any caller, even if the upstream fails. */
  async #ping(message: Message, request: IncomingMessage, bytes: number, sink: Sink): Promise<void> {
    const { guards, dispatcher, readCaller, identifying } = this.#options;
    const asked = { message, request, bytes, guards, dispatcher, readCaller, identifying };
    if (!(await keptAlive(asked, sink))) pong(message, sink);
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
    await dispatcher.dispatch(method === 'GET' ? 'stream' : 'end', undefined, exchange, sink);
  }
}

/** Where the platform calls before it takes a snapshot of the process. */
export const WARM_UP_PATH = '/warm-up';

const JSON_TYPE = ['Content-Type', 'application/json'] as const;

function isPing(message: Message): boolean {
  return message.method === 'ping' && message.kind === 'request';
}

function pong(ping: Message, sink: Sink): void {
  const body = Buffer.from(`{"jsonrpc":"2.0","id":${ping.id},"result":{}}`);
  sink.head(200, [...JSON_TYPE, 'Content-Length', String(body.length)], false);
  sink.end(body);
}

function isArray(text: string): boolean {
  return text.charCodeAt(0) !== 0x7b && /^[ \t\r\n]*\[/.test(text);
}

function answer(response: ServerResponse, status: number, headers: readonly string[], body: string): void {
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, refused: Refused): ErrorCode {
  const wire = toWire(error, refused);
  if (response.headersSent) {
    response.destroy();
    return wire.code;
  }
  if (request.complete) answer(response, wire.status, wire.headers, wire.body);
  else answerAndEnd(request, response, wire);
  return wire.code;
}
