/** One upstream: sends a call with its session and credentials, and returns its reply when the headers arrive. */
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Call, type UpstreamView } from '../call/call.ts';
import { takesUrls } from '../call/elicitation.ts';
import type { Exchange } from '../call/exchange.ts';
import { readMessage } from '../call/message.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Address } from './address.ts';
import { Attempts } from './attempts.ts';
import type { Authenticator } from './auth/auth.ts';
import type { Ask } from './catalogue.ts';
import { type Catalogues, CataloguesByCaller } from './catalogues.ts';
import { end, type Handshaking, initialize, initialized } from './handshake.ts';
import { MirroredParams, NO_PARAMS } from './mirrored-params.ts';
import { ask, type ClientInfo, ownExchange, View } from './own-calls.ts';
import { Read, refusedCaller, refusedUs } from './refused-credentials.ts';
import { Replies } from './replies.ts';
import type { Sealer } from './seal.ts';
import { FIRST, Sender } from './sender.ts';
import { Sessions } from './sessions.ts';
import { type Carrier, Transport, type TransportOptions } from './transport.ts';

export interface UpstreamOptions {
  readonly name: string;
  readonly address: Address;
  /** Undefined: no credentials. */
  readonly auth: Authenticator | undefined;
  /** A 403 from this upstream refuses the proxy's credentials, as with AWS's own services. */
  readonly forbiddenIsOurs: boolean;
  /** Callers may have to give access on a page first, here or at another upstream of the proxy. @default false */
  readonly asksCallers?: boolean;
  readonly sealer: Sealer;
  /** The upstream keeps no state in its sessions: a lost one may be opened again unnoticed. */
  readonly reopen: boolean;
  /** Whether a request's session was never opened anywhere. @default - never */
  readonly isNewSession?: (exchange: Exchange) => boolean;
  /** Maximum of held sessions per caller, and the milliseconds after which an idle one is ended. */
  readonly maxSessions: number;
  readonly sessionIdleMs: number;
  readonly transport: TransportOptions;
  /** Carries its requests. @default - connections without a client certificate */
  readonly carrier?: Carrier | undefined;
  readonly attention: Attention;
  readonly clientInfo: ClientInfo;
}

export class HttpUpstream {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #sender: Sender;
  readonly #sessions: Sessions;
  readonly #replies: Replies;
  readonly #attempts: Attempts;
  readonly #catalogues: CataloguesByCaller;
  readonly #params = new MirroredParams(
    (exchange) => this.cataloguesOf(exchange).tools,
    (exchange) => this.askFor(exchange),
  );
  readonly #handshaking: Handshaking;

  constructor(options: UpstreamOptions) {
    this.name = options.name;
    this.#options = options;
    const { address, auth, forbiddenIsOurs, attention, transport } = options;
    this.#catalogues = new CataloguesByCaller(auth?.whose);
    this.#sender = new Sender({
      url: address.url,
      auth,
      forbiddenIsOurs,
      attention,
      carrier: options.carrier ?? new Transport(address.url, transport),
      runtimeSessionId: (exchange, session) => this.#sessions.runtimeSessionId(exchange, session),
    });
    this.#handshaking = {
      clientInfo: options.clientInfo,
      callOf: (exchange, text) => this.#ownCall(exchange, text),
      view: (exchange) => this.view(exchange),
      exchange: async (call, session) => {
        const sent = await this.#sender.send(call, { ...FIRST, session });
        if (sent instanceof Read)
          throw auth?.whose === undefined ? await refusedUs(sent, auth !== undefined) : refusedCaller(sent);
        return sent;
      },
    };
    const { name: upstream, sealer, reopen: reopens, maxSessions, sessionIdleMs } = options;
    this.#sessions = new Sessions({
      upstream,
      address: address.url,
      sealer,
      isRuntime: address.service === 'runtime',
      reopen: reopens,
      isNew: options.isNewSession,
      maxSessions,
      sessionIdleMs,
      initialize: (call, session) => initialize(this.#handshaking, call, session),
      initialized: (call, session) => initialized(this.#handshaking, call, session),
      end: (session) => end(this.#handshaking, session),
    });
    this.#replies = new Replies(this.#sessions, attention, reopens);
    this.#attempts = new Attempts({
      sender: this.#sender,
      sessions: this.#sessions,
      replies: this.#replies,
      params: this.#params,
      handshaking: this.#handshaking,
      reopens,
    });
  }

  view(exchange: Exchange): UpstreamView {
    return new View(this, exchange);
  }

  /** The upstream sent a notification. */
  notified(method: string): void {
    if (method === 'notifications/tools/list_changed') this.#catalogues.changed('tools');
    if (method === 'notifications/prompts/list_changed') this.#catalogues.changed('prompts');
  }

  /** Loads what sending takes; connects to nothing. */
  async warm(): Promise<void> {
    await Promise.all([this.#options.auth?.warm?.(), this.#sender.warm()]);
  }

  /** Controls look at replies otherwise from the next call on. */
  attend(attention: Attention): void {
    this.#sender.attend(attention);
    this.#replies.attend(attention);
  }

  /** No more calls come: each held session is ended as soon as no request is under way in it. */
  closing(): void {
    this.#sessions.held.closing();
  }

  /** Ends the remaining held sessions within `graceMs`, then closes all connections, also those in use. */
  async close(graceMs: number): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#sessions.held.close(),
      new Promise<void>((resolve) => (late = setTimeout(resolve, graceMs))),
    ]);
    clearTimeout(late);
    this.#sender.close();
  }

  /** Whether the upstream has the tool or prompt that a call names. Synchronous if the last listing has it. */
  has(call: Call): boolean | Promise<boolean> {
    const ask = (): Ask => this.askFor(call.exchange);
    const { tools, prompts } = this.cataloguesOf(call.exchange);
    if (call.method !== 'prompts/get') return tools.has(call.name ?? '', ask);
    const has = prompts.has(call.name ?? '', ask);
    // Many upstreams have no prompts and refuse to list them.
    return has === true || has === false ? has : has.catch((error: unknown) => refusesToList(error));
  }

  /** Refuses a request of the upstream on behalf of the client. Never rejects, since the result isn't awaited. */
  async refuse(exchange: Exchange, id: string): Promise<void> {
    try {
      const refusal = this.#ownCall(
        ownExchange(exchange),
        `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`,
      );
      const { body } = await this.send(refusal);
      if (body !== undefined && !Buffer.isBuffer(body)) body.resume();
    } catch (error) {
      log.warn("the refusal of the upstream's request could not be sent to it", { error });
    }
  }

  /** Returns a name that identifies the upstream session of a request; undefined if none is known. */
  sessionOf(exchange: Exchange): string | undefined {
    return this.#sessions.nameOf(exchange);
  }

  /** Whether the client of a legacy session declared URL elicitation. Undefined: the request is of no known session. */
  takesUrls(exchange: Exchange): boolean | undefined {
    return this.#sessions.takesUrls(exchange);
  }

  /** Whether a request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean {
    return this.#sessions.isOpen(exchange);
  }

  /**
   * Sends a call; settles when the response headers arrive. Throws `ProxyError`.
   * @param beforeSend runs once the session is known, before the call is sent; what it throws refuses the call
   */
  send(call: Call, beforeSend?: () => void): Promise<Reply> {
    if (call.era === 'legacy') return this.#sendLegacy(call, beforeSend);
    beforeSend?.();
    const params = call.method === 'tools/call' ? this.#params.of(call) : NO_PARAMS;
    if (params === NO_PARAMS) return this.#attempts.send(call, FIRST);
    return Promise.resolve(params).then((known) => this.#attempts.send(call, { ...FIRST, params: known }));
  }

  async #sendLegacy(call: Call, beforeSend: (() => void) | undefined): Promise<Reply> {
    if (call.method === 'initialize') return this.#initialize(call);
    const found = this.#sessions.find(call);
    const session = found instanceof Promise ? await found : found;
    beforeSend?.();
    return this.#attempts.send(call, { ...FIRST, session });
  }

  async #initialize(call: Call): Promise<Reply> {
    const session = this.#sessions.beginning(call.exchange);
    if (this.#options.asksCallers === true) session.takesUrls = takesUrls(call.params?.['capabilities']);
    try {
      const reply = await this.#attempts.send(call, { ...FIRST, session });
      if (reply.status >= 300) this.#sessions.failed(session);
      return reply;
    } catch (error) {
      this.#sessions.failed(session);
      throw error;
    }
  }

  /** Names whose credentials the calls of a client are sent with; undefined: all clients' are sent with the same. */
  whose(exchange: Exchange): string | undefined {
    return this.#options.auth?.whose?.(exchange);
  }

  /** @internal What the upstream lists to the client behind `exchange`, as far as it is known. */
  cataloguesOf(exchange: Exchange): Catalogues {
    return this.#catalogues.of(exchange);
  }

  /** @internal A list showed that others are out of date. */
  listChanged(kind: keyof Catalogues, except: Exchange | undefined): void {
    this.#catalogues.changed(kind, except);
  }

  /** @internal Returns the function with which the proxy asks the upstream on behalf of a client. */
  askFor(exchange: Exchange): Ask {
    return (method, params) =>
      ask(
        { clientInfo: this.#options.clientInfo, callOf: this.#handshaking.callOf, send: (call) => this.send(call) },
        exchange,
        method,
        params,
      );
  }

  #ownCall(exchange: Exchange, text: string): Call {
    const message = readMessage(text);
    return new Call(message.kind, message.method, message, this.view(exchange), exchange);
  }
}

/** Returns false if the error means that the upstream refuses to list; else throws the error. */
function refusesToList(error: unknown): false {
  if (error instanceof ProxyError && error.code === 'upstream-invalid') return false;
  throw error;
}
