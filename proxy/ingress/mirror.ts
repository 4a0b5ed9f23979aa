/** Reads the client's headers that are used later, and checks that mirrored headers match the body. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError } from '../base/errors.ts';
import type { ReadTokens } from '../call/caller-tokens.ts';
import type { Era } from '../call/exchange.ts';
import type { Inbound } from '../call/inbound.ts';
import type { Message } from '../call/message.ts';
import { decodeMirrored, spelled } from '../call/mirrored.ts';
import { nameMember } from '../call/name-member.ts';

/** The first version without `initialize` and sessions. */
export const FIRST_MODERN = '2026-07-28';
const VERSION = /^\d{4}-\d{2}-\d{2}$/;

/** The era of a message: from its `_meta`, or else from the header. */
export function eraOf(message: Message | undefined, headers: IncomingHttpHeaders): Era {
  if (message?.metaVersion !== undefined) return 'modern';
  if (message?.method === 'initialize') return 'legacy';
  const version = one(headers, 'mcp-protocol-version');
  return version !== undefined && VERSION.test(version) && version >= FIRST_MODERN ? 'modern' : 'legacy';
}

/** What else a request says about its caller, and what a refusal says to it. */
export interface Identifying {
  /** @default - no upstream needs the tokens of a request, and none is kept */
  readonly readTokens?: ReadTokens | undefined;
  /** Returns the start of `WWW-Authenticate`. @default - clients get no tokens by it */
  readonly challenge?: ((host: string | undefined) => string) | undefined;
}

const NOT_IDENTIFYING: Identifying = {};

/**
 * Collects what is passed on, and refuses headers that contradict the body (400 / -32020).
 *
 * A missing mirrored header is derived from the body if something on the way may have dropped it: behind the platform
 * (which sends its session header), or if `MCP-Protocol-Version` is missing, too. For a client that connects directly
 * and leaves one out, the upstream decides.
 */
export function inboundOf(
  message: Message | undefined,
  headers: IncomingHttpHeaders,
  era: Era,
  { readTokens, challenge }: Identifying = NOT_IDENTIFYING,
): Inbound {
  const protocolVersion = one(headers, 'mcp-protocol-version');
  const runtimeSessionId = one(headers, 'x-amzn-bedrock-agentcore-runtime-session-id');
  const method = one(headers, 'mcp-method');
  const name = one(headers, 'mcp-name');
  if (message !== undefined && message.kind !== 'response') check(message, protocolVersion, method, name);
  const derive = era === 'modern' && (runtimeSessionId !== undefined || protocolVersion === undefined);
  return {
    accept: headers.accept,
    acceptEncoding: one(headers, 'accept-encoding'),
    protocolVersion,
    lastEventId: one(headers, 'last-event-id'),
    traceparent: one(headers, 'traceparent'),
    tracestate: one(headers, 'tracestate'),
    sessionId: one(headers, 'mcp-session-id'),
    runtimeSessionId,
    derive,
    mirrorMethod: derive || method !== undefined,
    mirrorName: derive || name !== undefined,
    nameHeader: name,
    params: era === 'modern' ? paramsOf(headers) : undefined,
    tokens: readTokens?.(headers),
    challenge: challenge?.(headers.host),
  };
}

function check(
  message: Message,
  version: string | undefined,
  method: string | undefined,
  name: string | undefined,
): void {
  if (version !== undefined && message.metaVersion !== undefined && version !== message.metaVersion) {
    throw mismatch('MCP-Protocol-Version', spelled(version), message.metaVersion);
  }
  if (method !== undefined && spelled(method) !== message.method)
    throw mismatch('Mcp-Method', spelled(method), message.method);
  // If the body lacks a required name, it must not come from the header: controls read the body.
  if (name === undefined || nameMember(message.method) === undefined) return;
  const decoded = decodeMirrored(name);
  if (decoded === undefined)
    throw new ProxyError(
      'header-mismatch',
      `header mismatch: Mcp-Name is ${quoted(spelled(name))}, which is not base64 of UTF-8`,
    );
  if (decoded !== message.name) throw mismatch('Mcp-Name', decoded, message.name);
}

function mismatch(header: string, got: string, expected: string | undefined): ProxyError {
  return new ProxyError(
    'header-mismatch',
    `header mismatch: ${header} is ${quoted(got)}, the body says ${expected === undefined ? 'nothing' : quoted(expected)}`,
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

const PARAM = 'mcp-param-';

function paramsOf(headers: IncomingHttpHeaders): ReadonlyMap<string, string> | undefined {
  let params: Map<string, string> | undefined;
  for (const key in headers) {
    if (!key.startsWith(PARAM)) continue;
    const value = one(headers, key);
    if (value !== undefined) (params ??= new Map()).set(key.slice(PARAM.length), value);
  }
  return params;
}

/**
 * A header that may occur once. Node joins repeated ones with a comma, so they match no valid value and are refused.
 */
function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
