/**
 * What names a credential provider and a workload identity of AgentCore Identity, and the flows of a provider.
 *
 * This file is data and imports nothing, so that `lib/` may import it at synth. Keep it that way.
 */

/** The flows of `GetResourceOauth2Token`. */
export const FLOWS = ['M2M', 'USER_FEDERATION', 'ON_BEHALF_OF_TOKEN_EXCHANGE'] as const;
export type Flow = (typeof FLOWS)[number];

/**
 * Partition, region, account, kind and name. An account has one token vault in each region: `default`. The service names
 * itself `bedrock-agentcore`; its API reference also shows `acps`.
 */
export const PROVIDER_ARN =
  /^arn:(aws[a-z-]*):(?:bedrock-agentcore|acps):([a-z0-9-]+):(\d{12}):token-vault\/default\/(oauth2|apikey)credentialprovider\/([A-Za-z0-9_-]{1,128})$/;
/** Partition, region, account and name. */
export const WORKLOAD_ARN =
  /^arn:(aws[a-z-]*):(?:bedrock-agentcore|acps):([a-z0-9-]+):(\d{12}):workload-identity-directory\/default\/workload-identity\/([A-Za-z0-9_.-]{3,255})$/;
/** In place of a workload identity: the proxy runs on AgentCore Runtime, which hands over a token with each request. */
export const RUNTIME = 'runtime';
