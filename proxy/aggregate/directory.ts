/** Where names and URIs lead: which upstream a call goes to, and what controls know of it. */
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { METHODS } from '../call/methods.ts';
import { nameMember } from '../call/name-member.ts';
import type { MergedCatalogue } from './catalogue.ts';
import type { Extensions } from './extensions.ts';
import type { Client } from './known-lists.ts';
import { partOf } from './lists.ts';
import { exchangeOf, type Member } from './member.ts';
import { type Route, Routes, type Subject } from './routes.ts';
import type { ClientSessions } from './sessions.ts';
import type { Viewed } from './view.ts';
import { unnamed, type Wrapper } from './wrapped.ts';

/** What methods name. */
export const SUBJECTS: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  ['tools/call', 'tools'],
  ['prompts/get', 'prompts'],
  ...METHODS.filter((method) => nameMember(method) === 'uri').map((method): [string, Subject] => [method, 'resources']),
]);

export interface DirectoryOptions {
  readonly members: readonly Member[];
  readonly catalogue: MergedCatalogue;
  readonly sessions: ClientSessions;
  readonly extensions: Extensions;
  readonly wrapper: Wrapper;
}

export class Directory implements Viewed {
  readonly members: readonly Member[];
  readonly #byName: ReadonlyMap<string, Member>;
  readonly #catalogue: MergedCatalogue;
  readonly #sessions: ClientSessions;
  readonly #extensions: Extensions;
  readonly #wrapper: Wrapper;
  readonly #routes = new Routes();

  constructor({ members, catalogue, sessions, extensions, wrapper }: DirectoryOptions) {
    this.members = members;
    this.#byName = new Map(members.map((member) => [member.name, member]));
    this.#catalogue = catalogue;
    this.#sessions = sessions;
    this.#extensions = extensions;
    this.#wrapper = wrapper;
  }

  /** Whether the client of a legacy session declared URL elicitation. Undefined: no upstream knows the session. */
  takesUrls(exchange: Exchange): boolean | undefined {
    const declared = this.members.map((member) => member.upstream.takesUrls(this.exchangeTo(member, exchange)));
    return declared.includes(true) ? true : declared.find((each) => each !== undefined);
  }

  /** An upstream by its name in the config. */
  member(name: string): Member | undefined {
    return this.#byName.get(name);
  }

  /**
   * Asks for the lists by which a name or URI is found, so that controls see which upstream the call goes to. What fails
   * here fails again when the call is sent.
   */
  prepare(exchange: Exchange, { method, name }: Message): Promise<void> | undefined {
    if (name === undefined) return undefined;
    try {
      const kind = SUBJECTS.get(method);
      const route = kind && this.route(kind, name, exchange);
      return route instanceof Promise ? route.then(ignore, ignore) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Where a name or URI of a call leads, the same for as long as the call lasts. Throws `ProxyError`. */
  route(kind: Subject, name: string, exchange: Exchange): Route | Promise<Route> {
    const known = this.#byPrefix(kind, name) ?? this.#routes.of(exchange, kind, name);
    if (known !== undefined) return known;
    const client = this.clientOf(exchange);
    const found =
      kind === 'resources'
        ? this.#catalogue.uris.byUri(name, client)
        : this.#catalogue.names.byListedName(kind, name, client);
    return found.then((route) => this.#routes.found(exchange, kind, name, route));
  }

  #byPrefix(kind: Subject, name: string): Route | undefined {
    return kind === 'resources' ? undefined : this.#catalogue.names.byPrefix(kind, name);
  }

  /** The exchange as one upstream sees it. */
  exchangeTo(member: Member, exchange: Exchange): Exchange {
    return exchangeOf(exchange, partOf(exchange, this.#sessions.of(exchange), member));
  }

  knownToolRoute(name: string, exchange: Exchange): Route | undefined {
    try {
      return this.#catalogue.names.byKnownName('tools', name, this.clientOf(exchange));
    } catch {
      return undefined;
    }
  }

  toolRoute(name: string, exchange: Exchange): Route | Promise<Route> {
    return this.route('tools', name, exchange);
  }

  promptRoute(name: string, exchange: Exchange): Route | Promise<Route> {
    return this.route('prompts', name, exchange);
  }

  /** The upstream that a message goes to, as far as its own text shows. */
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
      ? this.#byName.get(this.#wrapper.open('task', exchange.caller.key, name)?.upstream ?? '')
      : this.ownerOf(subject, name, exchange, true);
  }

  /** The upstream of a name or URI, as far as it is known without asking. @param isCalled the call is about it */
  ownerOf(kind: Subject, name: string, exchange: Exchange, isCalled: boolean): Member | undefined {
    try {
      const byPrefix = this.#byPrefix(kind, name);
      if (byPrefix !== undefined) return byPrefix.member;
      const client = this.clientOf(exchange);
      const route =
        kind === 'resources'
          ? this.#catalogue.uris.byKnownUri(name, client)
          : this.#catalogue.names.byKnownName(kind, name, client);
      return isCalled ? this.#routes.told(exchange, kind, name, route?.member) : route?.member;
    } catch {
      return undefined;
    }
  }

  clientOf(exchange: Exchange): Client {
    return { exchange, session: this.#sessions.of(exchange) };
  }
}

function ignore(): void {}
