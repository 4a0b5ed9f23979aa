/** The headers of the client's request that matter further on. Nothing else of it is kept. */
export interface Inbound {
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly protocolVersion: string | undefined;
  readonly lastEventId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** `Mcp-Session-Id`: ours (sealed), or made by the platform. */
  readonly sessionId: string | undefined;
  /** `X-Amzn-Bedrock-AgentCore-Runtime-Session-Id`. */
  readonly runtimeSessionId: string | undefined;
  /** Mirrored headers that are missing are to be derived from the body. */
  readonly derive: boolean;
  /** Whether `Mcp-Method` and `Mcp-Name` go upstream; their values are always taken from the call as it is sent. */
  readonly mirrorMethod: boolean;
  readonly mirrorName: boolean;
  /** `Mcp-Name` as received: passed on for methods whose parameters we can't compare it with. */
  readonly nameHeader: string | undefined;
  /** `Mcp-Param-*` as received, lower case name (without the prefix) → value. */
  readonly params: ReadonlyMap<string, string> | undefined;
}

/** A request that came without any of them. */
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
};
