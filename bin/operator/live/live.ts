import { UNAVAILABLE } from '../../../proxy/aggregate/merged-list.ts';
/** A deployed proxy as the checks use it: AWS's description of it, and calls in either era. */
import { SELF } from '../../../proxy/base/self.ts';
import { META_VERSION } from '../../../proxy/call/message.ts';
import { FIRST_MODERN } from '../../../proxy/ingress/mirror.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { Entry } from '../deployments-file.ts';
import { inboundFetch, type Inbound, type InboundFetch, RUNTIME_SESSION } from '../inbound.ts';
import type { Endpoint, Runtime } from '../runtime.ts';
import type { Stack } from '../stack.ts';
import { type Answer, end, errorOf, type Message, post, resultOf } from './exchange.ts';

/** The newest version with `initialize`. */
const LEGACY = '2025-11-25';
/** `Unsupported protocol version` (MCP 2026-07-28). */
const VERSION_REFUSED = -32022;

export interface Tool {
  readonly name: string;
  readonly required: readonly string[];
  readonly readOnly: boolean;
}

export class Live {
  readonly stack: Stack;
  readonly runtime: Runtime;
  readonly endpoints: readonly Endpoint[];
  readonly inbound: Inbound;
  readonly fetch: InboundFetch;
  readonly listed: Entry | undefined;
  /** When the checks began: earlier log lines aren't theirs. */
  readonly startedAt = new Date();
  /** The session of the stateless calls, so that one microVM handles all of them. */
  readonly session = freshSession();
  /** A text that occurs only in what the checks send. */
  readonly marker = `verify-${crypto.randomUUID()}`;
  #nextId = 1;
  #modern: Promise<Answer> | undefined;
  #legacy: Promise<LegacySession> | undefined;

  /** @param listed its entry of the deployments file, if there is one */
  constructor(
    stack: Stack,
    runtime: Runtime,
    endpoints: readonly Endpoint[],
    inbound: Inbound,
    listed: Entry | undefined,
  ) {
    this.listed = listed;
    this.stack = stack;
    this.runtime = runtime;
    this.endpoints = endpoints;
    this.inbound = inbound;
    this.fetch = inboundFetch(inbound);
  }

  get url(): string {
    return this.stack.outputs.invocationUrl;
  }

  /** The invocation URL of another endpoint. */
  urlOf(endpoint: string): string {
    const url = new URL(this.url);
    url.searchParams.set('qualifier', endpoint);
    return url.href;
  }

  /**
   * A request of 2026-07-28, with the headers that mirror its body; `headers` replaces some of them, empty ones are
   * left out.
   */
  modern(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
    url = this.url,
  ): Promise<Answer> {
    const message: Message = { id: this.#nextId++, method, params: { ...params, _meta: modernMeta() } };
    const name = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {};
    const all = {
      'mcp-protocol-version': FIRST_MODERN,
      'mcp-method': method,
      ...name,
      [RUNTIME_SESSION]: this.session,
      ...headers,
    };
    return post(this.fetch, url, message, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')));
  }

  /** Any message with exactly these headers. */
  raw(message: Message | string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return post(this.fetch, this.url, message, headers);
  }

  end(
    sessionId: string,
    headers: Readonly<Record<string, string>> = { 'mcp-protocol-version': LEGACY },
  ): Promise<Answer> {
    return end(this.fetch, this.url, { ...headers, 'mcp-session-id': sessionId });
  }

  id(): number {
    return this.#nextId++;
  }

  /** `tools/list` in the modern era; requested once. */
  modernList(): Promise<Answer> {
    return (this.#modern ??= this.modern('tools/list'));
  }

  /** The same from a client that opens pages for its person. */
  listOpeningPages(): Promise<Answer> {
    const _meta = { ...modernMeta(), 'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } } };
    const message: Message = { id: this.#nextId++, method: 'tools/list', params: { _meta } };
    const headers = {
      'mcp-protocol-version': FIRST_MODERN,
      'mcp-method': 'tools/list',
      [RUNTIME_SESSION]: this.session,
    };
    return post(this.fetch, this.url, message, headers);
  }

  /** A session of the legacy era; opened once. */
  legacy(): Promise<LegacySession> {
    return (this.#legacy ??= LegacySession.open(this));
  }

  /** The tools, in whichever era the upstream supports; the upstream's answer if it lists none. */
  async tools(): Promise<readonly Tool[] | Answer> {
    const modern = await this.modernList();
    const answer =
      resultOf(modern) === undefined && isVersionRefusal(modern)
        ? await (await this.legacy()).send('tools/list')
        : modern;
    const tools = resultOf(answer)?.['tools'];
    return Array.isArray(tools) ? tools.flatMap(toolOf) : answer;
  }

  /** The upstreams whose tools the proxy can't list, in neither era. */
  async unavailable(): Promise<ReadonlySet<string>> {
    const modern = await this.modernList();
    const missing = resultOf(modern) === undefined ? undefined : missingIn(modern);
    if (missing?.size === 0) return missing;
    const inLegacy = missingIn(await (await this.legacy()).send('tools/list'));
    return missing?.intersection(inLegacy) ?? inLegacy;
  }

  /** A call in the same era as {@link tools}. */
  async call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
    const params = { name, arguments: args };
    return resultOf(await this.modernList()) === undefined
      ? (await this.legacy()).send('tools/call', params)
      : this.modern('tools/call', params);
  }
}

/** A session that began with `initialize`. */
class LegacySession {
  readonly opening: Answer;
  /** The `Mcp-Session-Id` that was received. */
  readonly sessionId: string | undefined;
  readonly #live: Live;
  readonly #version: string;

  private constructor(live: Live, opening: Answer) {
    this.#live = live;
    this.opening = opening;
    this.sessionId = opening.headers.get('mcp-session-id') ?? undefined;
    const version = resultOf(opening)?.['protocolVersion'];
    this.#version = typeof version === 'string' ? version : LEGACY;
  }

  static async open(live: Live): Promise<LegacySession> {
    const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: SELF };
    const session = new LegacySession(live, await live.raw({ id: live.id(), method: 'initialize', params }));
    if (resultOf(session.opening) !== undefined)
      await live.raw({ method: 'notifications/initialized' }, session.headers);
    return session;
  }

  get opened(): boolean {
    return resultOf(this.opening) !== undefined;
  }

  get headers(): Readonly<Record<string, string>> {
    return {
      'mcp-protocol-version': this.#version,
      ...(this.sessionId === undefined ? {} : { 'mcp-session-id': this.sessionId }),
    };
  }

  send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.opened
      ? this.#live.raw({ id: this.#live.id(), method, params }, this.headers)
      : Promise.resolve(this.opening);
  }
}

/** At least 33 characters. */
export function freshSession(): string {
  return `verify-${crypto.randomUUID()}`;
}

export function modernMeta(): Readonly<Record<string, unknown>> {
  return { [META_VERSION]: FIRST_MODERN, 'io.modelcontextprotocol/clientCapabilities': {} };
}

/**
 * Whether the upstream refuses that era; the proxy passes this on. A legacy server refuses a request without a session
 * (400), or the version in its header; a modern one has no `initialize` (404 / -32601).
 */
export function isVersionRefusal(answer: Answer): boolean {
  const error = errorOf(answer);
  if (error === undefined) return answer.status === 400 || answer.status === 405;
  if (error.reason !== undefined && error.reason !== 'method-not-found') return false;
  return (
    error.code === VERSION_REFUSED ||
    error.code === -32601 ||
    answer.status === 400 ||
    /version|initializ|session/i.test(error.message)
  );
}

function toolOf(value: unknown): readonly Tool[] {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return [];
  const schema = 'inputSchema' in value ? value.inputSchema : undefined;
  const required: unknown =
    typeof schema === 'object' && schema !== null && 'required' in schema ? schema.required : [];
  const annotations = 'annotations' in value ? value.annotations : undefined;
  const readOnly =
    typeof annotations === 'object' &&
    annotations !== null &&
    'readOnlyHint' in annotations &&
    annotations.readOnlyHint === true;
  return [
    {
      name: value.name,
      required: Array.isArray(required) ? required.filter((one) => typeof one === 'string') : [],
      readOnly,
    },
  ];
}

/** Named by the proxy in a list that lacks them. */
function missingIn(answer: Answer): ReadonlySet<string> {
  const meta = resultOf(answer)?.['_meta'];
  const names = isObject(meta) ? meta[UNAVAILABLE] : undefined;
  return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []);
}
