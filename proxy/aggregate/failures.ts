/** What goes wrong at upstreams, and which of several errors a client gets. */
import { UpstreamFailure } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';

/** An upstream answered with a JSON-RPC error. If no upstream answers with a result, the client gets that error. */
export class AnsweredWithError extends UpstreamFailure {
  /** Of the HTTP reply. */
  readonly status: number;
  readonly error: JsonObject;

  constructor(upstream: string, method: string, status: number, error: JsonObject) {
    const code = typeof error['code'] === 'number' ? ` ${error['code']}` : '';
    super('upstream-invalid', `the upstream ${upstream} answered ${method} with an error${code}: expected a result`);
    this.status = status;
    this.error = error;
  }
}

/** The error for a response without a result. */
export function withoutResult(
  upstream: string,
  method: string,
  status: number,
  { error }: JsonObject,
): UpstreamFailure {
  if (isObject(error)) return new AnsweredWithError(upstream, method, status, error);
  return new UpstreamFailure('upstream-invalid', `the upstream ${upstream} answered ${method} without a result`);
}

/** What was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError('an upstream failed without an error', { cause: thrown });
}

/** What an upstream said counts more than that another one is down. @param errors at least one */
export function firstOf(errors: readonly unknown[]): Error {
  return errorOf(errors.find((error) => error instanceof AnsweredWithError) ?? errors[0]);
}
