import type { CallerTokens } from './caller-tokens.ts';

/** The headers of the client's request that the rest of the proxy may use. */
export interface Inbound {
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly lastEventId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** `Mcp-Session-Id`: sealed by the proxy, or made by the platform. */
  readonly sessionId: string | undefined;
  /** `X-Amzn-Bedrock-AgentCore-Runtime-Session-Id`. */
  readonly runtimeSessionId: string | undefined;
  /** Missing mirrored headers must be derived from the body. */
  readonly derive: boolean;
  /** Whether `Mcp-Method` and `Mcp-Name` are sent upstream, always with the values of the call as it is sent. */
  readonly mirrorMethod: boolean;
  readonly mirrorName: boolean;
  /** `Mcp-Name` as received. Passed on for methods with no parameter to compare it with. */
  readonly nameHeader: string | undefined;
  /** `Mcp-Param-*` as received: lower-case name without the prefix → value. */
  readonly params: ReadonlyMap<string, string> | undefined;
  /** Undefined unless the credentials of an upstream depend on them. */
  readonly tokens: CallerTokens | undefined;
  /** The start of `WWW-Authenticate`; undefined if clients get no tokens by it. */
  readonly challenge: string | undefined;
}

/** A request without any of these headers. */
export const NO_HEADERS: Inbound = {
  accept: undefined,
  acceptEncoding: undefined,
  protocolVersion: undefined,
  lastEventId: undefined,
  traceparent: undefined,
  tracestate: undefined,
  sessionId: undefined,
  runtimeSessionId: undefined,
  derive: false,
  mirrorMethod: false,
  mirrorName: false,
  nameHeader: undefined,
  params: undefined,
  tokens: undefined,
  challenge: undefined,
};
