/** Sends calls to one of several upstreams, in the client's session there, and translates the replies. */
import type { Call } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import { idKey, type Message } from '../call/message.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Directory } from './directory.ts';
import { partOf } from './lists.ts';
import type { Member } from './member.ts';
import { ofRequest } from './positions.ts';
import { plainReply, translatedReply, type Translation } from './replies.ts';
import { returned } from './returned.ts';
import { type ClientSessions, isLate } from './sessions.ts';
import { Translator } from './translate.ts';
import { UnderWay } from './under-way.ts';
import type { Wrapper } from './wrapped.ts';

export interface ToOneOptions {
  readonly members: readonly Member[];
  readonly directory: Directory;
  readonly sessions: ClientSessions;
  readonly wrapper: Wrapper;
  readonly attention: Attention;
  readonly maxInspected: number;
  /** How the client sees a URI of an upstream. */
  readonly uri: (member: Member, uri: string, exchange: Exchange) => Promise<string>;
  /** An upstream announced a change. */
  readonly onNotification: (member: Member, method: string) => void;
}

export class ToOne {
  #options: ToOneOptions;
  readonly #translators: ReadonlyMap<Member, Translator>;
  readonly #underWay = new UnderWay();

  constructor(options: ToOneOptions) {
    const { members, wrapper, uri, onNotification } = options;
    this.#options = options;
    this.#translators = new Map(
      members.map((member) => [
        member,
        new Translator({
          member,
          wrapper,
          uri: (own, exchange) => uri(member, own, exchange),
          onNotification: (method) => onNotification(member, method),
        }),
      ]),
    );
  }

  attend(attention: Attention): void {
    this.#options = { ...this.#options, attention };
  }

  sendTo(member: Member, call: Call, message: Message | undefined): Promise<Reply> {
    // Without sessions, what an upstream sees of a client is the same for all.
    const isShared = call.era === 'modern';
    return this.send(member, call, isShared ? member.callIn(call, message) : this.callTo(member, call, message));
  }

  /** @param theirs the call as this upstream gets it, but for ids */
  send(member: Member, call: Call, theirs: Call): Promise<Reply> {
    const { attention, wrapper } = this.#options;
    const sent = returned(theirs, member, wrapper);
    const session = call.era === 'legacy' ? this.#sessionOf(call.exchange) : undefined;
    const request = call.kind === 'request' ? call.id : undefined;
    const token = sent.message?.progressToken;
    if (request !== undefined) this.#underWay.begun(session, request, token, member);
    call.exchange.channels.nameAtUpstream = sent.name;
    return member.send(sent, (reply) =>
      // Most replies are plain: what translation needs is not made for them.
      request === undefined
        ? translatedReply(reply, attention, this.#translation(member, call, sent, session))
        : (plainReply(reply, attention, sent, request, call.exchange.inbound.sessionId) ??
          translatedReply(reply, attention, this.#translation(member, call, sent, session))),
    );
  }

  #translation(member: Member, call: Call, sent: Call, session: string | undefined): Translation {
    const request = call.kind === 'request' ? call.id : undefined;
    const token = sent.message?.progressToken;
    return {
      translator: this.translatorOf(member),
      asked: {
        method: call.method,
        name: sent.name,
        exchange: call.exchange,
        isRenamed: sent.name !== call.name,
        mayAnswer: (id) =>
          (request !== undefined && idKey(id) === idKey(request)) || this.#underWay.of(session, id) === member,
        mayReport: (reported) => reported === token || this.#underWay.byToken(session, reported) === member,
      },
      limit: this.#options.maxInspected,
      isRequest: request !== undefined,
      answers: request,
      sessionId: call.exchange.inbound.sessionId,
      eventId: (id) => ofRequest(member.name, id, request ?? 'null', token),
    };
  }

  /** The upstream that a request of the client is under way at, by the request's id as JSON text. */
  at(exchange: Exchange, id: string): Member | undefined {
    return this.#underWay.of(this.#sessionOf(exchange), id);
  }

  /** The upstream that progress with this token, in the form of `tokenKey`, is expected of. */
  reporting(exchange: Exchange, token: string): Member | undefined {
    return this.#underWay.byToken(this.#sessionOf(exchange), token);
  }

  /** Those that have a session with the client, or need none: nothing that needs no answer opens one. */
  inSession(exchange: Exchange): readonly Member[] {
    const session = this.#options.sessions.of(exchange);
    if (session === undefined) return this.#options.members;
    return this.#options.members.filter(
      (member) =>
        !isLate(session.of(member.name).id) ||
        member.upstream.isOpen(this.#options.directory.exchangeTo(member, exchange)),
    );
  }

  /** The call as an upstream gets it, but for ids. */
  callTo(member: Member, call: Call, message: Message | undefined): Call {
    return member.callOf(call, message, partOf(call.exchange, this.#options.sessions.of(call.exchange), member));
  }

  translatorOf(member: Member): Translator {
    const translator = this.#translators.get(member);
    if (translator === undefined) throw new TypeError(`no upstream ${member.name}`);
    return translator;
  }

  #sessionOf(exchange: Exchange): string | undefined {
    return this.#options.sessions.of(exchange)?.key;
  }
}
