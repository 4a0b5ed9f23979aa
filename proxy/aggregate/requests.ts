/** What becomes of each request, and of a client's stream: one upstream's answer, or one made of several. */
import { ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { withName } from '../call/edit-message.ts';
import { opensPages } from '../call/elicitation.ts';
import type { Message } from '../call/message.ts';
import { unknownTask } from '../call/unknown-task.ts';
import type { JsonObject } from '../json/value.ts';
import type { Reply } from '../reply/reply.ts';
import { Sealer } from '../upstream/seal.ts';
import { broadcast } from './broadcast.ts';
import { SUBJECTS } from './directory.ts';
import { AnsweredWithError } from './failures.ts';
import { type KindName, KINDS } from './listed.ts';
import { partOf } from './lists.ts';
import type { Member } from './member.ts';
import { opening } from './opening.ts';
import { checkModern } from './own-answer.ts';
import type { Parts } from './parts.ts';
import { ownReply } from './replies.ts';
import type { Route } from './routes.ts';
import { listening, streamed, type StreamContext } from './streams.ts';
import { taskList } from './task-list.ts';
import { notOurs } from './wrapped.ts';

/** Lists by their method. */
const LISTS: ReadonlyMap<string, KindName> = new Map(
  (Object.keys(KINDS) as KindName[]).map((kind) => [KINDS[kind].method, kind]),
);

export class Requests {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  send(call: Call): Promise<Reply> {
    // Most calls: on their way at once, without waiting for anything.
    const kind = SUBJECTS.get(call.method);
    const route = kind && this.#parts.directory.route(kind, call.name ?? '', call.exchange);
    if (route === undefined) return this.#other(call);
    return route instanceof Promise ? route.then((found) => this.#routed(call, found)) : this.#routed(call, route);
  }

  /** The client's own stream. */
  stream(call: Call): Promise<Reply> {
    return streamed(this.#streamContext(call), (member, lastEventId) =>
      member.callOf(
        call,
        undefined,
        partOf(call.exchange, this.#parts.sessions.of(call.exchange), member),
        lastEventId,
      ),
    );
  }

  async #other(call: Call): Promise<Reply> {
    const { method, exchange } = call;
    const id = call.id ?? 'null';
    const { attention } = this.#parts;
    const list = LISTS.get(method);
    if (list !== undefined) {
      checkModern(call);
      // All pages are in the first one.
      const cursor = call.params?.['cursor'];
      if (cursor !== undefined && cursor !== '') throw notOurs('a cursor');
      const { directory } = this.#parts;
      const isShown = (): boolean => opensPages(call, (of) => directory.takesUrls(of));
      const response = this.#parts.catalogue.response(list, id, directory.clientOf(exchange), isShown);
      return response.then((text) => ownReply(text, attention)).catch((error: unknown) => this.#refusedBy(error, id));
    }
    switch (method) {
      case 'initialize':
      case 'server/discover':
        return opening(this.#parts.members, call, {
          sessions: this.#parts.sessions,
          attention,
          callTo: (member) => this.#openingCall(member, call),
        }).catch((error: unknown) => this.#refusedBy(error, id));
      case 'ping':
        return ownReply(`{"jsonrpc":"2.0","id":${id},"result":{}}`, attention);
      case 'logging/setLevel':
        return broadcast(
          this.#parts.members,
          call,
          (member) => this.#parts.toOne.callTo(member, call, call.message),
          attention,
        );
      case 'subscriptions/listen':
        return listening(
          this.#streamContext(call),
          (member, message) => this.#parts.toOne.callTo(member, call, message),
          (uri) => this.#parts.directory.route('resources', uri, call.exchange),
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
        return this.#parts.extensions.send(this.#parts.members, call, {
          callTo: (member) => this.#parts.toOne.callTo(member, call, call.message),
          send: (member, own) => this.#parts.toOne.send(member, call, own),
        });
    }
  }

  /** The reply with an upstream's own error. Throws any other error. */
  #refusedBy(error: unknown, id: string): Reply {
    if (!(error instanceof AnsweredWithError)) throw error;
    const text = `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error.error)}}`;
    return ownReply(text, this.#parts.attention, [], error.status);
  }

  #taskList(call: Call): Promise<JsonObject> {
    return taskList(call, {
      members: this.#parts.toOne.inSession(call.exchange),
      wrapper: this.#parts.wrapper,
      places: this.#parts.places,
      callTo: (member, own) => this.#parts.toOne.callTo(member, call, own.message),
      translatorOf: (member) => this.#parts.toOne.translatorOf(member),
    });
  }

  #byTask(call: Call): Route {
    const { wrapper } = this.#parts;
    const opened = wrapper.open('task', call.caller.key, call.name ?? '');
    const member = opened && this.#parts.directory.member(opened.upstream);
    if (opened === undefined || member === undefined) throw unknownTask(call);
    return { member, name: opened.id };
  }

  #routed(call: Call, { member, name }: Route): Promise<Reply> {
    return this.#parts.toOne.sendTo(member, call, renamedMessage(call, name));
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
    const route = await this.#parts.directory.route(kind, subject, call.exchange);
    const changed = call.with({ ...call.params, ref: { ...call.params.ref, [key]: route.name } });
    return this.#parts.toOne.sendTo(route.member, call, changed.message);
  }

  #streamContext(call: Call): StreamContext {
    const { members, attention, maxInspected } = this.#parts;
    return {
      call,
      members,
      attention,
      limit: maxInspected,
      translatorOf: (member) => this.#parts.toOne.translatorOf(member),
      wentTo: (member, id) => this.#parts.toOne.at(call.exchange, id) === member,
      reportsTo: (member, token) => this.#parts.toOne.reporting(call.exchange, token) === member,
      isClosing: this.#parts.isClosing,
    };
  }

  /** `initialize` opens a session, so it is in none but the platform's. */
  #openingCall(member: Member, call: Call): Call {
    const { sessionId, runtimeSessionId } = call.exchange.inbound;
    const isOurs = sessionId !== undefined && Sealer.looksSealed(sessionId) && runtimeSessionId === undefined;
    return member.callOf(call, call.message, { id: isOurs ? undefined : sessionId, version: undefined });
  }
}

/** A message under the upstream's own name of its subject. */
export function renamedMessage(call: Call, name: string): Message | undefined {
  const { message } = call;
  return message === undefined || message.name === name ? message : withName(message, name);
}
