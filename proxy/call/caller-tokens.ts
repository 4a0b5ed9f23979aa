/**
 * Tokens that came with a request, for upstreams whose credentials depend on who calls. Their values are there while the
 * request is under way. What is kept of its call for longer (a task, a question, a stream that may be resumed) only
 * recognizes them, and uses those of the request that belongs to it later.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { digestOf } from './caller.ts';

/** A token. Its value is in a private field, so that nothing that prints an object shows it. */
export class CallerToken {
  #value: string | undefined;
  #id: string | undefined;

  constructor(value: string | undefined, id?: string) {
    this.#value = value;
    this.#id = id;
  }

  /** The token itself; undefined if only its {@link id} is kept. Only an issuer may get it. */
  reveal(): string | undefined {
    return this.#value;
  }

  /** Its value is still there. */
  get isWhole(): boolean {
    return this.#value !== undefined;
  }

  /** A digest by which the token is recognized. Computed on first use. */
  get id(): string {
    return (this.#id ??= digestOf(this.#value ?? ''));
  }

  /** From now on only its {@link id} is known. */
  forget(): void {
    if (this.#value === undefined) return;
    this.#id ??= digestOf(this.#value);
    this.#value = undefined;
  }

  /** The same token without its value, for what outlives the call. */
  withoutValue(): CallerToken {
    return new CallerToken(undefined, this.id);
  }
}

export interface GivenTokens {
  /** The bearer token that the source of the caller verified, or that the platform verified for it. */
  readonly bearer?: CallerToken | undefined;
  /** The workload access token that AgentCore Runtime hands over with each request. */
  readonly workload?: CallerToken | undefined;
}

export class CallerTokens implements GivenTokens {
  readonly #own: GivenTokens;
  #later: GivenTokens | undefined;

  constructor(own: GivenTokens) {
    this.#own = own;
  }

  get bearer(): CallerToken | undefined {
    return this.#now('bearer');
  }

  get workload(): CallerToken | undefined {
    return this.#now('workload');
  }

  #now(kind: TokenKind): CallerToken | undefined {
    const own = this.#own[kind];
    return own?.isWhole === true ? own : (this.#later?.[kind] ?? own);
  }

  /** The request is over: its values are forgotten, wherever they are held. */
  over(): void {
    this.#own.bearer?.forget();
    this.#own.workload?.forget();
  }

  /** A later request of the same client belongs to this one's call, whose own tokens may have expired since. */
  continuedBy(later: CallerTokens | undefined): void {
    if (later !== undefined && later !== this) this.#later = later.#own;
  }

  /** The same tokens without their values. */
  withoutValues(): CallerTokens {
    const { bearer, workload } = this;
    return new CallerTokens({ bearer: bearer?.withoutValue(), workload: workload?.withoutValue() });
  }
}

/** Reads them from a request's headers, once its caller has been read. */
export type ReadTokens = (headers: IncomingHttpHeaders) => CallerTokens;

export type TokenKind = keyof GivenTokens;
