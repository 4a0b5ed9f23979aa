/** Several upstreams as one: finds the upstream that a call goes to, and makes one answer of several. */
import { ProxyError } from '../base/errors.ts';
import type { Call, UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import { idKey, type Message, nameMember, withId, withName } from '../call/message.ts';
import { METHODS } from '../call/methods.ts';
import { unknownTask } from '../call/unknown-task.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { Sealer } from '../upstream/seal.ts';
import { broadcast, Extensions } from './broadcast.ts';
import { type Client, MergedCatalogue, type Route } from './catalogue.ts';
import { AnsweredWithError } from './failures.ts';
import { type KindName, KINDS } from './listed.ts';
import { Lists, partOf } from './lists.ts';
import { exchangeOf, type Member } from './member.ts';
import { opening } from './opening.ts';
import { checkModern } from './own-answer.ts';
import { ofRequest } from './positions.ts';
import { emptyReply, ownReply, translatedReply } from './replies.ts';
import { returned } from './returned.ts';
import { Routes, type Subject } from './routes.ts';
import { ClientSessions, isLate } from './sessions.ts';
import { listening, streamed, type StreamContext } from './streams.ts';
import { taskList } from './task-list.ts';
import { Translator } from './translate.ts';
import { UnderWay } from './under-way.ts';
import { AggregateView, type Viewed } from './view.ts';
import { unnamed, type Wrapper } from './wrapped.ts';

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

/** What methods name. */
const SUBJECTS: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  ['tools/call', 'tools'],
  ['prompts/get', 'prompts'],
  ...METHODS.filter((method) => nameMember(method) === 'uri').map((method): [string, Subject] => [method, 'resources']),
]);

export class Aggregate implements Viewed {
  readonly #options: AggregateOptions;
  readonly #byName: ReadonlyMap<string, Member>;
  readonly #sessions: ClientSessions;
  readonly #lists: Lists;
  readonly #underWay = new UnderWay();
  readonly #routes = new Routes();
  readonly #extensions = new Extensions();
  readonly #translators: ReadonlyMap<Member, Translator>;
  /** @internal */ readonly catalogue: MergedCatalogue;

  constructor(options: AggregateOptions) {
    const { members, sealer, wrapper } = options;
    this.#options = options;
    this.#byName = new Map(members.map((member) => [member.name, member]));
    this.#sessions = new ClientSessions(sealer);
    this.#lists = new Lists(members);
    this.catalogue = new MergedCatalogue(members, this.#lists);
    this.#translators = new Map(
      members.map((member) => [
        member,
        new Translator({
          member,
          wrapper,
          uri: (uri, exchange) => this.catalogue.shownUri(member, uri, this.#clientOf(exchange)),
          onNotification: (method) => this.#notifiedBy(member, method),
        }),
      ]),
    );
  }

  get members(): readonly Member[] {
    return this.#options.members;
  }

  view(exchange: Exchange, message?: Message): UpstreamView {
    return new AggregateView(this, exchange, message);
  }

  /**
   * Asks for the lists by which a name or URI is found, so that controls see which upstream the call goes to. What fails
   * here fails again when the call is sent.
   */
  prepare(exchange: Exchange, { method, name }: Message): Promise<void> | undefined {
    if (name === undefined) return undefined;
    try {
      const kind = SUBJECTS.get(method);
      const route = kind && this.#route(kind, name, exchange);
      return route instanceof Promise ? route.then(ignore, ignore) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Where a name or URI of a call leads, the same for as long as the call lasts. Throws `ProxyError`. */
  #route(kind: Subject, name: string, exchange: Exchange): Route | Promise<Route> {
    const known = this.#routes.of(exchange, kind, name) ?? this.#byPrefix(kind, name);
    if (known !== undefined) return known;
    const client = this.#clientOf(exchange);
    const found =
      kind === 'resources' ? this.catalogue.byUri(name, client) : this.catalogue.byListedName(kind, name, client);
    return found.then((route) => this.#routes.found(exchange, kind, name, route));
  }

  #byPrefix(kind: Subject, name: string): Route | undefined {
    return kind === 'resources' ? undefined : this.catalogue.byPrefix(kind, name);
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

  async has(call: Call): Promise<boolean> {
    const kind = call.method === 'prompts/get' ? 'prompts' : 'tools';
    try {
      const route = await this.#route(kind, call.name ?? '', call.exchange);
      const asked = this.#callTo(route.member, call, renamedMessage(call, route.name));
      return await route.member.lookUp(() => route.member.upstream.has(asked));
    } catch (error) {
      if (error instanceof ProxyError && error.code === 'unknown-name') return false;
      throw error;
    }
  }

  async refuse(exchange: Exchange, id: string): Promise<void> {
    const found = unnamed(id);
    const member = found && this.#byName.get(found.upstream);
    if (found === undefined || member === undefined) return;
    await member.upstream.refuse(this.exchangeTo(member, exchange), found.id);
  }

  closing(): void {
    for (const { upstream } of this.members) upstream.closing();
  }

  async close(graceMs: number): Promise<void> {
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
          this.#inSession(call.exchange),
          call,
          (member) => this.#callTo(member, call, undefined),
          this.#options.attention,
        );
      case 'response':
        return this.#answer(call);
      case 'notification':
        return Promise.resolve(this.#notification(call));
      case 'request': {
        // Most calls: on their way at once, without waiting for anything.
        const kind = SUBJECTS.get(call.method);
        const route = kind && this.#route(kind, call.name ?? '', call.exchange);
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
      const response = this.catalogue.response(list, id, this.#clientOf(exchange));
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
        return broadcast(this.members, call, (member) => this.#callTo(member, call, call.message), attention);
      case 'subscriptions/listen':
        return listening(
          this.#streamContext(call),
          (member, message) => this.#callTo(member, call, message),
          (uri) => this.#route('resources', uri, call.exchange),
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
        return this.#extensions.send(this.members, call, (member) => this.#sendTo(member, call, call.message));
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
      members: this.#inSession(call.exchange),
      wrapper: this.#options.wrapper,
      callTo: (member, own) => this.#callTo(member, call, own.message),
      translatorOf: (member) => this.#translatorOf(member),
    });
  }

  #byTask(call: Call): Route {
    const { wrapper } = this.#options;
    const opened = wrapper.open('task', call.caller.key, call.name ?? '');
    const member = opened && this.#byName.get(opened.upstream);
    if (opened === undefined || member === undefined) throw unknownTask(call);
    return { member, name: opened.id };
  }

  #routed(call: Call, { member, name }: Route): Promise<Reply> {
    return this.#sendTo(member, call, renamedMessage(call, name));
  }

  /** The reference of a completion names a prompt, or a resource's template. */
  async #completion(call: Call): Promise<Reply> {
    if (!call.is('completion/complete')) throw new ProxyError('invalid-params', 'expected a reference');
    const { ref } = call.params;
    const route =
      ref.type === 'ref/prompt'
        ? await this.#route('prompts', ref.name, call.exchange)
        : await this.#route('resources', ref.uri, call.exchange);
    const key = ref.type === 'ref/prompt' ? 'name' : 'uri';
    const changed = call.with({ ...call.params, ref: { ...ref, [key]: route.name } });
    return this.#sendTo(route.member, call, changed.message);
  }

  #sendTo(member: Member, call: Call, message: Message | undefined): Promise<Reply> {
    const { attention, maxInspected, wrapper } = this.#options;
    const theirs = this.#callTo(member, call, message);
    const sent = returned(theirs, member, wrapper);
    const session = call.era === 'legacy' ? this.sessionOf(call.exchange) : undefined;
    const request = call.kind === 'request' ? call.id : undefined;
    if (request !== undefined) this.#underWay.begun(session, request, member);
    call.exchange.channels.nameAtUpstream = sent.name;
    return member
      .send(sent)
      .then((reply) =>
        translatedReply(reply, attention, {
          translator: this.#translatorOf(member),
          asked: {
            method: call.method,
            name: sent.name,
            exchange: call.exchange,
            isRenamed: sent.name !== call.name,
            mayAnswer: (id) =>
              (request !== undefined && idKey(id) === idKey(request)) || this.#underWay.of(session, id) === member,
          },
          limit: maxInspected,
          isRequest: request !== undefined,
          sessionId: call.exchange.inbound.sessionId,
          eventId: (id) => ofRequest(member.name, id, request ?? 'null'),
        }),
      );
  }

  /** The client's answer to something that an upstream asked. */
  #answer(call: Call): Promise<Reply> {
    const found = call.id === undefined ? undefined : unnamed(call.id);
    const member = found && this.#byName.get(found.upstream);
    if (found === undefined || member === undefined || call.message === undefined)
      throw new ProxyError('invalid-request', 'expected an answer to a request that an upstream made, got another id');
    return this.#sendTo(member, call, withId(call.message, found.id));
  }

  #notification(call: Call): Promise<Reply> | Reply {
    const { method, message, exchange } = call;
    const { attention } = this.#options;
    const params = call.params;
    if (method === 'notifications/cancelled') {
      const id = idText(params?.['requestId']);
      const member = id === undefined ? undefined : this.#underWay.of(this.sessionOf(exchange), id);
      // One that is answered already, or was begun at another process.
      return member === undefined
        ? broadcast(this.#inSession(exchange), call, (each) => this.#callTo(each, call, message), attention)
        : this.#sendTo(member, call, message);
    }
    if (method === 'notifications/progress') {
      const token = idText(params?.['progressToken']);
      const found = token === undefined ? undefined : unnamed(token);
      const member = found && this.#byName.get(found.upstream);
      if (found === undefined || member === undefined) return emptyReply(202, attention);
      const own = call.with({ ...params, progressToken: JSON.parse(found.id) as string | number });
      return this.#sendTo(member, call, own.message);
    }
    return broadcast(this.#inSession(exchange), call, (each) => this.#callTo(each, call, message), attention);
  }

  /** Those that have a session with the client, or need none: nothing that needs no answer opens one. */
  #inSession(exchange: Exchange): readonly Member[] {
    const session = this.#sessions.of(exchange);
    if (session === undefined) return this.members;
    return this.members.filter(
      (member) => !isLate(session.of(member.name).id) || member.upstream.isOpen(this.exchangeTo(member, exchange)),
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
      translatorOf: (member) => this.#translatorOf(member),
      wentTo: (member, id) => this.#underWay.of(this.sessionOf(call.exchange), id) === member,
    };
  }

  /** `initialize` opens a session, so it is in none but the platform's. */
  #openingCall(member: Member, call: Call): Call {
    const { sessionId, runtimeSessionId } = call.exchange.inbound;
    const isOurs = sessionId !== undefined && Sealer.looksSealed(sessionId) && runtimeSessionId === undefined;
    return member.callOf(call, call.message, { id: isOurs ? undefined : sessionId, version: undefined });
  }

  #callTo(member: Member, call: Call, message: Message | undefined): Call {
    return member.callOf(call, message, partOf(call.exchange, this.#sessions.of(call.exchange), member));
  }

  /** @internal The exchange as one upstream sees it. */
  exchangeTo(member: Member, exchange: Exchange): Exchange {
    return exchangeOf(exchange, partOf(exchange, this.#sessions.of(exchange), member));
  }

  /** @internal */
  knownToolRoute(name: string, exchange: Exchange): Route | undefined {
    try {
      return this.catalogue.byKnownName('tools', name, this.#clientOf(exchange));
    } catch {
      return undefined;
    }
  }

  /** @internal */
  toolRoute(name: string, exchange: Exchange): Route | Promise<Route> {
    return this.#route('tools', name, exchange);
  }

  /** @internal */
  promptRoute(name: string, exchange: Exchange): Route | Promise<Route> {
    return this.#route('prompts', name, exchange);
  }

  /** @internal The upstream that a message goes to, as far as its own text shows. */
  upstreamOf(message: Message | undefined, exchange: Exchange): Member | undefined {
    try {
      return message === undefined ? undefined : this.#upstreamOf(message, exchange);
    } catch {
      return undefined;
    }
  }

  #upstreamOf({ kind, method, name, id }: Message, exchange: Exchange): Member | undefined {
    if (kind === 'response') return this.#byName.get((id === undefined ? undefined : unnamed(id))?.upstream ?? '');
    if (name === undefined) return this.#extensions.of(method);
    const subject = SUBJECTS.get(method);
    return subject === undefined
      ? this.#byName.get(this.#options.wrapper.open('task', exchange.caller.key, name)?.upstream ?? '')
      : this.ownerOf(subject, name, exchange, true);
  }

  /** @internal The upstream of a name or URI, as far as it is known without asking. @param isCalled the call is about it */
  ownerOf(kind: Subject, name: string, exchange: Exchange, isCalled: boolean): Member | undefined {
    try {
      const byPrefix = this.#byPrefix(kind, name);
      if (byPrefix !== undefined) return byPrefix.member;
      const client = this.#clientOf(exchange);
      const route =
        kind === 'resources' ? this.catalogue.byKnownUri(name, client) : this.catalogue.byKnownName(kind, name, client);
      return isCalled ? this.#routes.told(exchange, kind, name, route?.member) : route?.member;
    } catch {
      return undefined;
    }
  }

  #clientOf(exchange: Exchange): Client {
    return { exchange, session: this.#sessions.of(exchange) };
  }

  #translatorOf(member: Member): Translator {
    const translator = this.#translators.get(member);
    if (translator === undefined) throw new TypeError(`no upstream ${member.name}`);
    return translator;
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

function ignore(): void {}
