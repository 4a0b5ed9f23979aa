/** For tests of a team's own controls: `agentcore-mcp-proxy/testing`. Not in the image. */
export { callControl, type Called, type CallOptions, type Message } from './call-control.ts';
export type { Answer } from './test-upstreams.ts';
export { startTestProxy, type TestProxy, type TestProxyOptions } from './test-proxy.ts';
