/** What a config, a control or a test imports: `agentcore-mcp-proxy`. */
export type { BindingKind, BindingNeed } from './pipeline/binding-need.ts';
export type { ByMethod } from './pipeline/by-method.ts';
export type { Call, CallKind, ClientMethod, Era, Fact, ParamsOf, UpstreamView } from './call/call.ts';
export { agentcoreJwt, type Caller, type CallerSource, fixed, header, jwks, type JwksOptions, none } from './call/caller.ts';
export { defineProxy, type Limits, type ProxyConfig, type UpstreamConfig } from './config/config.ts';
export { auditOnly, type Checked, type Control, type ControlDefinition, type DefinedControl, defineControl, type Next, type SetupContext } from './pipeline/control.ts';
export { Denied, type ErrorCode, Invalid, ProxyError, Throttled, UnknownName, UpstreamFailure } from './base/errors.ts';
export type { Source } from './json/digits.ts';
export type { JsonObject, JsonValue } from './json/lossless.ts';
export { ConfigError, type Proxy, startProxy } from './start-proxy.ts';
export type { Attention, Finished, MapMessage, MapOptions, Outcome, Reply, ResultOf, TextEdit } from './reply/reply.ts';
