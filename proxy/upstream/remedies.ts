/** Failing replies that the proxy can act on, or must not pass on unchanged. */
import { UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { Response } from './http/response.ts';

/** Error code of a mirrored header that is missing or differs (MCP 2026-07-28). */
const HEADER_MISMATCH = -32020;
/** Bytes that are read at most. Such an error has a few hundred. */
const MAX_ERROR = 64 * 1024;

/** The remedies that were tried already. Each is tried once. */
export interface Tried {
  readonly reopened: boolean;
  readonly mirrored: boolean;
}

/** Whether the body of a failing reply to a modern call must be read, since it may say that headers were missing. */
export function mayMissHeaders(call: Call, tried: Tried, { statusCode, headers }: Response): boolean {
  return (
    statusCode === 400 &&
    call.method === 'tools/call' &&
    call.exchange.inbound.derive &&
    !tried.mirrored &&
    Number(headers['content-length'] ?? 0) <= MAX_ERROR
  );
}

/** Whether the upstream reports missing or wrong mirrored headers. */
export function saysHeaderMismatch(body: Buffer): boolean {
  return codeIn(body) === HEADER_MISMATCH;
}

function codeIn(body: Buffer): unknown {
  if (body.length > MAX_ERROR) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const error = isObject(value) ? value['error'] : undefined;
  return isObject(error) ? error['code'] : undefined;
}

export function redirected(status: number): UpstreamFailure {
  return new UpstreamFailure(
    'upstream-invalid',
    `the upstream answered HTTP ${status}: redirects are not followed; bind the URL that it redirects to`,
  );
}
