/** What tests of a team's own controls use: `agentcore-mcp-proxy/testing`. Nothing of it is in the image. */
export { callControl, type Called, type CallOptions, type Message } from './call-control.ts';
export { startTestProxy, type TestProxy, type TestProxyOptions } from './test-proxy.ts';
