/** Several upstreams as one: finds the upstream that a call goes to, and makes one answer of several. */
import { ProxyError } from '../base/errors.ts';
import type { Call, UpstreamView } from '../call/call.ts';
import { withId, withName } from '../call/edit-message.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { unknownTask } from '../call/unknown-task.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { Sealer } from '../upstream/seal.ts';
import { broadcast } from './broadcast.ts';
import { MergedCatalogue } from './catalogue.ts';
import { Directory, SUBJECTS } from './directory.ts';
import { Extensions } from './extensions.ts';
import { AnsweredWithError } from './failures.ts';
import { type KindName, KINDS } from './listed.ts';
import { Lists, partOf } from './lists.ts';
import type { Member } from './member.ts';
import { opening } from './opening.ts';
import { checkModern } from './own-answer.ts';
import { emptyReply, ownReply } from './replies.ts';
import type { Route } from './routes.ts';
import { ClientSessions } from './sessions.ts';
import { listening, streamed, type StreamContext } from './streams.ts';
import { taskList } from './task-list.ts';
import { ToOne } from './to-one.ts';
import { AggregateView } from './view.ts';
import { notOurs, unnamed, type Wrapper } from './wrapped.ts';

export interface AggregateOptions {
  readonly members: readonly Member[];
  readonly sealer: Sealer;
  /** Seals task ids and request states. */
  readonly wrapper: Wrapper;
  readonly attention: Attention;
  /** Bytes of a reply that is read whole. */
  readonly maxInspected: number;
}

/** Lists by their method. */
const LISTS: ReadonlyMap<string, KindName> = new Map(
  (Object.keys(KINDS) as KindName[]).map((kind) => [KINDS[kind].method, kind]),
);

export class Aggregate {
  readonly #options: AggregateOptions;
  readonly #directory: Directory;
  readonly #sessions: ClientSessions;
  readonly #lists: Lists;
  readonly #extensions = new Extensions();
  readonly #toOne: ToOne;
  #isClosing = false;
  /** @internal */ readonly catalogue: MergedCatalogue;

  constructor(options: AggregateOptions) {
    const { members, sealer, wrapper } = options;
    this.#options = options;
    this.#sessions = new ClientSessions(sealer);
    this.#lists = new Lists(members);
    this.catalogue = new MergedCatalogue(members, this.#lists);
    this.#directory = new Directory({
      members,
      catalogue: this.catalogue,
      sessions: this.#sessions,
      extensions: this.#extensions,
      wrapper,
    });
    this.#toOne = new ToOne({
      ...options,
      directory: this.#directory,
      sessions: this.#sessions,
      uri: (member, uri, exchange) => this.catalogue.uris.shownUri(member, uri, this.#directory.clientOf(exchange)),
      onNotification: (member, method) => this.#notifiedBy(member, method),
    });
  }

  get members(): readonly Member[] {
    return this.#options.members;
  }

  view(exchange: Exchange, message?: Message): UpstreamView {
    return new AggregateView(this.#directory, exchange, message);
  }

  prepare(exchange: Exchange, message: Message): Promise<void> | undefined {
    return this.#directory.prepare(exchange, message);
  }

  /** What its upstreams announced was noted where it was translated. */
  notified(): void {}

  sessionOf(exchange: Exchange): string | undefined {
    return this.#sessions.of(exchange)?.key;
  }

  isOpen(exchange: Exchange): boolean {
    try {
      return this.#sessions.of(exchange) !== undefined;
    } catch {
      return false;
    }
  }

  takesUrls(exchange: Exchange): boolean {
    return this.members.some((member) => member.upstream.takesUrls(this.#directory.exchangeTo(member, exchange)));
  }

  async has(call: Call): Promise<boolean> {
    const kind = call.method === 'prompts/get' ? 'prompts' : 'tools';
    try {
      const route = await this.#directory.route(kind, call.name ?? '', call.exchange);
      const asked = this.#toOne.callTo(route.member, call, renamedMessage(call, route.name));
      return await route.member.lookUp(() => route.member.upstream.has(asked));
    } catch (error) {
      if (error instanceof ProxyError && error.code === 'unknown-name') return false;
      throw error;
    }
  }

  async refuse(exchange: Exchange, id: string): Promise<void> {
    const found = unnamed(id);
    const member = found && this.#directory.member(found.upstream);
    if (found === undefined || member === undefined) return;
    await member.upstream.refuse(this.#directory.exchangeTo(member, exchange), found.id);
  }

  closing(): void {
    for (const { upstream } of this.members) upstream.closing();
  }

  async warm(): Promise<void> {
    await Promise.all(this.members.map(({ upstream }) => upstream.warm()));
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.members.map(({ upstream }) => upstream.close(graceMs)));
  }

  /** Sends a call to the upstream that it concerns, or to all of them. Settles at the head of the reply. */
  send(call: Call, beforeSend?: () => void): Promise<Reply> {
    if (call.method !== 'initialize') this.#sessions.of(call.exchange);
    beforeSend?.();
    switch (call.kind) {
      case 'stream':
        return this.#stream(call);
      case 'end':
        return broadcast(
          this.#toOne.inSession(call.exchange),
          call,
          (member) => this.#toOne.callTo(member, call, undefined),
          this.#options.attention,
        );
      case 'response':
        return this.#answer(call);
      case 'notification':
        return Promise.resolve(this.#notification(call));
      case 'request': {
        // Most calls: on their way at once, without waiting for anything.
        const kind = SUBJECTS.get(call.method);
        const route = kind && this.#directory.route(kind, call.name ?? '', call.exchange);
        if (route === undefined) return this.#request(call);
        return route instanceof Promise ? route.then((found) => this.#routed(call, found)) : this.#routed(call, route);
      }
    }
  }

  async #request(call: Call): Promise<Reply> {
    const { method, exchange } = call;
    const id = call.id ?? 'null';
    const { attention } = this.#options;
    const list = LISTS.get(method);
    if (list !== undefined) {
      checkModern(call);
      // All pages are in the first one.
      const cursor = call.params?.['cursor'];
      if (cursor !== undefined && cursor !== '') throw notOurs('a cursor');
      const response = this.catalogue.response(list, id, this.#directory.clientOf(exchange));
      return response.then((text) => ownReply(text, attention)).catch((error: unknown) => this.#refusedBy(error, id));
    }
    switch (method) {
      case 'initialize':
      case 'server/discover':
        return opening(this.members, call, {
          sessions: this.#sessions,
          attention,
          callTo: (member) => this.#openingCall(member, call),
        }).catch((error: unknown) => this.#refusedBy(error, id));
      case 'ping':
        return ownReply(`{"jsonrpc":"2.0","id":${id},"result":{}}`, attention);
      case 'logging/setLevel':
        return broadcast(this.members, call, (member) => this.#toOne.callTo(member, call, call.message), attention);
      case 'subscriptions/listen':
        return listening(
          this.#streamContext(call),
          (member, message) => this.#toOne.callTo(member, call, message),
          (uri) => this.#directory.route('resources', uri, call.exchange),
        );
      case 'tasks/list':
        return ownReply(
          `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(await this.#taskList(call))}}`,
          attention,
        );
      case 'tasks/get':
      case 'tasks/update':
      case 'tasks/result':
      case 'tasks/cancel':
        return this.#routed(call, this.#byTask(call));
      case 'completion/complete':
        return this.#completion(call);
      default:
        return this.#extensions.send(this.members, call, {
          callTo: (member) => this.#toOne.callTo(member, call, call.message),
          send: (member, own) => this.#toOne.send(member, call, own),
        });
    }
  }

  /** The reply with an upstream's own error. Throws any other error. */
  #refusedBy(error: unknown, id: string): Reply {
    if (!(error instanceof AnsweredWithError)) throw error;
    const text = `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error.error)}}`;
    return ownReply(text, this.#options.attention, [], error.status);
  }

  #taskList(call: Call): Promise<JsonObject> {
    return taskList(call, {
      members: this.#toOne.inSession(call.exchange),
      wrapper: this.#options.wrapper,
      callTo: (member, own) => this.#toOne.callTo(member, call, own.message),
      translatorOf: (member) => this.#toOne.translatorOf(member),
    });
  }

  #byTask(call: Call): Route {
    const { wrapper } = this.#options;
    const opened = wrapper.open('task', call.caller.key, call.name ?? '');
    const member = opened && this.#directory.member(opened.upstream);
    if (opened === undefined || member === undefined) throw unknownTask(call);
    return { member, name: opened.id };
  }

  #routed(call: Call, { member, name }: Route): Promise<Reply> {
    return this.#toOne.sendTo(member, call, renamedMessage(call, name));
  }

  /** The reference of a completion names a prompt, or a resource's template. */
  async #completion(call: Call): Promise<Reply> {
    if (!call.is('completion/complete')) throw new ProxyError('invalid-params', 'expected a reference');
    const { type, name, uri }: Readonly<Record<string, unknown>> = { ...call.params.ref };
    const [kind, key, subject] =
      type === 'ref/prompt' ? (['prompts', 'name', name] as const) : (['resources', 'uri', uri] as const);
    if ((type !== 'ref/prompt' && type !== 'ref/resource') || typeof subject !== 'string')
      throw new ProxyError(
        'invalid-params',
        'completion/complete: expected params.ref to be of type ref/prompt with a name, or ref/resource with a uri, got another',
      );
    const route = await this.#directory.route(kind, subject, call.exchange);
    const changed = call.with({ ...call.params, ref: { ...call.params.ref, [key]: route.name } });
    return this.#toOne.sendTo(route.member, call, changed.message);
  }

  /** The client's answer to something that an upstream asked. */
  #answer(call: Call): Promise<Reply> {
    const found = call.id === undefined ? undefined : unnamed(call.id);
    const member = found && this.#directory.member(found.upstream);
    if (found === undefined || member === undefined || call.message === undefined)
      throw new ProxyError('invalid-request', 'expected an answer to a request that an upstream made, got another id');
    return this.#toOne.sendTo(member, call, withId(call.message, found.id));
  }

  #notification(call: Call): Promise<Reply> | Reply {
    const { method, message, exchange } = call;
    const { attention } = this.#options;
    const params = call.params;
    if (method === 'notifications/cancelled') {
      const id = idText(params?.['requestId']);
      const member = id === undefined ? undefined : this.#toOne.at(exchange, id);
      // One that is answered already, or was begun at another process.
      return member === undefined
        ? broadcast(this.#toOne.inSession(exchange), call, (each) => this.#toOne.callTo(each, call, message), attention)
        : this.#toOne.sendTo(member, call, message);
    }
    if (method === 'notifications/progress') {
      const token = idText(params?.['progressToken']);
      const found = token === undefined ? undefined : unnamed(token);
      const member = found && this.#directory.member(found.upstream);
      if (found === undefined || member === undefined) return emptyReply(202, attention);
      const own = call.with({ ...params, progressToken: JSON.parse(found.id) as string | number });
      return this.#toOne.sendTo(member, call, own.message);
    }
    return broadcast(
      this.#toOne.inSession(exchange),
      call,
      (each) => this.#toOne.callTo(each, call, message),
      attention,
    );
  }

  #stream(call: Call): Promise<Reply> {
    return streamed(this.#streamContext(call), (member, lastEventId) =>
      member.callOf(call, undefined, partOf(call.exchange, this.#sessions.of(call.exchange), member), lastEventId),
    );
  }

  #streamContext(call: Call): StreamContext {
    const { members, attention, maxInspected } = this.#options;
    return {
      call,
      members,
      attention,
      limit: maxInspected,
      translatorOf: (member) => this.#toOne.translatorOf(member),
      wentTo: (member, id) => this.#toOne.at(call.exchange, id) === member,
      reportsTo: (member, token) => this.#toOne.reporting(call.exchange, token) === member,
      isClosing: () => this.#isClosing,
    };
  }

  /** `initialize` opens a session, so it is in none but the platform's. */
  #openingCall(member: Member, call: Call): Call {
    const { sessionId, runtimeSessionId } = call.exchange.inbound;
    const isOurs = sessionId !== undefined && Sealer.looksSealed(sessionId) && runtimeSessionId === undefined;
    return member.callOf(call, call.message, { id: isOurs ? undefined : sessionId, version: undefined });
  }

  #notifiedBy(member: Member, method: string): void {
    member.upstream.notified(method);
    if (method === 'notifications/tools/list_changed') this.#lists.changed(member, 'tools');
    if (method === 'notifications/prompts/list_changed') this.#lists.changed(member, 'prompts');
    if (method === 'notifications/resources/list_changed') {
      this.#lists.changed(member, 'resources');
      this.#lists.changed(member, 'templates');
      this.#lists.changed(member, 'skills');
    }
  }
}

function renamedMessage(call: Call, name: string): Message | undefined {
  const { message } = call;
  return message === undefined || message.name === name ? message : withName(message, name);
}

/** A request id or a progress token as JSON text. */
function idText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : undefined;
}
