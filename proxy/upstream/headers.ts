/** Which headers cross the proxy. Towards the upstream: this list, nothing else. Back: all but those named here. */
import type { Call } from '../call/call.ts';
import { encodeMirrored } from '../call/mirrored.ts';

const BOTH_TYPES = 'application/json, text/event-stream';
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

export interface Outward {
  readonly host: string;
  /** Of the body; -1 where there is none. */
  readonly bytes: number;
  readonly sessionId: string | undefined;
  /** Overrides what the client said, where the proxy negotiated the session itself. */
  readonly version: string | undefined;
  readonly runtimeSessionId: string | undefined;
  /** `Mcp-Param-*`, verified or derived: flat list. */
  readonly params: readonly string[];
  /** Ask for no content coding: somebody will look at the reply. */
  readonly identity: boolean;
  /** False where the session was opened anew: event ids of the old one mean nothing there. */
  readonly resumes: boolean;
}

/** The headers of a request upstream: a flat list, lower case, built anew from what was read and checked. */
export function outwardHeaders(call: Call, outward: Outward): string[] {
  const { inbound, channels } = call.exchange;
  const trace = channels.trace;
  const headers = ['host', outward.host];
  // The platform doesn't pass Accept on, and a client that takes anything takes what MCP demands.
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
    if (outward.params.length > 0) headers.push(...outward.params);
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

/** Hop-by-hop (RFC 9110, 7.6.1), credentials of the hop behind us, and the session id, which is sealed on its way. */
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
]);

/** Whether a name of that length can be among them: most needn't be looked at any closer. */
const DROPPED_LENGTHS: readonly boolean[] = Array.from({ length: 64 }, (_, length) =>
  [...DROPPED].some((name) => name.length === length),
);

/** The reply's headers as they go to the client: same names, same case, same order, repeated ones included. */
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
