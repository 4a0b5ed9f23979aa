/** Which headers cross the proxy. To the upstream: only those listed here. To the client: all except those listed here. */
import type { Call } from '../call/call.ts';
import { encodeMirrored } from '../call/mirrored.ts';

const BOTH_TYPES = 'application/json, text/event-stream';
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

export interface Outward {
  readonly host: string;
  /** Length of the body in bytes; -1 if there is none. */
  readonly bytes: number;
  readonly sessionId: string | undefined;
  /** Overrides the client's version if the proxy negotiated the session itself. */
  readonly version: string | undefined;
  readonly runtimeSessionId: string | undefined;
  /** `Mcp-Param-*`, checked or derived: flat list. */
  readonly params: readonly string[];
  /** Ask for no content coding, since a control will read the reply. */
  readonly identity: boolean;
  /** False if the session was reopened: event ids of the old one mean nothing there. */
  readonly resumes: boolean;
}

/** Builds the headers of an upstream request from values that were read and checked: a flat list, lower case. */
export function outwardHeaders(call: Call, outward: Outward): string[] {
  const { inbound, channels } = call.exchange;
  const trace = channels.trace;
  const headers = ['host', outward.host];
  // The platform doesn't pass Accept on. A client that accepts anything accepts both types of MCP.
  const { accept } = inbound;
  headers.push(
    'accept',
    accept === undefined || accept === '*/*' ? (call.kind === 'stream' ? 'text/event-stream' : BOTH_TYPES) : accept,
  );
  push(headers, 'accept-encoding', outward.identity ? 'identity' : inbound.acceptEncoding);
  if (outward.bytes >= 0) headers.push('content-type', 'application/json', 'content-length', String(outward.bytes));
  if (call.era === 'modern') {
    push(headers, 'mcp-protocol-version', call.message?.metaVersion ?? inbound.protocolVersion);
    if (inbound.mirrorMethod) headers.push('mcp-method', call.method);
    if (inbound.mirrorName)
      push(headers, 'mcp-name', call.name === undefined ? inbound.nameHeader : encodeMirrored(call.name));
    headers.push(...outward.params);
  } else if (call.method !== 'initialize') {
    push(headers, 'mcp-protocol-version', outward.version ?? inbound.protocolVersion);
    push(headers, 'mcp-session-id', outward.sessionId);
    if (call.kind === 'stream' && outward.resumes) push(headers, 'last-event-id', inbound.lastEventId);
  }
  push(headers, 'x-amzn-bedrock-agentcore-runtime-session-id', outward.runtimeSessionId);
  if (trace !== undefined) {
    headers.push('traceparent', trace.traceparent);
    push(headers, 'tracestate', trace.tracestate);
  } else if (inbound.traceparent !== undefined && TRACEPARENT.test(inbound.traceparent)) {
    headers.push('traceparent', inbound.traceparent);
    push(headers, 'tracestate', inbound.tracestate);
  }
  return headers;
}

function push(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined) headers.push(name, value);
}

/** Hop-by-hop (RFC 9110, 7.6.1), credentials between the proxy and the upstream, and the session id, which is sealed. */
const DROPPED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'www-authenticate',
  'authentication-info',
  'mcp-session-id',
  'x-amzn-bedrock-agentcore-runtime-session-id',
  // What an upstream says about web pages means its own address: which pages may call this one, the deployment says.
  'access-control-allow-credentials',
  'access-control-allow-origin',
]);

/** Whether a dropped name has this length. Most headers need no further check. */
const DROPPED_LENGTHS: readonly boolean[] = Array.from({ length: 64 }, (_, length) =>
  [...DROPPED].some((name) => name.length === length),
);

/** Returns the reply's headers for the client: same names, case and order, with repeated ones. */
export function inwardHeaders(raw: readonly string[], connection: string | undefined): string[] {
  const named =
    connection === undefined || connection === 'keep-alive' || connection === 'close'
      ? undefined
      : connection
          .toLowerCase()
          .split(',')
          .map((name) => name.trim());
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (
      (DROPPED_LENGTHS[name.length] === true && DROPPED.has(name.toLowerCase())) ||
      named?.includes(name.toLowerCase()) === true
    )
      continue;
    kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}
