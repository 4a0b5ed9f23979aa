/** One upstream: a call goes out with its session and credentials, and its reply comes back at the head. */
import type { IncomingMessage } from 'node:http';
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Call, type UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import { readMessage } from '../call/message.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import type { Address } from './address.ts';
import type { Authenticator, Outgoing } from './auth/auth.ts';
import { type Ask, Catalogue, PROMPTS, TOOLS } from './catalogue.ts';
import { end, type Handshaking, initialize, initialized, reopen } from './handshake.ts';
import { inwardHeaders, outwardHeaders } from './headers.ts';
import { mayTell, type Told, toldBy, wantsSessionId } from './lost.ts';
import { idleOf, isIdempotent, isOpenEnded } from './methods.ts';
import { ask, type ClientInfo, ownExchange, View } from './own-calls.ts';
import { type FindTool, paramHeaders, passedParams } from './params.ts';
import { readAll } from './read.ts';
import { answers, mayRefuseUs, Read, readRefusal, refusedUs } from './refused-credentials.ts';
import { mayMissHeaders, redirected, saysHeaderMismatch, type Tried } from './remedies.ts';
import type { Sealer } from './seal.ts';
import { gone, type Session } from './session.ts';
import { Sessions } from './sessions.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface UpstreamOptions {
  readonly name: string;
  readonly address: Address;
  /** Undefined: no credentials. */
  readonly auth: Authenticator | undefined;
  /** 403 from this upstream means our credentials, as with AWS's own services. */
  readonly forbiddenIsOurs: boolean;
  readonly sealer: Sealer;
  /** It keeps no state in its sessions: a lost one may be opened again unnoticed. */
  readonly reopen: boolean;
  /** Sessions of one caller that the proxy has to end, at most, and the milliseconds after which an idle one is. */
  readonly maxSessions: number;
  readonly sessionIdleMs: number;
  readonly transport: TransportOptions;
  readonly attention: Attention;
  readonly clientInfo: ClientInfo;
}

/** What a call is sent with, beyond itself. */
interface Attempt extends Tried {
  readonly session: Session | undefined;
  readonly params: readonly string[];
}

const NONE: readonly string[] = [];
const FIRST: Attempt = { session: undefined, params: NONE, reopened: false, mirrored: false };

export class HttpUpstream {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #transport: Transport;
  readonly #sessions: Sessions;
  /** @internal */ readonly catalogue = new Catalogue(TOOLS);
  readonly #prompts = new Catalogue(PROMPTS);
  readonly #path: string;
  readonly #handshaking: Handshaking;

  constructor(options: UpstreamOptions) {
    this.name = options.name;
    this.#options = options;
    const { url } = options.address;
    this.#path = `${url.pathname}${url.search}`;
    this.#transport = new Transport(url, options.transport);
    this.#handshaking = {
      clientInfo: options.clientInfo,
      callOf: (exchange, text) => this.#ownCall(exchange, text),
      view: (exchange) => this.view(exchange),
      exchange: async (call, session) => {
        const sent = await this.#exchange(call, { ...FIRST, session }, false);
        if (sent instanceof Read) throw refusedUs(sent, options.auth !== undefined);
        return sent;
      },
    };
    const { name: upstream, sealer, reopen: reopens, maxSessions, sessionIdleMs } = options;
    this.#sessions = new Sessions({
      upstream,
      sealer,
      isRuntime: options.address.service === 'runtime',
      reopen: reopens,
      maxSessions,
      sessionIdleMs,
      initialize: (call, session) => initialize(this.#handshaking, call, session),
      initialized: (call, session) => initialized(this.#handshaking, call, session),
      end: (session) => end(this.#handshaking, session),
    });
  }

  view(exchange: Exchange): UpstreamView {
    return new View(this, exchange);
  }

  /** A notification of the upstream's went by. */
  notified(method: string): void {
    if (method === 'notifications/tools/list_changed') this.catalogue.changed();
    if (method === 'notifications/prompts/list_changed') this.#prompts.changed();
  }

  /** No more calls come: sessions that the proxy has to end are ended as soon as nothing is under way in them. */
  closing(): void {
    this.#sessions.held.closing();
  }

  /** Ends what is left of those, for as long as that may take, then closes all connections, also those in use. */
  async close(graceMs: number): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#sessions.held.close(),
      new Promise<void>((resolve) => (late = setTimeout(resolve, graceMs))),
    ]);
    clearTimeout(late);
    this.#transport.close();
  }

  /** Whether it has the tool or prompt that a call names, or had when it was last asked: at once where that is so. */
  has(call: Call): boolean | Promise<boolean> {
    const ask = (): Ask => this.askFor(call.exchange);
    if (call.method !== 'prompts/get') return this.catalogue.has(call.name ?? '', ask);
    const has = this.#prompts.has(call.name ?? '', ask);
    // Many upstreams have no prompts at all, and refuse to list them.
    return has === true || has === false ? has : has.catch((error: unknown) => refusesToList(error));
  }

  /** Refuses, in the client's place, what the upstream asked it. Never rejects: nobody waits. */
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

  /** What tells the upstream's session that a request is in from any other; undefined where none is known. */
  sessionOf(exchange: Exchange): string | undefined {
    return this.#sessions.nameOf(exchange);
  }

  /** Whether a request names a session that is open at the upstream, as far as this process knows. */
  isOpen(exchange: Exchange): boolean {
    return this.#sessions.isOpen(exchange);
  }

  /**
   * Sends a call; settles at the head of the reply. Throws `ProxyError`.
   * @param leaving runs once the session is known, before the call leaves; what it throws refuses the call
   */
  send(call: Call, leaving?: () => void): Promise<Reply> {
    if (call.era === 'legacy') return this.#sendLegacy(call, leaving);
    leaving?.();
    const params = call.method === 'tools/call' ? this.#params(call) : NONE;
    if (params === NONE) return this.#attempt(call, FIRST);
    return Promise.resolve(params).then((known) => this.#attempt(call, { ...FIRST, params: known }));
  }

  async #sendLegacy(call: Call, leaving: (() => void) | undefined): Promise<Reply> {
    if (call.method === 'initialize') return this.#initialize(call);
    const found = this.#sessions.find(call);
    const session = found instanceof Promise ? await found : found;
    leaving?.();
    return this.#attempt(call, { ...FIRST, session });
  }

  async #initialize(call: Call): Promise<Reply> {
    const session = this.#sessions.beginning(call.exchange);
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
    const done =
      session !== undefined && this.#sessions.held.has(session) ? this.#sessions.held.use(session) : undefined;
    let sent: IncomingMessage | Read;
    try {
      sent = await this.#exchange(call, attempt, false);
    } catch (error) {
      done?.();
      throw error;
    }
    const response = sent instanceof Read ? sent.response : sent;
    if (done !== undefined) whenClosed(response, done);
    if (sent instanceof Read) {
      if (usedId !== undefined && session !== undefined && toldBy(call, response, sent.body) === 'known')
        return this.#lost(call, attempt, session, usedId, 'known');
      return this.#replyOf(call, attempt, response, sent.body);
    }
    const status = response.statusCode ?? 0;
    if (status < 200) {
      response.destroy();
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream answered HTTP ${status}, which is no status of a reply`,
      );
    }
    if (status < 300) return this.#replyOf(call, attempt, response, response);
    if (status < 400 && status !== 304) {
      response.resume();
      throw redirected(status);
    }
    if (
      usedId !== undefined && session !== undefined
        ? !mayTell(call, response)
        : !mayMissHeaders(call, attempt, response)
    )
      return this.#replyOf(call, attempt, response, response);
    const body = await readAll(response);
    if (usedId !== undefined && session !== undefined) {
      const told = toldBy(call, response, body);
      // Nobody else has an id like that of a question of the proxy's own: what answers it in that form is no tool.
      if (
        told !== 'answer' &&
        (told !== 'named' || this.#options.reopen || call.exchange.channels.received === undefined)
      )
        return this.#lost(call, attempt, session, usedId, told);
    } else if (saysHeaderMismatch(body)) {
      const params = await this.#mirroredParams(call);
      if (params.length > 0) return this.#attempt(call, { ...attempt, params, mirrored: true });
    }
    return this.#replyOf(call, attempt, response, body);
  }

  /**
   * The upstream no longer knows the session: that is told, unless it may be opened again and the call can't have been
   * carried out, or may be twice.
   */
  async #lost(call: Call, attempt: Attempt, session: Session, usedId: string, told: Told): Promise<Reply> {
    if (session.ended !== undefined) throw gone(session.ended);
    // A ping opens nothing; whatever comes next does.
    if (call.method === 'ping' && this.#options.reopen)
      throw new UpstreamFailure('upstream-invalid', 'the upstream no longer knows the session');
    const again = this.#options.reopen && !attempt.reopened && (told !== 'lost' || isIdempotent(call));
    // Another call may have learnt it before, and the session been opened again since.
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

  #replyOf(call: Call, { session }: Attempt, response: IncomingMessage, body: IncomingMessage | Buffer): Reply {
    const { attention } = this.#options;
    const status = response.statusCode ?? 0;
    const raw = response.headers;
    const headers = inwardHeaders(response.rawHeaders, raw.connection);
    if (call.era === 'legacy') {
      const id = this.#sessionHeader(call, session, raw['mcp-session-id'], status);
      if (id !== undefined) headers.push('Mcp-Session-Id', id);
      if (session !== undefined) this.#note(call, session, status);
    }
    const length = Buffer.isBuffer(body)
      ? body.length
      : raw['content-length'] === undefined
        ? -1
        : Number(raw['content-length']);
    const empty = status === 204 || status === 304;
    if (empty) response.resume();
    // What came with a content coding, though none was asked for, can't be looked at, whatever its type.
    const coded =
      attention === 'transforms' &&
      raw['content-encoding'] !== undefined &&
      raw['content-encoding'].toLowerCase() !== 'identity';
    const reply = new Reply(
      status,
      headers,
      empty ? undefined : body,
      coded ? undefined : raw['content-type'],
      length,
      attention,
    );
    reply.openEnded = isOpenEnded(call);
    return reply;
  }

  /** What an answered call makes of its session. */
  #note(call: Call, session: Session, status: number): void {
    // Where the upstream doesn't know it any more (404, or what some make of that), it has ended, too.
    if (call.kind === 'end' && (status < 300 || status === 404 || status === 400))
      this.#sessions.endedByClient(session);
    else if (this.#options.reopen && status < 300) this.#sessions.restorable.answered(session, call);
  }

  /** The session id that goes to the client: never the upstream's own. */
  #sessionHeader(
    call: Call,
    session: Session | undefined,
    received: string | string[] | undefined,
    status: number,
  ): string | undefined {
    const id = typeof received === 'string' ? received : undefined;
    if (call.method !== 'initialize') return id === undefined ? undefined : call.exchange.inbound.sessionId;
    if (status >= 300 || session === undefined) return undefined;
    const params =
      call.message === undefined || call.message.bodyStart < 0
        ? undefined
        : call.message.text.slice(call.message.bodyStart, call.message.bodyEnd);
    return this.#sessions.opened(call.exchange, session, id, params);
  }

  /**
   * Sends once, with credentials; a second time where those turn out to be stale. What is read already is an answer in
   * the call's name.
   */
  async #exchange(call: Call, attempt: Attempt, retried: boolean): Promise<IncomingMessage | Read> {
    const { auth, address, attention, forbiddenIsOurs } = this.#options;
    const { exchange } = call;
    const { session } = attempt;
    const text = call.message?.text;
    const bytes = text === undefined ? -1 : Buffer.byteLength(text);
    const method = call.kind === 'stream' ? 'GET' : call.kind === 'end' ? 'DELETE' : 'POST';
    const headers = outwardHeaders(call, {
      host: address.url.host,
      bytes,
      sessionId: session?.id,
      version: session?.version,
      runtimeSessionId: this.#sessions.runtimeSessionId(exchange, session),
      params: attempt.params,
      identity: attention !== 'ignores',
      resumes: !attempt.reopened,
    });
    const outgoing: Outgoing | undefined = auth && {
      method,
      host: address.url.host,
      path: this.#path,
      body: text === undefined ? undefined : Buffer.from(text),
      headers,
    };
    const pending = outgoing && auth?.apply(outgoing);
    if (pending !== undefined) await pending;
    if (exchange.aborted) throw cancelled();
    let response: IncomingMessage;
    try {
      response = await this.#transport.send({
        method,
        path: this.#path,
        headers,
        body: text,
        bytes,
        idleMs: idleOf(call),
        onStart: (abort) => exchange.onAbort(abort),
        idempotent: isIdempotent(call),
      });
    } catch (error) {
      throw exchange.aborted ? cancelled() : error;
    }
    if (!mayRefuseUs(response, forbiddenIsOurs)) return response;
    const refusal = await readRefusal(response);
    if (answers(refusal, call.kind === 'request' ? call.id : undefined)) return refusal;
    // Some servers tell a lost session as if credentials were missing.
    if (session?.id !== undefined && toldBy(call, response, refusal.body) === 'known') {
      if (call.kind === 'request') return refusal;
      throw gone('lost');
    }
    const wanted = wantsSessionId(response, refusal.body, session?.id !== undefined);
    if (wanted !== undefined) throw wanted;
    if (auth !== undefined && !retried && (await auth.refused(response.statusCode ?? 0, response.headers, outgoing)))
      return this.#exchange(call, attempt, true);
    throw refusedUs(refusal, auth !== undefined);
  }

  /** The `Mcp-Param-*` headers of a modern tool call. */
  #params(call: Call): readonly string[] | Promise<readonly string[]> {
    const { params, derive } = call.exchange.inbound;
    if (params !== undefined) return passedParams(call, params, this.#findFor(call));
    // What a client wasn't shown, it couldn't mirror.
    if (call.exchange.channels.shownTool !== undefined && call.name !== undefined) {
      const found = this.catalogue.sufficing(
        call.name,
        () => this.askFor(call.exchange),
        (tool) => tool !== undefined,
      );
      const headers = (tool: Tool | undefined): readonly string[] =>
        tool === undefined ? NONE : paramHeaders(call, tool);
      return found instanceof Promise ? found.then(headers) : headers(found);
    }
    const known = derive && call.name !== undefined ? this.catalogue.known(call.name) : undefined;
    return known === undefined ? NONE : paramHeaders(call, known);
  }

  /** For a call whose `Mcp-Param-*` something on the way has dropped. */
  async #mirroredParams(call: Call): Promise<readonly string[]> {
    this.catalogue.changed();
    const tool = call.name === undefined ? undefined : await this.catalogue.tool(call.name, this.askFor(call.exchange));
    return tool === undefined ? NONE : paramHeaders(call, tool);
  }

  #findFor(call: Call): FindTool {
    return (name, suffices) => this.catalogue.tool(name, this.askFor(call.exchange), suffices);
  }

  /** @internal How the proxy itself asks, in the name of a client. */
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

/** False, where that is what it means; else throws. */
function refusesToList(error: unknown): false {
  if (error instanceof ProxyError && error.code === 'upstream-invalid') return false;
  throw error;
}

function whenClosed(response: IncomingMessage, done: () => void): void {
  if (response.closed) done();
  else response.on('close', done);
}

function cancelled(): ProxyError {
  return new ProxyError('cancelled', 'the client went away');
}
