/** One upstream: sends a call with its session and credentials, and returns its reply when the headers arrive. */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Call, type UpstreamView } from '../call/call.ts';
import { takesUrls } from '../call/elicitation.ts';
import type { Exchange } from '../call/exchange.ts';
import { readMessage } from '../call/message.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Address } from './address.ts';
import type { Authenticator } from './auth/auth.ts';
import type { Ask } from './catalogue.ts';
import { type Catalogues, CataloguesByCaller } from './catalogues.ts';
import { end, type Handshaking, initialize, initialized, reopen } from './handshake.ts';
import type { Response } from './http/response.ts';
import { mayReportLoss, type Verdict, verdictOf } from './lost.ts';
import { isIdempotent } from './methods.ts';
import { MirroredParams, NO_PARAMS } from './mirrored-params.ts';
import { ask, type ClientInfo, ownExchange, View } from './own-calls.ts';
import { readAll } from './read.ts';
import { Read, refusedCaller, refusedUs } from './refused-credentials.ts';
import { mayMissHeaders, redirected, saysHeaderMismatch } from './remedies.ts';
import { Replies } from './replies.ts';
import type { Sealer } from './seal.ts';
import { type Attempt, FIRST, Sender } from './sender.ts';
import { gone, type Session } from './session.ts';
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
          throw auth?.whose === undefined ? refusedUs(sent, auth !== undefined) : refusedCaller(sent);
        return sent;
      },
    };
    const { name: upstream, sealer, reopen: reopens, maxSessions, sessionIdleMs } = options;
    this.#sessions = new Sessions({
      upstream,
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
      log.warn('the upstream could not be told that its request was refused', { error });
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
    if (params === NO_PARAMS) return this.#attempt(call, FIRST);
    return Promise.resolve(params).then((known) => this.#attempt(call, { ...FIRST, params: known }));
  }

  async #sendLegacy(call: Call, beforeSend: (() => void) | undefined): Promise<Reply> {
    if (call.method === 'initialize') return this.#initialize(call);
    const found = this.#sessions.find(call);
    const session = found instanceof Promise ? await found : found;
    beforeSend?.();
    return this.#attempt(call, { ...FIRST, session });
  }

  async #initialize(call: Call): Promise<Reply> {
    const session = this.#sessions.beginning(call.exchange);
    if (this.#options.asksCallers === true) session.takesUrls = takesUrls(call.params?.['capabilities']);
    try {
      const reply = await this.#attempt(call, { ...FIRST, session });
      if (reply.status >= 300) this.#sessions.failed(session);
      return reply;
    } catch (error) {
      this.#sessions.failed(session);
      throw error;
    }
  }

  async #attempt(call: Call, given: Attempt): Promise<Reply> {
    const { session } = given;
    const attempt = session?.lapsed === true && call.kind !== 'end' ? { ...given, reopened: true } : given;
    if (attempt !== given && session !== undefined) await this.#reopen(call, session);
    else if (session?.reopening !== undefined) await session.reopening;
    if (session?.ended !== undefined) throw gone(session.ended);
    const usedId = session?.id;
    if (session !== undefined) this.#note(session, call.exchange);
    const done =
      session !== undefined && this.#sessions.held.has(session) ? this.#sessions.held.use(session) : undefined;
    let sent: Response | Read;
    try {
      sent = await this.#sender.send(call, attempt);
    } catch (error) {
      done?.();
      throw error;
    }
    const response = sent instanceof Read ? sent.response : sent;
    if (done !== undefined) response.whenClosed(done);
    if (sent instanceof Read) {
      if (usedId !== undefined && session !== undefined && verdictOf(call, response, sent.body) === 'known')
        return this.#lost(call, attempt, session, usedId, 'known');
      return this.#replies.of(call, session, response, sent.body);
    }
    const status = response.statusCode;
    if (status < 200) {
      response.destroy();
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream answered HTTP ${status}, expected a final status (200 or higher)`,
      );
    }
    if (status < 300) return this.#replies.of(call, session, response);
    if (status < 400 && status !== 304) {
      response.drop();
      throw redirected(status);
    }
    if (
      usedId !== undefined && session !== undefined
        ? !mayReportLoss(call, response)
        : !mayMissHeaders(call, attempt, response)
    )
      return this.#replies.of(call, session, response);
    const body = await readAll(response.body);
    if (usedId !== undefined && session !== undefined) {
      const verdict = verdictOf(call, response, body);
      // Only the proxy's own requests have such an id, so a reply in this form doesn't come from a tool.
      if (
        verdict !== 'answer' &&
        (verdict !== 'named' || this.#options.reopen || call.exchange.channels.received === undefined)
      )
        return this.#lost(call, attempt, session, usedId, verdict);
    } else if (saysHeaderMismatch(body)) {
      const params = await this.#params.again(call);
      if (params.length > 0) return this.#attempt(call, { ...attempt, params, mirrored: true });
    }
    return this.#replies.of(call, session, response, body);
  }

  /** If credentials depend on the caller, a held session is ended later with those that its last request had. */
  #note(session: Session, { inbound: { tokens } }: Exchange): void {
    if (tokens !== undefined && this.#sessions.held.has(session)) session.tokens = tokens.withoutValues();
  }

  /**
   * The upstream no longer knows the session. This is reported, unless the session may be reopened and the call either
   * was not carried out or may be carried out twice.
   */
  async #lost(call: Call, attempt: Attempt, session: Session, usedId: string, verdict: Verdict): Promise<Reply> {
    if (session.ended !== undefined) throw gone(session.ended);
    // A ping opens no session; the next call does.
    if (call.method === 'ping' && this.#options.reopen)
      throw new UpstreamFailure('upstream-invalid', 'the upstream no longer knows the session');
    const again = this.#options.reopen && !attempt.reopened && (verdict !== 'lost' || isIdempotent(call));
    // Another call may have found this before and reopened the session.
    if (!again) throw session.id === usedId ? this.#sessions.lost(session) : gone('lost');
    if (session.id === usedId) await this.#reopen(call, session);
    return this.#attempt(call, { ...attempt, reopened: true });
  }

  async #reopen(call: Call, session: Session): Promise<void> {
    const noted = this.#sessions.restorable.of(session);
    if (noted === undefined) throw this.#sessions.lost(session);
    if (session.lapsed && !this.#sessions.held.has(session)) this.#sessions.held.hold(session);
    await reopen(this.#handshaking, call, session, noted);
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
