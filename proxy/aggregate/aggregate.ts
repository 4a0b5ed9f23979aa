/** Several upstreams as one: finds the upstream that a call goes to, and makes one answer of several. */
import { ProxyError } from '../base/errors.ts';
import type { Call, UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { broadcast } from './broadcast.ts';
import { MergedCatalogue } from './catalogue.ts';
import { Directory } from './directory.ts';
import { Extensions } from './extensions.ts';
import { Lists } from './lists.ts';
import type { Member } from './member.ts';
import type { AggregateOptions, Parts } from './parts.ts';
import { renamedMessage, Requests } from './requests.ts';
import { ClientSessions } from './sessions.ts';
import { answersAtAll } from './still-works.ts';
import { ToOne } from './to-one.ts';
import { sendAnswer, sendNotification } from './unanswered.ts';
import { AggregateView } from './view.ts';
import { unnamed } from './wrapped.ts';

export class Aggregate {
  #options: AggregateOptions;
  readonly #directory: Directory;
  readonly #sessions: ClientSessions;
  readonly #lists: Lists;
  readonly #toOne: ToOne;
  readonly #parts: Parts;
  readonly #requests: Requests;
  #isClosing = false;
  /** @internal */ readonly catalogue: MergedCatalogue;

  constructor(options: AggregateOptions) {
    const { members, sealer, wrapper, places } = options;
    this.#options = options;
    this.#sessions = new ClientSessions(sealer, places);
    for (const member of members) {
      member.asksBy((exchange) => answersAtAll(member, exchange));
      member.attend(options.attention);
    }
    this.#lists = new Lists(members);
    this.catalogue = new MergedCatalogue(members, this.#lists);
    const extensions = new Extensions();
    this.#directory = new Directory({
      members,
      catalogue: this.catalogue,
      sessions: this.#sessions,
      extensions,
      wrapper,
    });
    this.#toOne = new ToOne({
      ...options,
      directory: this.#directory,
      sessions: this.#sessions,
      uri: (member, uri, exchange) => this.catalogue.uris.shownUri(member, uri, this.#directory.clientOf(exchange)),
      onNotification: (member, method) => this.#notifiedBy(member, method),
    });
    const attention = (): Attention => this.#options.attention;
    this.#parts = {
      ...options,
      // The controls may be replaced while it serves.
      get attention() {
        return attention();
      },
      directory: this.#directory,
      sessions: this.#sessions,
      catalogue: this.catalogue,
      extensions,
      toOne: this.#toOne,
      isClosing: () => this.#isClosing,
    };
    this.#requests = new Requests(this.#parts);
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

  takesUrls(exchange: Exchange): boolean | undefined {
    return this.#directory.takesUrls(exchange);
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

  /** Controls look at replies otherwise from the next call on. */
  attend(attention: Attention): void {
    this.#options = { ...this.#options, attention };
    for (const member of this.members) member.attend(attention);
    this.#toOne.attend(attention);
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
        return this.#requests.stream(call);
      case 'end':
        return this.#end(call);
      case 'response':
        return sendAnswer(call, this.#parts);
      case 'notification':
        return Promise.resolve(sendNotification(call, this.#parts));
      case 'request':
        return this.#requests.send(call);
    }
  }

  async #end(call: Call): Promise<Reply> {
    const reply = await broadcast(
      this.#toOne.inSession(call.exchange),
      call,
      (member) => this.#toOne.callTo(member, call, undefined),
      this.#options.attention,
    );
    // Some servers don't let clients end a session.
    if (reply.status < 300) this.#sessions.ended(call.exchange);
    return reply;
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
