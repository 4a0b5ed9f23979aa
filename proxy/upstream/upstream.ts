/** One upstream: a call goes out with its session and credentials, and its reply comes back at the head. */
import type { IncomingMessage } from 'node:http';
import type { Tool } from '@modelcontextprotocol/server';
import { Call, type Exchange, type UpstreamView } from '../call.ts';
import { ProxyError, UpstreamFailure } from '../errors.ts';
import { log } from '../log.ts';
import { readMessage } from '../message.ts';
import { type Attention, Reply } from '../reply.ts';
import type { Address } from './address.ts';
import type { Authenticator, Outgoing } from './auth/auth.ts';
import { type Ask, Catalogue, PROMPTS, TOOLS } from './catalogue.ts';
import { type Handshaking, open, reopen } from './handshake.ts';
import { inwardHeaders, outwardHeaders } from './headers.ts';
import { idleOf, isIdempotent, isOpenEnded } from './methods.ts';
import { ask, type ClientInfo, ownExchange, View } from './own-calls.ts';
import { type FindTool, paramHeaders, passedParams } from './params.ts';
import { readAll } from './read.ts';
import { answers, mayRefuseUs, Read, readRefusal, refusedUs } from './refused-credentials.ts';
import { mayRemedy, redirected, saysHeaderMismatch, saysNoSession, type Tried } from './remedies.ts';
import type { Sealer } from './seal.ts';
import { type Session, Sessions } from './sessions.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface UpstreamOptions {
  readonly name: string;
  readonly address: Address;
  /** Undefined: no credentials. */
  readonly auth: Authenticator | undefined;
  /** 403 from this upstream means our credentials, as with AWS's own services. */
  readonly forbiddenIsOurs: boolean;
  readonly sealer: Sealer;
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
    this.#sessions = new Sessions(options.name, options.sealer, options.address.service === 'runtime');
    this.#handshaking = {
      clientInfo: options.clientInfo,
      callOf: (exchange, text) => this.#ownCall(exchange, text),
      exchange: async (call, session) => {
        const sent = await this.#exchange(call, { ...FIRST, session }, false);
        if (sent instanceof Read) throw refusedUs(sent, options.auth !== undefined);
        return sent;
      },
    };
  }

  view(exchange: Exchange): UpstreamView {
    return new View(this, exchange);
  }

  /** A notification of the upstream's went by. */
  notified(method: string): void {
    if (method === 'notifications/tools/list_changed') this.catalogue.changed();
    if (method === 'notifications/prompts/list_changed') this.#prompts.changed();
  }

  close(): void {
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
      const refusal = this.#ownCall(ownExchange(exchange), `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`);
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
    if (call.method === 'initialize') return this.#attempt(call, { ...FIRST, session: this.#sessions.newSession() });
    const found = this.#sessions.find(call.exchange, () => open(this.#handshaking, call, this.#sessions.newSession()));
    const session = found instanceof Promise ? await found : found;
    leaving?.();
    return this.#attempt(call, { ...FIRST, session });
  }

  async #attempt(call: Call, attempt: Attempt): Promise<Reply> {
    const { session } = attempt;
    if (session?.reopening !== undefined) await session.reopening;
    const usedId = session?.id;
    const sent = await this.#exchange(call, attempt, false);
    if (sent instanceof Read) return this.#replyOf(call, attempt, sent.response, sent.body);
    const response = sent;
    const status = response.statusCode ?? 0;
    if (status < 200) {
      response.destroy();
      throw new UpstreamFailure('upstream-invalid', `the upstream answered HTTP ${status}, which is no status of a reply`);
    }
    if (status < 300) return this.#replyOf(call, attempt, response, response);
    if (status < 400 && status !== 304) {
      response.resume();
      throw redirected(status);
    }
    if (!mayRemedy(call, attempt, usedId, response)) return this.#replyOf(call, attempt, response, response);
    const body = await readAll(response);
    if (session !== undefined && usedId !== undefined) {
      if (!session.ended && saysNoSession(status, body)) {
        await reopen(this.#handshaking, call, session, usedId);
        return this.#attempt(call, { ...attempt, reopened: true });
      }
    } else if (saysHeaderMismatch(body)) {
      const params = await this.#mirroredParams(call);
      if (params.length > 0) return this.#attempt(call, { ...attempt, params, mirrored: true });
    }
    return this.#replyOf(call, attempt, response, body);
  }

  #replyOf(call: Call, { session }: Attempt, response: IncomingMessage, body: IncomingMessage | Buffer): Reply {
    const { attention } = this.#options;
    const status = response.statusCode ?? 0;
    const raw = response.headers;
    const headers = inwardHeaders(response.rawHeaders, raw.connection);
    if (call.era === 'legacy') {
      const id = this.#sessionHeader(call, session, raw['mcp-session-id'], status);
      if (id !== undefined) headers.push('Mcp-Session-Id', id);
      // Where the upstream doesn't know it any more (404, or what some make of that), it has ended, too.
      if (call.kind === 'end' && session !== undefined && (status < 300 || status === 404 || status === 400)) session.ended = true;
    }
    const length = Buffer.isBuffer(body) ? body.length : raw['content-length'] === undefined ? -1 : Number(raw['content-length']);
    const empty = status === 204 || status === 304;
    if (empty) response.resume();
    // What came with a content coding, though none was asked for, can't be looked at, whatever its type.
    const coded = attention === 'transforms' && raw['content-encoding'] !== undefined && raw['content-encoding'].toLowerCase() !== 'identity';
    const reply = new Reply(status, headers, empty ? undefined : body, coded ? undefined : raw['content-type'], length, attention);
    reply.openEnded = isOpenEnded(call);
    return reply;
  }

  /** The session id that goes to the client: never the upstream's own. */
  #sessionHeader(call: Call, session: Session | undefined, received: string | string[] | undefined, status: number): string | undefined {
    const id = typeof received === 'string' ? received : undefined;
    if (call.method !== 'initialize') return id === undefined ? undefined : call.exchange.inbound.sessionId;
    if (status >= 300) return undefined;
    const params = call.message === undefined || call.message.bodyStart < 0 ? undefined : call.message.text.slice(call.message.bodyStart, call.message.bodyEnd);
    return this.#sessions.opened(call.exchange, id, session?.runtimeSessionId, params);
  }

  /** Sends once, with credentials; a second time where those turn out to be stale. What is read already is an answer in the call's name. */
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
    const outgoing: Outgoing | undefined = auth && { method, host: address.url.host, path: this.#path, body: text === undefined ? undefined : Buffer.from(text), headers };
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
    if (auth !== undefined && !retried && (await auth.refused(response.statusCode ?? 0, response.headers, outgoing))) return this.#exchange(call, attempt, true);
    throw refusedUs(refusal, auth !== undefined);
  }

  /** The `Mcp-Param-*` headers of a modern tool call. */
  #params(call: Call): readonly string[] | Promise<readonly string[]> {
    const { params, derive } = call.exchange.inbound;
    if (params !== undefined) return passedParams(call, params, this.#findFor(call));
    // What a client wasn't shown, it couldn't mirror.
    if (call.exchange.shown !== undefined && call.name !== undefined) {
      const found = this.catalogue.sufficing(call.name, () => this.askFor(call.exchange), (tool) => tool !== undefined);
      const headers = (tool: Tool | undefined): readonly string[] => (tool === undefined ? NONE : paramHeaders(call, tool));
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
    return (method, params) => ask({ clientInfo: this.#options.clientInfo, callOf: this.#handshaking.callOf, send: (call) => this.send(call) }, exchange, method, params);
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

function cancelled(): ProxyError {
  return new ProxyError('cancelled', 'the client went away');
}
