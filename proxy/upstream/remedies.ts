/** What a failing reply of an upstream may mean that the proxy can mend, or must not pass on as it is. */
import type { IncomingMessage } from 'node:http';
import type { Call } from '../call.ts';
import { UpstreamFailure } from '../errors.ts';
import { isObject } from '../json/lossless.ts';

/** Error code of a mirrored header that is missing or differs (MCP 2026-07-28). */
const HEADER_MISMATCH = -32020;
/** An error that says one of the things below is a few hundred bytes. */
const MAX_ERROR = 64 * 1024;

/** The remedies tried already: each once. */
export interface Tried {
  readonly reopened: boolean;
  readonly mirrored: boolean;
}

/** Whether this failing reply may be one the proxy can mend, so that its body is worth reading. */
export function mayRemedy(call: Call, tried: Tried, usedId: string | undefined, response: IncomingMessage): boolean {
  const { statusCode: status, headers } = response;
  if (Number(headers['content-length'] ?? 0) > MAX_ERROR) return false;
  if (call.era === 'modern') return status === 400 && call.method === 'tools/call' && call.exchange.inbound.derive && !tried.mirrored;
  return (status === 404 || status === 400) && usedId !== undefined && !tried.reopened && call.kind !== 'response' && call.kind !== 'end';
}

/**
 * Whether the upstream no longer knows the session: 404 by the specification, and 400 by what servers make of it (a
 * JSON-RPC error -32000, as `server-everything`; the same words in plain text). A tool's own 400 says neither.
 */
export function saysNoSession(status: number, body: Buffer): boolean {
  if (status === 404) return true;
  const error = rpcErrorOf(body);
  if (error === undefined) return body.length < 200 && /^Bad Request: (?:No valid|Missing) session ID/i.test(body.toString('latin1'));
  return error.code === -32000 && /\bsession[ -]id\b|session not found|not initialized/i.test(error.message);
}

/** Whether the upstream misses headers that mirror arguments. */
export function saysHeaderMismatch(body: Buffer): boolean {
  return rpcErrorOf(body)?.code === HEADER_MISMATCH;
}

function rpcErrorOf(body: Buffer): { code: number; message: string } | undefined {
  if (body.length > MAX_ERROR) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const error = isObject(value) ? value['error'] : undefined;
  if (!isObject(error) || typeof error['code'] !== 'number') return undefined;
  return { code: error['code'], message: typeof error['message'] === 'string' ? error['message'] : '' };
}

export function redirected(status: number): UpstreamFailure {
  return new UpstreamFailure('upstream-invalid', `the upstream answered HTTP ${status}: redirects are not followed; bind the URL that it redirects to`);
}
