/** One of several upstreams: its names, its circuit, and how a call is sent to it. */
import { ProxyError, UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Look } from '../base/name-shapes.ts';
import { Call } from '../call/call.ts';
import { Exchange } from '../call/exchange.ts';
import { type Message, readMessage } from '../call/message.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { HttpUpstream } from '../upstream/upstream.ts';
import { Breaker, type Passage } from './breaker.ts';
import { failureOf } from './failures.ts';
import { discard } from './heads.ts';
import { Health } from './health.ts';
import { lookOfName, type Naming } from './naming.ts';

/** What a client's session is to one upstream. */
export interface MemberSession {
  /** The session id for the upstream's own layer; undefined: none. */
  readonly id: string | undefined;
  /** The version negotiated with this upstream; undefined: the client's own word counts. */
  readonly version: string | undefined;
}

/** Errors that say that an upstream doesn't work, whatever it is asked. */
const FAILURES: ReadonlySet<string> = new Set(['upstream-unreachable', 'upstream-timeout', 'upstream-auth']);

export class Member {
  readonly name: string;
  readonly naming: Naming;
  readonly upstream: HttpUpstream;
  /** What its prefix looks like, if it has one. */
  readonly prefixLook: Look | undefined;
  readonly health: Health;
  /** Replies so far: one that hangs gives none. */
  replies = 0;
  readonly #breaker: Breaker;
  /** By client: an `initialized` that its upstream has not answered yet. */
  readonly #initializing = new Map<string, Promise<void>>();
  /** Asks whether it works; see {@link Member.asksBy}. */
  #asks: (exchange: Exchange) => Promise<unknown> = () => Promise.reject(new TypeError('nothing asks it'));
  #isAsked = false;

  constructor(name: string, naming: Naming, upstream: HttpUpstream) {
    this.name = name;
    this.naming = naming;
    this.upstream = upstream;
    this.health = new Health(name);
    this.prefixLook = naming.prefix === '' ? undefined : lookOfName(naming.prefix);
    this.#breaker = new Breaker((isOpen, pauseMs) => {
      if (isOpen)
        log.warn('an upstream failed several times in a row: it is not asked for a while', {
          event: 'circuit-open',
          upstream: name,
          pauseMs,
        });
      else log.info('an upstream works again', { event: 'circuit-closed', upstream: name });
    });
  }

  /**
   * How it is asked whether it works, before calls that failed open its circuit: they may be all of one caller, or of one tool
   * that fails.
   */
  asksBy(asks: (exchange: Exchange) => Promise<unknown>): void {
    this.#asks = asks;
  }

  /** What controls do with replies. The proxy reads all of them itself, so each is asked for without a content coding. */
  attend(attention: Attention): void {
    this.upstream.attend(attention === 'transforms' ? attention : 'observes');
  }

  /** The client's message as this upstream gets it: its own exchange, with this upstream's part of the session. */
  callOf(call: Call, message: Message | undefined, session: MemberSession | undefined, lastEventId?: string): Call {
    return this.#callIn(exchangeOf(call.exchange, session, lastEventId), call, message);
  }

  /** The client's message in the client's own exchange: for one that goes to this upstream alone, and is cancelled with it. */
  callIn(call: Call, message: Message | undefined): Call {
    return this.#callIn(call.exchange, call, message);
  }

  #callIn(exchange: Exchange, { kind, method, origin }: Call, message: Message | undefined): Call {
    return new Call(kind, method, message, this.upstream.view(exchange), exchange, origin);
  }

  /** A request of the proxy's own to this upstream, in the name of a client. */
  ownCall(exchange: Exchange, method: string, text: string): Call {
    return new Call('request', method, readMessage(text), this.upstream.view(exchange), exchange);
  }

  /**
   * Sends a call that {@link callOf} or {@link ownCall} made. Fails at once while the circuit is open. A request waits for
   * an `initialized` that is on its way in the same session.
   * @param made what is made of the reply; what it throws says nothing about the upstream
   */
  send(call: Call, made: (reply: Reply) => Reply | Promise<Reply> = asItIs): Promise<Reply> {
    // The clock is read only while it matters.
    if (this.#breaker.isOpen && (!this.#isAsked || !SAYS_ENOUGH.has(call.method)))
      this.#refuseUnless(this.#breaker.enter());
    if (call.method === INITIALIZED) return this.#initialized(call).then(made);
    const before = this.#initializing.size === 0 ? undefined : this.#initializing.get(clientOf(call));
    const sent = before === undefined ? this.upstream.send(call) : before.then(() => this.upstream.send(call));
    return sent.then(
      (reply) => made(this.#answered(reply)),
      (error: unknown) => this.#refused(call, error),
    );
  }

  /** Throws `upstream-invalid` for a reply that can't be read. */
  #answered(reply: Reply): Reply {
    this.#works();
    this.replies++;
    if (!reply.isCoded) return reply;
    discard(reply);
    throw new UpstreamFailure(
      'upstream-invalid',
      `the upstream ${this.name} answered in a content coding that was not asked for: expected none (identity)`,
    );
  }

  #refused(call: Call, error: unknown): never {
    const failure = failureOf(this.name, error);
    this.#failed(call, failure);
    throw failure;
  }

  #initialized(call: Call): Promise<Reply> {
    const client = clientOf(call);
    const sent = this.upstream.send(call);
    const settled = sent.then(ignore, ignore).then(() => {
      if (this.#initializing.get(client) === settled) this.#initializing.delete(client);
    });
    this.#initializing.set(client, settled);
    return sent.then(
      (reply) => this.#answered(reply),
      (error: unknown) => this.#refused(call, error),
    );
  }

  /**
   * Looks something up that may be known already. Fails at once while the circuit is open. A success says nothing, since
   * the upstream may not have been asked.
   */
  lookUp<T>(find: () => T | Promise<T>): T | Promise<T> {
    this.#refuseUnless(this.#breaker.look());
    const found = find();
    return found instanceof Promise
      ? found.catch((error: unknown) => {
          const failure = failureOf(this.name, error);
          if (isFailure(failure)) this.#fails(failure);
          throw failure;
        })
      : found;
  }

  #refuseUnless(passage: Passage): void {
    if (passage.passes) return;
    const seconds = Math.max(1, Math.ceil(passage.waitMs / 1000));
    throw new UpstreamFailure(
      'upstream-unreachable',
      `the upstream ${this.name} failed several times in a row: it is asked again in ${seconds} s`,
    );
  }

  /**
   * It didn't answer within a time limit of the proxy's own. With the credentials of one caller, that opens no circuit for
   * the others. @param before its replies when the time began
   */
  wasTooSlow(exchange: Exchange, failure: UpstreamFailure, before: number): void {
    if (this.upstream.whose(exchange) === undefined) this.#breaker.failed();
    if (this.replies === before) this.health.failed(failure);
  }

  #works(): void {
    this.health.worked(this.#breaker.isOpen);
    this.#breaker.succeeded();
  }

  #fails(failure: unknown): void {
    this.#breaker.failed();
    this.health.failed(failure);
  }

  #failed({ method, exchange }: Call, error: unknown): void {
    if (!(error instanceof ProxyError) || error.code === 'cancelled' || isOneCallers(error)) this.#breaker.left();
    else if (!isFailure(error)) this.#works();
    else if (!this.#breaker.isDoubtful || SAYS_ENOUGH.has(method)) this.#fails(error);
    else this.#ask(exchange, error);
  }

  /** Its answer closes the circuit, or keeps it closed. */
  #ask(exchange: Exchange, error: unknown): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#asks(exchange)
      .catch((reason: unknown) => {
        if (isFailure(reason)) this.#fails(error);
        else this.#breaker.left();
      })
      .finally(() => (this.#isAsked = false));
  }
}

const INITIALIZED = 'notifications/initialized';
/** An upstream that fails at one of these does so for every caller, whatever they ask. */
const SAYS_ENOUGH: ReadonlySet<string> = new Set(['initialize', 'ping', 'server/discover']);

/** The session of a call at this upstream, as far as it has one. */
function clientOf({ exchange }: Call): string {
  const { sessionId, runtimeSessionId } = exchange.inbound;
  return `${sessionId ?? ''}\n${runtimeSessionId ?? ''}\n${exchange.caller.key}`;
}

function ignore(): void {}

function asItIs(reply: Reply): Reply {
  return reply;
}

function isFailure(error: unknown): boolean {
  return error instanceof ProxyError && FAILURES.has(error.code) && !isOneCallers(error);
}

/** About the credentials of one caller: it says nothing about the upstream. */
function isOneCallers(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.isOneCallers;
}

/** The same exchange as one upstream sees it. It is cancelled with the client's. */
export function exchangeOf(exchange: Exchange, session: MemberSession | undefined, lastEventId?: string): Exchange {
  const { caller, era, inbound, bytes, channels } = exchange;
  const own = new Exchange(
    caller,
    era,
    {
      ...inbound,
      acceptEncoding: 'identity',
      sessionId: session?.id,
      protocolVersion: session?.version ?? inbound.protocolVersion,
      lastEventId,
    },
    bytes,
    channels,
  );
  exchange.onAbort(() => own.abort());
  return own;
}

/** Whose lists are the same: those of one version, one session and one caller. */
export function scopeOf(exchange: Exchange, session: string | undefined): string {
  return `${exchange.era}\n${versionOf(exchange) ?? ''}\n${session ?? ''}\n${exchange.caller.key}`;
}

/** The version that the client speaks, as far as it said. */
export function versionOf({ channels, inbound }: Exchange): string | undefined {
  return channels.received?.message?.metaVersion ?? inbound.protocolVersion;
}
