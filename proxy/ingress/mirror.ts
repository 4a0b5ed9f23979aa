/** The client's headers that matter further on, and the check that those which mirror the body say what it says. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError } from '../base/errors.ts';
import type { Era } from '../call/call.ts';
import type { Inbound } from '../call/inbound.ts';
import { type Message, nameMember } from '../call/message.ts';
import { decodeMirrored, spelled } from '../call/mirrored.ts';

/** The first version without `initialize` and sessions. */
export const FIRST_MODERN = '2026-07-28';
const VERSION = /^\d{4}-\d{2}-\d{2}$/;

/** The era a message belongs to: by its own `_meta`, or by the header where it has none. */
export function eraOf(message: Message | undefined, headers: IncomingHttpHeaders): Era {
  if (message?.metaVersion !== undefined) return 'modern';
  if (message?.method === 'initialize') return 'legacy';
  const version = one(headers, 'mcp-protocol-version');
  return version !== undefined && VERSION.test(version) && version >= FIRST_MODERN ? 'modern' : 'legacy';
}

/**
 * Collects what is passed on, and refuses headers that contradict the body (400 / -32020).
 *
 * A mirrored header that is missing is derived from the body where something on the way may have dropped it: behind
 * the platform (which sends its session header), or where not even `MCP-Protocol-Version` arrived. A client that talks
 * to the proxy directly and leaves one out gets its upstream's own answer to that.
 */
export function inboundOf(message: Message | undefined, headers: IncomingHttpHeaders, era: Era): Inbound {
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
  // A method that goes by a name and lacks it must not get one from the header: controls read the body.
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
 * A header that may come once. Node joins repeated ones with a comma: then no single value matches, and it is refused.
 */
function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
