/** Who may invoke a runtime: IAM by signature, or a JWT that fits the runtime's authorizer configuration. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { asText, isObject, type Properties, type Value } from '../../cloudformation/template.ts';
import { verifySigV4 } from '../../support/sigv4-verifier.ts';
import type { Account, AgentRuntime } from '../aws/account.ts';
import { demand } from '../aws/iam.ts';
import type { AwsRequest } from '../aws/wire.ts';

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly status: 401 | 403; readonly reason: string };

/** Issuers on this machine that replace those of the templates, by discovery URL. */
export type Issuers = ReadonlyMap<string, { readonly issuer: string; readonly jwksUri: string }>;

export async function authorize(
  account: Account,
  runtime: AgentRuntime,
  request: AwsRequest,
  issuers: Issuers,
): Promise<Admission> {
  const configuration = runtime.properties['AuthorizerConfiguration'];
  const jwt = isObject(configuration) ? configuration['CustomJWTAuthorizer'] : undefined;
  try {
    if (isObject(jwt)) await checkToken(jwt, request.headers.authorization, issuers);
    else checkSignature(account, runtime, request);
    return { admitted: true };
  } catch (error) {
    return {
      admitted: false,
      status: isObject(jwt) ? 401 : 403,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

function checkSignature(
  account: Account,
  runtime: AgentRuntime,
  { method, target, rawHeaders, headers, body }: AwsRequest,
): void {
  const secretFor = (key: string, token: string | undefined) => account.credentialsFor(key, token)?.secretAccessKey;
  const verdict = verifySigV4(
    { method, target, rawHeaders, body },
    { region: account.region, service: 'bedrock-agentcore', secretFor },
  );
  if (!verdict.accepted) throw new Error(verdict.reason);
  const token = headers['x-amz-security-token'];
  const role = account.credentialsFor(verdict.accessKeyId, typeof token === 'string' ? token : undefined)?.roleArn;
  // The account's own user may do everything; a role what its policies allow.
  if (role !== undefined)
    demand(account, role, { action: 'bedrock-agentcore:InvokeAgentRuntime', resource: runtime.arn });
}

/**
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html: what is configured must
 * match.
 */
async function checkToken(
  configuration: Properties,
  authorization: string | undefined,
  issuers: Issuers,
): Promise<void> {
  const [, token] = /^Bearer (.+)$/.exec(authorization ?? '') ?? [];
  if (token === undefined) throw new Error('expected a bearer token');
  const discoveryUrl = asText(configuration['DiscoveryUrl']);
  const issuer = issuers.get(discoveryUrl);
  if (issuer === undefined) throw new Error(`no issuer replaces ${discoveryUrl}`);
  const audience = listOf(configuration['AllowedAudience']);
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUri)), {
    issuer: issuer.issuer,
    ...(audience.length === 0 ? {} : { audience }),
  });
  const clients = listOf(configuration['AllowedClients']);
  if (clients.length > 0 && !clients.includes(String(payload['client_id'])))
    throw new Error(`client ${String(payload['client_id'])} is not among the allowed ones`);
  const scopes = listOf(configuration['AllowedScopes']);
  const granted = (typeof payload['scope'] === 'string' ? payload['scope'] : '').split(' ');
  if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope)))
    throw new Error('the token has none of the allowed scopes');
}

function listOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? (value as readonly Value[]).map(asText) : [];
}
