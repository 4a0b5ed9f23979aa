/** The package's main export: what a config, a control or a test may import. */
export type { BindingKind, BindingNeed } from './pipeline/binding-need.ts';
export type { ByMethod } from './pipeline/by-method.ts';
export type { Answer } from './call/answer.ts';
export type { Call, CallKind, UpstreamView } from './call/call.ts';
export type { Era, Fact } from './call/exchange.ts';
export type { ClientMethod, ParamsOf } from './call/params.ts';
export type { ResultOf } from './call/results.ts';
export type { Caller, CallerSource } from './call/caller.ts';
export { agentcoreJwt } from './callers/agentcore-jwt.ts';
export { fixed } from './callers/fixed.ts';
export { header } from './callers/header.ts';
export { jwks } from './callers/jwks.ts';
export type { HeaderOptions } from './callers/header.ts';
export type { JwksOptions } from './callers/issuers.ts';
export { none } from './callers/none.ts';
export { defineProxy, type Limits, type ProxyConfig, type SearchConfig, type UpstreamConfig } from './config/config.ts';
export { auditOnly } from './pipeline/audit-only.ts';
export {
  type Checked,
  type ControlDefinition,
  defineControl,
  type DefinedControl,
  type SetupContext,
} from './pipeline/control.ts';
export type { Control, Next } from './pipeline/next.ts';
export { Denied, type ErrorCode, Invalid, ProxyError, Throttled, UnknownName, UpstreamFailure } from './base/errors.ts';
export type { Source } from './json/digits.ts';
export type { JsonObject, JsonValue } from './json/value.ts';
export { ConfigError, type Proxy, startProxy } from './start-proxy.ts';
export type { Dependence, MapMessage, MapOptions, Note, TextEdit } from './reply/mapping.ts';
export type { Attention, Finished, Outcome, Reply } from './reply/reply.ts';
