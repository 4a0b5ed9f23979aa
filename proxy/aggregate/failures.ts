/** What goes wrong at upstreams, and which of several errors a client gets. */
import { UpstreamFailure } from '../base/errors.ts';
import type { Era } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';

/** An upstream answered with a JSON-RPC error. If no upstream answers with a result, the client gets that error. */
export class AnsweredWithError extends UpstreamFailure {
  /** Of the HTTP reply. */
  readonly status: number;
  readonly error: JsonObject;

  constructor(upstream: string, method: string, status: number, error: JsonObject) {
    const http = status < 300 ? '' : ` (HTTP ${status})`;
    super(
      'upstream-invalid',
      `the upstream ${upstream} answered ${method} with ${shownError(error)}${http}: expected a result`,
    );
    this.status = status;
    this.error = error;
  }
}

function shownError({ code }: JsonObject): string {
  return typeof code === 'number' ? `the error ${code}` : 'an error';
}

/** The error for a reply that is no response of JSON-RPC. */
export function withoutResponse(upstream: string, status: number): UpstreamFailure {
  const advice = status === 404 || status === 405 ? ': check its address' : '';
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream ${upstream} answered HTTP ${status} without a JSON-RPC response${advice}`,
  );
}

/** The error for one that answers no request, such as that of a server which could not read the request. */
export function answersNothing(upstream: string, status: number, error: JsonValue, era: Era): UpstreamFailure {
  const shown = shownError(isObject(error) ? error : {});
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream ${upstream} answered HTTP ${status} with ${shown}, which names no request: ${hintOf(era)}`,
  );
}

/** Servers of the other era refuse what they are asked in many ways. */
export function hintOf(era: Era): string {
  return `it may speak only the ${era === 'modern' ? 'legacy' : 'modern'} era of MCP`;
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

/** What was thrown, naming the upstream whose failure it is. */
export function failureOf(upstream: string, thrown: unknown): unknown {
  return thrown instanceof UpstreamFailure && !(thrown instanceof AnsweredWithError) ? thrown.of(upstream) : thrown;
}

/** What was thrown, as an error. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError('an upstream failed without an error', { cause: thrown });
}

/** What an upstream said counts more than that another one is down. @param errors at least one */
export function firstOf(errors: readonly unknown[]): Error {
  return errorOf(errors.find((error) => error instanceof AnsweredWithError) ?? errors[0]);
}
