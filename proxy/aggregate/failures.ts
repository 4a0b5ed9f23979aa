/** What goes wrong at upstreams, and which of several errors a client gets. */
import { type ErrorCode, ProxyError, UpstreamFailure } from '../base/errors.ts';
import type { Era } from '../call/exchange.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Reply } from '../reply/reply.ts';

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
export function withoutResponse(upstream: string, reply: Reply): UpstreamFailure {
  const { status } = reply;
  const waitMs = waitOf(reply);
  const advice =
    status === 404 || status === 405
      ? ': check its address'
      : waitMs === undefined
        ? ''
        : `: try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s`;
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream ${upstream} answered HTTP ${status} without a JSON-RPC response${advice}`,
    { retryAfterMs: waitMs },
  );
}

/** Milliseconds that `Retry-After` says: seconds, or an HTTP date (RFC 9110, 10.2.3). Undefined: it says neither. */
function waitOf(reply: Reply): number | undefined {
  const value = reply.header('retry-after')?.trim() ?? '';
  if (/^\d{1,6}$/.test(value)) return 1000 * Number(value);
  const at = value.endsWith(' GMT') ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** The error for one that answers no request, such as that of a server which could not read the request. */
export function answersNothing(upstream: string, reply: Reply, error: JsonValue, era: Era): UpstreamFailure {
  const shown = shownError(isObject(error) ? error : {});
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream ${upstream} answered HTTP ${reply.status} with ${shown}, which names no request: ${hintOf(era)}`,
    { retryAfterMs: waitOf(reply) },
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

/**
 * What an upstream said counts more than that another one is down, and so does what the caller can do.
 * @param errors at least one
 */
export function firstOf(errors: readonly unknown[]): Error {
  const said = errors.find((error) => error instanceof AnsweredWithError) ?? errors.find(isOfCaller);
  return errorOf(said ?? errors[0]);
}

const OF_CALLER: ReadonlySet<ErrorCode> = new Set(['unauthenticated-caller', 'caller-refused', 'consent-required']);

/** It is about one caller and not about the upstream, which works for others. */
export function isOfCaller(error: unknown): boolean {
  return error instanceof ProxyError && OF_CALLER.has(error.code);
}
