/** `agentcore-mcp-proxy/cdk`: the construct, for this package's own app and for others. */
export type { BindingValue } from './bindings.ts';
export { checkDeployments, defineDeployments, type Deployment } from './deployments.ts';
export { InboundAuth, type JwtOptions, type NewUserPoolOptions, type UserPoolOptions } from './inbound-auth.ts';
export { FaultsError } from './faults.ts';
export { McpProxy } from './mcp-proxy.ts';
export { ProxyMetrics } from './metrics.ts';
export type { ProxyEndpoint } from './common-options.ts';
export type { CallerSources, McpProxyProps, NamedUpstream, VpcPlacement } from './props.ts';
export type { KeyRef, QueueRef, ResourceRef, SecretRef, StreamRef, TableRef, TopicRef } from './resource-ref.ts';
export type { UpstreamSecret } from './secret-source.ts';
export { McpProxyStack, type McpProxyStackProps } from './proxy-stack.ts';
export { type ConnectionOptions, ProxyUpstream } from './upstream.ts';
export * from './upstream-auth.ts';
