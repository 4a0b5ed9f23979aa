/** One upstream: a call goes out with its session and credentials, and its reply comes back at the head. */
import type { IncomingMessage } from 'node:http';
import type { Tool } from '@modelcontextprotocol/server';
import { Call, Exchange, type Inbound, type UpstreamView } from '../call.ts';
import { ProxyError, UpstreamFailure } from '../errors.ts';
import { isObject, type JsonObject } from '../json/lossless.ts';
import { META_VERSION, readMessage } from '../message.ts';
import { type Attention, Reply } from '../reply.ts';
import type { Address } from './address.ts';
import type { Authenticator, Outgoing } from './auth/auth.ts';
import { type Ask, Catalogue } from './catalogue.ts';
import { inwardHeaders, outwardHeaders } from './headers.ts';
import { checkParams, mirroredOf, paramHeaders } from './params.ts';
import { readAll, readResponse } from './read.ts';
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
  /** What the proxy calls itself where it has to speak for itself. */
  readonly clientInfo: { readonly name: string; readonly version: string };
}

/** Streams that are silent by nature may be so for as long as the platform lets a stream live. */
const SILENT_MS = 60 * 60_000;
/** Error code of a mirrored header that is missing or differs (MCP 2026-07-28). */
const HEADER_MISMATCH = -32020;
const META_CLIENT = 'io.modelcontextprotocol/clientInfo';
const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** The version proposed where the proxy opens a session for a client that named none. */
const LATEST_LEGACY = '2025-11-25';

/** Methods that may be sent twice: they change nothing, or the same thing. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'notifications/initialized',
  'GET',
]);

/** What a call is sent with, beyond itself; and which remedies were tried already: each once. */
interface Attempt {
  readonly session: Session | undefined;
  readonly params: readonly string[];
  readonly reopened: boolean;
  readonly mirrored: boolean;
}

export class HttpUpstream {
  readonly name: string;
  readonly #options: UpstreamOptions;
  readonly #transport: Transport;
  readonly #sessions: Sessions;
  readonly #catalogue = new Catalogue();
  readonly #path: string;

  constructor(options: UpstreamOptions) {
    this.name = options.name;
    this.#options = options;
    const { url } = options.address;
    this.#path = `${url.pathname}${url.search}`;
    this.#transport = new Transport(url, options.transport);
    this.#sessions = new Sessions(options.name, options.sealer, options.address.service === 'runtime');
  }

  view(exchange: Exchange): UpstreamView {
    return new View(this.name, this.#catalogue, (method, params) => this.#ask(exchange, method, params));
  }

  /** A notification of the upstream's went by. */
  notified(method: string): void {
    if (method === 'notifications/tools/list_changed') this.#catalogue.changed();
  }

  close(): void {
    this.#transport.close();
  }

  /** Sends a call; settles at the head of the reply. Throws `ProxyError`. */
  async send(call: Call): Promise<Reply> {
    const first = { session: undefined, params: [], reopened: false, mirrored: false };
    if (call.era === 'modern') {
      const params = call.method === 'tools/call' ? this.#params(call) : NONE;
      return this.#attempt(call, { ...first, params: params instanceof Promise ? await params : params });
    }
    if (call.method === 'initialize') return this.#attempt(call, { ...first, session: this.#sessions.newSession(undefined) });
    const session = this.#sessions.find(call.exchange, () => this.#open(call));
    return this.#attempt(call, { ...first, session: session instanceof Promise ? await session : session });
  }

  async #attempt(call: Call, attempt: Attempt): Promise<Reply> {
    const { session } = attempt;
    if (session?.reopening !== undefined) await session.reopening;
    const usedId = session?.id;
    const response = await this.#exchange(call, attempt, false);
    const status = response.statusCode ?? 0;
    if (status < 300) return this.#replyOf(call, attempt, response, response);
    if (status < 400 && status !== 304) {
      response.resume();
      throw new UpstreamFailure('upstream-invalid', `the upstream answered HTTP ${status}: redirects are not followed; bind the URL that it redirects to`);
    }
    if (!mayRemedy(call, attempt, usedId, status)) return this.#replyOf(call, attempt, response, response);
    const body = await readAll(response);
    if (session !== undefined && usedId !== undefined && (status === 404 || saysNoSession(body))) {
      await this.#reopen(call, session, usedId);
      return this.#attempt(call, { ...attempt, reopened: true });
    }
    if (call.era === 'modern' && rpcErrorOf(body)?.code === HEADER_MISMATCH) {
      const params = await this.#mirroredParams(call);
      if (params.length > 0) return this.#attempt(call, { ...attempt, params, mirrored: true });
    }
    return this.#replyOf(call, attempt, response, body);
  }

  #replyOf(call: Call, { session }: Attempt, response: IncomingMessage, body: IncomingMessage | Buffer): Reply {
    const status = response.statusCode ?? 0;
    const raw = response.headers;
    const headers = inwardHeaders(response.rawHeaders, raw.connection);
    if (call.era === 'legacy') {
      const id = this.#sessionHeader(call, session, raw['mcp-session-id'], status);
      if (id !== undefined) headers.push('Mcp-Session-Id', id);
      if (call.kind === 'end' && status < 300) this.#sessions.ended(call.exchange);
    }
    const length = Buffer.isBuffer(body) ? body.length : raw['content-length'] === undefined ? -1 : Number(raw['content-length']);
    const empty = status === 204 || status === 304;
    if (empty) response.resume();
    return new Reply(status, headers, empty ? undefined : body, raw['content-type'], length, this.#options.attention);
  }

  /** The session id that goes to the client: never the upstream's own. */
  #sessionHeader(call: Call, session: Session | undefined, received: string | string[] | undefined, status: number): string | undefined {
    const id = typeof received === 'string' ? received : undefined;
    if (call.method !== 'initialize') return id === undefined ? undefined : call.exchange.inbound.sessionId;
    if (status >= 300) return undefined;
    const params = call.message === undefined || call.message.bodyStart < 0 ? undefined : call.message.text.slice(call.message.bodyStart, call.message.bodyEnd);
    return this.#sessions.opened(call.exchange, id, session?.runtimeSessionId, params);
  }

  /** Sends once, with credentials; a second time where those turn out to be stale. */
  async #exchange(call: Call, attempt: Attempt, retried: boolean): Promise<IncomingMessage> {
    const { auth, address, attention } = this.#options;
    const { exchange } = call;
    const { session } = attempt;
    const body = call.message === undefined ? undefined : Buffer.from(call.message.text);
    const method = call.kind === 'stream' ? 'GET' : call.kind === 'end' ? 'DELETE' : 'POST';
    const headers = outwardHeaders(call, {
      host: address.url.host,
      body,
      sessionId: session?.id,
      version: session?.version,
      runtimeSessionId: this.#sessions.runtimeSessionId(exchange, session),
      params: attempt.params,
      identity: attention !== 'ignores',
      resumes: !attempt.reopened,
    });
    const outgoing: Outgoing = { method, host: address.url.host, path: this.#path, body, headers };
    const pending = auth?.apply(outgoing);
    if (pending !== undefined) await pending;
    if (exchange.aborted) throw new ProxyError('cancelled', 'the client went away');
    const response = await this.#transport.send({
      method,
      path: this.#path,
      headers,
      body,
      idleMs: call.kind === 'stream' || call.method === 'subscriptions/listen' ? SILENT_MS : undefined,
      onStart: (abort) => exchange.onAbort(abort),
      idempotent: IDEMPOTENT.has(call.method),
    });
    const status = response.statusCode ?? 0;
    // 403 can be the upstream's word to the client, or its word about our credentials.
    const refused = status === 401 || (status === 403 && (this.#options.forbiddenIsOurs || response.headers['www-authenticate'] !== undefined));
    if (!refused) return response;
    response.resume();
    if (auth !== undefined && !retried && (await auth.refused(status, response.headers, outgoing))) return this.#exchange(call, attempt, true);
    throw refusedUs(status, response, auth !== undefined);
  }

  /** The `Mcp-Param-*` headers of a modern tool call: checked as received, and made anew where a control changed the call. */
  #params(call: Call): readonly string[] | Promise<readonly string[]> {
    const { inbound, received } = call.exchange;
    const { params } = inbound;
    if (params === undefined) {
      const known = inbound.derive && call.name !== undefined ? this.#catalogue.known(call.name) : undefined;
      return known === undefined ? NONE : paramHeaders(call, known);
    }
    return this.view(call.exchange)
      .tool(received?.name ?? call.name ?? '')
      .then((tool) => {
        if (tool === undefined) return [...params].flatMap(([name, value]) => [`mcp-param-${name}`, value]);
        checkParams(received ?? call, tool, params);
        const changed = received !== undefined && received.message !== call.message;
        const headers = changed ? paramHeaders(call, tool) : [];
        // What a control changed is made anew; what no schema knows goes on as it came, as an intermediary must.
        const mirrored = changed ? new Set(mirroredOf(tool).map(({ header }) => header.toLowerCase())) : undefined;
        for (const [name, value] of params) if (mirrored?.has(name) !== true) headers.push(`mcp-param-${name}`, value);
        return headers;
      });
  }

  /** For a call whose `Mcp-Param-*` something on the way has dropped. */
  async #mirroredParams(call: Call): Promise<readonly string[]> {
    this.#catalogue.changed();
    const tool = call.name === undefined ? undefined : await this.view(call.exchange).tool(call.name);
    return tool === undefined ? NONE : paramHeaders(call, tool);
  }

  /** Opens a session for a client whose `initialize` this process never saw. */
  async #open(call: Call): Promise<Session> {
    if (call.kind === 'end') throw new ProxyError('session-not-found', 'this session is not known here');
    const session = this.#sessions.newSession(undefined);
    await this.#handshake(call, session);
    return session;
  }

  /** Opens a session again that the upstream no longer knows; all calls that find it gone wait for the same flight. */
  async #reopen(call: Call, session: Session, usedId: string): Promise<void> {
    if (session.id !== usedId) return;
    session.reopening ??= this.#handshake(call, session).finally(() => {
      session.reopening = undefined;
    });
    await session.reopening;
  }

  async #handshake(call: Call, session: Session): Promise<void> {
    const { inbound } = call.exchange;
    const params =
      session.initialize ??
      JSON.stringify({ protocolVersion: inbound.protocolVersion ?? LATEST_LEGACY, capabilities: {}, clientInfo: this.#options.clientInfo });
    const exchange = new Exchange(call.caller, 'legacy', { ...NO_HEADERS, traceparent: inbound.traceparent, tracestate: inbound.tracestate }, 0);
    const fresh: Attempt = { session: { ...session, id: undefined, version: undefined }, params: NONE, reopened: false, mirrored: false };
    const opening = this.#internal(exchange, `{"jsonrpc":"2.0","id":"proxy-initialize","method":"initialize","params":${params}}`);
    const response = await this.#exchange(opening, fresh, false);
    const message = await readResponse(response, response.headers['content-type']);
    const result = message['result'];
    if (!isObject(result)) {
      throw new UpstreamFailure('upstream-invalid', `the upstream would not open a session: HTTP ${response.statusCode}`);
    }
    const id = response.headers['mcp-session-id'];
    session.id = typeof id === 'string' ? id : undefined;
    session.version = typeof result['protocolVersion'] === 'string' ? result['protocolVersion'] : undefined;
    const initialized = this.#internal(exchange, '{"jsonrpc":"2.0","method":"notifications/initialized"}');
    (await this.#exchange(initialized, { ...fresh, session }, false)).resume();
  }

  /** A question of the proxy's own, in the name of a client: same era, same session. */
  async #ask(exchange: Exchange, method: string, params: JsonObject): Promise<JsonObject> {
    const { inbound, era, received } = exchange;
    const version = received?.message?.metaVersion ?? inbound.protocolVersion;
    const meta = { [META_VERSION]: version, [META_CLIENT]: this.#options.clientInfo, [META_CAPABILITIES]: {} };
    const body = era === 'modern' ? { ...params, _meta: meta } : params;
    const own = new Exchange(exchange.caller, era, { ...inbound, accept: undefined, lastEventId: undefined, params: undefined, mirrorMethod: true, mirrorName: true, nameHeader: undefined }, 0);
    const call = this.#internal(own, JSON.stringify({ jsonrpc: '2.0', id: `proxy-${method}`, method, params: body }));
    const reply = await this.send(call);
    const message = await readResponse(reply.body, reply.kind === 'events' ? 'text/event-stream' : undefined);
    const result = message['result'];
    if (isObject(result)) return result;
    throw new UpstreamFailure('upstream-invalid', `the upstream answered the proxy's own ${method} with an error: HTTP ${reply.status}`);
  }

  #internal(exchange: Exchange, text: string): Call {
    const message = readMessage(text);
    return new Call(message.kind, message.method, message, this.view(exchange), exchange);
  }
}

const NONE: readonly string[] = [];

const NO_HEADERS: Inbound = {
  accept: undefined,
  acceptEncoding: undefined,
  protocolVersion: undefined,
  lastEventId: undefined,
  traceparent: undefined,
  tracestate: undefined,
  sessionId: undefined,
  runtimeSessionId: undefined,
  derive: false,
  mirrorMethod: false,
  mirrorName: false,
  nameHeader: undefined,
  params: undefined,
};

class View implements UpstreamView {
  readonly name: string;
  readonly #catalogue: Catalogue;
  readonly #ask: Ask;

  constructor(name: string, catalogue: Catalogue, ask: Ask) {
    this.name = name;
    this.#catalogue = catalogue;
    this.#ask = ask;
  }

  tools(): Promise<readonly Tool[]> {
    return this.#catalogue.tools(this.#ask);
  }

  tool(name: string): Promise<Tool | undefined> {
    return this.#catalogue.tool(name, this.#ask);
  }
}

/** Whether a failing status may mean something that the proxy can mend, so that its body is worth reading. */
function mayRemedy(call: Call, attempt: Attempt, usedId: string | undefined, status: number): boolean {
  if (call.era === 'modern') return status === 400 && call.method === 'tools/call' && call.exchange.inbound.derive && !attempt.mirrored;
  return (status === 404 || status === 400) && usedId !== undefined && !attempt.reopened && call.kind !== 'response' && call.kind !== 'end';
}

/** The SDK's servers answer 400 / -32000 for a session they don't know, where the specification wants 404. */
function saysNoSession(body: Buffer): boolean {
  const error = rpcErrorOf(body);
  return error?.code === -32000 && /session|initialized/i.test(error.message);
}

function rpcErrorOf(body: Buffer): { code: number; message: string } | undefined {
  if (body.length > 64 * 1024) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const error = isObject(value) ? value['error'] : undefined;
  if (!isObject(error) || typeof error['code'] !== 'number') return undefined;
  return { code: error['code'], message: typeof error['message'] === 'string' ? error['message'] : '' };
}

function refusedUs(status: number, response: IncomingMessage, hasAuth: boolean): UpstreamFailure {
  const type = response.headers['x-amzn-errortype'];
  const detail = typeof type === 'string' ? ` (${type.split(':', 1)[0]})` : '';
  const advice = hasAuth
    ? "it refuses the proxy's credentials: check what UPSTREAM_AUTH uses and what that may do"
    : 'it wants credentials: bind UPSTREAM_AUTH (iam, oauth or bearer)';
  return new UpstreamFailure('upstream-auth', `the upstream answered HTTP ${status}${detail}; ${advice}`);
}
