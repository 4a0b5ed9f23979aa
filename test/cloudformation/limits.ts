/**
 * What the AgentCore services require of a value beyond its type: the specification that CDK is generated from has no
 * patterns and lengths. Sources: the service model of `bedrock-agentcore-control` (CreateAgentRuntime,
 * CreateAgentRuntimeEndpoint, CreateGateway, CreateGatewayTarget) and the CloudFormation registry's schemas of the same
 * resources. If the two differ, the narrower one is used. Rules for more than one value (a session's life, the header
 * allowlist) are in `runtime-rules.ts`.
 *
 * A path names properties; `[]` means each member of a list, `{}` for each value of a map, `{k}` for each of its
 * names.
 */
export interface Limit {
  /** The whole text must match. */
  readonly pattern?: RegExp;
  /** Minimum and maximum: characters of a text, members of a list or map, or the number itself. */
  readonly size?: readonly [number, number];
}

const ROLE_ARN: Limit = { pattern: /arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+/, size: [1, 2048] };
const SCOPE: Limit = { pattern: /[\x21\x23-\x5B\x5D-\x7E]+/, size: [1, 255] };
const LAMBDA_ARN: Limit = {
  pattern:
    /arn:(aws[a-zA-Z-]*)?:lambda:([a-z]{2}(-gov)?-[a-z]+-\d{1}):(\d{12}):function:([a-zA-Z0-9-_.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?/,
  size: [1, 170],
};
const SOME: Limit = { size: [1, Infinity] };

const JWT_AUTHORIZER: Readonly<Record<string, Limit>> = {
  'AuthorizerConfiguration.CustomJWTAuthorizer.DiscoveryUrl': { pattern: /.+\/\.well-known\/openid-configuration/ },
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedAudience': SOME,
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedClients': SOME,
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedScopes': SOME,
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedScopes[]': SCOPE,
  'AuthorizerConfiguration.CustomJWTAuthorizer.CustomClaims': SOME,
  'AuthorizerConfiguration.CustomJWTAuthorizer.CustomClaims[].InboundTokenClaimName': {
    pattern: /[A-Za-z0-9_.\-:]+/,
    size: [1, 255],
  },
  'AuthorizerConfiguration.CustomJWTAuthorizer.CustomClaims[].AuthorizingClaimMatchValue.ClaimMatchValue.MatchValueString':
    { pattern: /[A-Za-z0-9_.-]+/, size: [1, 255] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.CustomClaims[].AuthorizingClaimMatchValue.ClaimMatchValue.MatchValueStringList':
    { size: [1, 255] },
};
/** A gateway's authorizer has none of these. */
const RUNTIME_AUTHORIZER: Readonly<Record<string, Limit>> = {
  ...JWT_AUTHORIZER,
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedWorkloadConfiguration.HostingEnvironments': { size: [1, 10] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedWorkloadConfiguration.HostingEnvironments[].Arn': {
    size: [20, 1011],
  },
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedWorkloadConfiguration.WorkloadIdentities': { size: [1, 10] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.AllowedWorkloadConfiguration.WorkloadIdentities[]': {
    pattern: /[A-Za-z0-9_.-]+/,
    size: [3, 255],
  },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpoint.ManagedVpcResource.VpcIdentifier': {
    pattern: /vpc-(([0-9a-z]{8})|([0-9a-z]{17}))/,
  },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpoint.ManagedVpcResource.SecurityGroupIds': { size: [0, 5] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpoint.ManagedVpcResource.SecurityGroupIds[]': {
    pattern: /sg-(([0-9a-z]{8})|([0-9a-z]{17}))/,
  },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpoint.ManagedVpcResource.RoutingDomain': { size: [3, 255] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpointOverrides': { size: [0, 5] },
  'AuthorizerConfiguration.CustomJWTAuthorizer.PrivateEndpointOverrides[].Domain': { size: [1, 253] },
};
const MOUNT: Limit = { pattern: /\/mnt\/[a-zA-Z0-9._-]+\/?/, size: [6, 200] };
const TAGS: Readonly<Record<string, Limit>> = {
  Tags: { size: [0, 50] },
  // Names that begin with aws: are reserved by AWS.
  'Tags{k}': { pattern: /(?![Aa][Ww][Ss]:)[a-zA-Z0-9\s._:/=+@-]*/, size: [1, 128] },
  'Tags{}': { pattern: /[a-zA-Z0-9\s._:/=+@-]*/, size: [0, 256] },
};

export const LIMITS: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  'AWS::BedrockAgentCore::Runtime': {
    AgentRuntimeName: { pattern: /[a-zA-Z][a-zA-Z0-9_]{0,47}/ },
    Description: { size: [1, 1200] },
    'AgentRuntimeArtifact.ContainerConfiguration.ContainerUri': {
      pattern:
        /(([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?|public\.ecr\.aws)\/((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(?::([^:@]{1,300}))?(?:@(.+))?/,
      size: [1, 1024],
    },
    'AgentRuntimeArtifact.CodeConfiguration.Code.S3.Bucket': { pattern: /[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/ },
    'AgentRuntimeArtifact.CodeConfiguration.Code.S3.Prefix': { size: [1, 1024] },
    'AgentRuntimeArtifact.CodeConfiguration.Code.S3.VersionId': { size: [3, 1024] },
    'AgentRuntimeArtifact.CodeConfiguration.EntryPoint': { size: [1, 2] },
    'AgentRuntimeArtifact.CodeConfiguration.EntryPoint[]': { size: [1, 128] },
    RoleArn: ROLE_ARN,
    'NetworkConfiguration.NetworkModeConfig.SecurityGroups': { size: [1, 16] },
    'NetworkConfiguration.NetworkModeConfig.SecurityGroups[]': { pattern: /sg-[0-9a-zA-Z]{8,17}/ },
    'NetworkConfiguration.NetworkModeConfig.Subnets': { size: [1, 16] },
    'NetworkConfiguration.NetworkModeConfig.Subnets[]': { pattern: /subnet-[0-9a-zA-Z]{8,17}/ },
    PlatformVersion: { pattern: /\S+/, size: [1, 128] },
    EnvironmentVariables: { size: [0, 50] },
    'EnvironmentVariables{k}': { pattern: /[a-zA-Z_][a-zA-Z0-9_]*/, size: [1, 100] },
    'EnvironmentVariables{}': { size: [0, 2048] },
    ...RUNTIME_AUTHORIZER,
    'RequestHeaderConfiguration.RequestHeaderAllowlist': { size: [1, 20] },
    'RequestHeaderConfiguration.RequestHeaderAllowlist[]': { pattern: /[A-Za-z][A-Za-z0-9_-]{0,255}/, size: [1, 256] },
    'CapacityProviderConfiguration.CapacityProviderArn': {
      pattern:
        /arn:aws(-[^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:capacity-provider\/[a-zA-Z][a-zA-Z0-9_]{0,47}-[a-zA-Z0-9]{10}/,
    },
    FilesystemConfigurations: { size: [0, 5] },
    'FilesystemConfigurations[].SessionStorage.MountPath': MOUNT,
    'FilesystemConfigurations[].EfsAccessPoint.MountPath': MOUNT,
    'FilesystemConfigurations[].S3FilesAccessPoint.MountPath': MOUNT,
    'FilesystemConfigurations[].CapacityProviderVolume.MountPath': MOUNT,
    'FilesystemConfigurations[].CapacityProviderVolume.VolumeName': { pattern: /[a-zA-Z][a-zA-Z0-9_-]{0,47}/ },
    ...TAGS,
  },
  'AWS::BedrockAgentCore::RuntimeEndpoint': {
    AgentRuntimeId: { pattern: /[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}/ },
    Name: { pattern: /[a-zA-Z][a-zA-Z0-9_]{0,47}/ },
    AgentRuntimeVersion: { pattern: /[1-9][0-9]{0,4}/ },
    Description: { size: [1, 256] },
    ...TAGS,
  },
  'AWS::BedrockAgentCore::Gateway': {
    Name: { pattern: /([0-9a-zA-Z]-?){1,100}/ },
    Description: { size: [1, 200] },
    RoleArn: ROLE_ARN,
    KmsKeyArn: { pattern: /arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key\/[a-zA-Z0-9-]{36}/, size: [1, 2048] },
    'ProtocolConfiguration.Mcp.Instructions': { size: [1, 2048] },
    InterceptorConfigurations: { size: [1, 2] },
    'InterceptorConfigurations[].Interceptor.Lambda.Arn': LAMBDA_ARN,
    ...JWT_AUTHORIZER,
    ...TAGS,
  },
  'AWS::BedrockAgentCore::GatewayTarget': {
    Name: { pattern: /([0-9a-zA-Z]-?){1,100}/ },
    Description: { size: [1, 200] },
    GatewayIdentifier: { pattern: /([0-9a-z]-?){1,100}-[0-9a-z]{10}/ },
    CredentialProviderConfigurations: { size: [1, 1] },
    'TargetConfiguration.Mcp.Lambda.LambdaArn': LAMBDA_ARN,
    'TargetConfiguration.Mcp.McpServer.Endpoint': { pattern: /https:\/\/.*/ },
  },
};
