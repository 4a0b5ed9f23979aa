/**
 * Which headers may carry the upstream's secret: one rule for the bindings, the authenticator and the construct.
 *
 * This file is data and imports nothing, so that `lib/` may import it at synth. Keep it that way.
 */

/** Headers that a hop reads or that a call needs: a secret there would break the call or leak. */
export const RESERVED_HEADERS = [
  'host',
  'origin',
  // Framing, routing and the type of the body.
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  // What MCP and AgentCore say about the call. `mcp-param-*` is matched below.
  'mcp-protocol-version',
  'mcp-session-id',
  'mcp-method',
  'mcp-name',
  'last-event-id',
  'x-amzn-bedrock-agentcore-runtime-session-id',
  'traceparent',
  'tracestate',
] as const;

/** Matches the name of a header that may carry a secret: a token (RFC 9110 §5.6.2) that is not reserved. */
export const SECRET_HEADER = new RegExp(
  `^(?!(?:${RESERVED_HEADERS.join('|')})$|mcp-param-)[!#$%&'*+.^_\`|~0-9a-z-]{1,256}$`,
  'i',
);
