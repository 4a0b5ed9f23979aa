/** Tokens that came with a request, for upstreams whose credentials depend on who calls. */
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

export interface CallerTokens {
  /** The bearer token that the source of the caller verified, or that the platform verified for it. */
  readonly bearer?: CallerToken | undefined;
  /** The workload access token that AgentCore Runtime hands over with each request. */
  readonly workload?: CallerToken | undefined;
}

/** Reads them from a request's headers, once its caller has been read. */
export type ReadTokens = (headers: IncomingHttpHeaders) => CallerTokens;

export type TokenKind = keyof CallerTokens;

/** The same tokens without their values. */
export function withoutValues({ bearer, workload }: CallerTokens): CallerTokens {
  return { bearer: bearer?.withoutValue(), workload: workload?.withoutValue() };
}
