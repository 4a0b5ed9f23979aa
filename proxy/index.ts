/** What a config, a control or a test imports: `agentcore-mcp-proxy`. */
export type { BindingKind, BindingNeed } from './binding-need.ts';
export type { ByMethod } from './by-method.ts';
export type { Call, CallKind, ClientMethod, Era, Fact, ParamsOf, UpstreamView } from './call.ts';
export { agentcoreJwt, type Caller, type CallerSource, fixed, header, jwks, type JwksOptions, none } from './caller.ts';
export { defineProxy, type Limits, type ProxyConfig, type UpstreamConfig } from './config.ts';
export { auditOnly, type Checked, type Control, type ControlDefinition, type DefinedControl, defineControl, type Next, type SetupContext } from './control.ts';
export { Denied, type ErrorCode, Invalid, ProxyError, Throttled, UnknownName, UpstreamFailure } from './errors.ts';
export type { Source } from './json/digits.ts';
export type { JsonObject, JsonValue } from './json/lossless.ts';
export { ConfigError, type Proxy, startProxy } from './proxy.ts';
export type { Attention, Finished, MapMessage, MapOptions, Outcome, Reply, ResultOf, TextEdit } from './reply.ts';
