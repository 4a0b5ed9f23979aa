/** A token or key from AgentCore Identity: for the proxy itself, or for the person who calls. */
import { Annotations, Fn, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Flow, FLOWS, PROVIDER_ARN, RUNTIME } from '../../proxy/upstream/auth/identity-arns.ts';
import { partsOf } from '../deployment/arn.ts';
import { checkArn, checkHttps, checkText, checkTexts, type Faults, got, known } from '../faults.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type SecretOptions } from '../secret-source.ts';
import {
  type AgentcoreIdentityEntry,
  checkIdentityHome,
  ENTRY,
  type FlowMembers,
  NEW,
  newProviderOf,
  PROVIDER,
  WORKLOAD,
} from './identity-entry.ts';
import { createProvider, createWorkloadIdentity, type NewProvider } from './new-provider.ts';
import { type AuthSite, way } from './way.ts';

/** The part of CDK's `OAuth2CredentialProvider` that is used. */
export interface OAuth2ProviderRef {
  readonly credentialProviderArn: string;
  readonly credentialProviderVendor: string;
  readonly oAuth2CredentialProviderName?: string | undefined;
}

/** The part of CDK's `ApiKeyCredentialProvider` that is used. */
export interface ApiKeyProviderRef {
  readonly credentialProviderArn: string;
  readonly apiKeySecretArn?: string | undefined;
  readonly apiKeyCredentialProviderName?: string | undefined;
}

export interface AgentcoreIdentityOptions extends FlowMembers {
  /** CDK's `OAuth2CredentialProvider` or `ApiKeyCredentialProvider`, the ARN of one, or one that is created. */
  readonly provider: OAuth2ProviderRef | ApiKeyProviderRef | NewProvider | string;
  /**
   * A workload identity of your own: CDK's `WorkloadIdentity`, its ARN, or `new`: one is created, which allows `returnUrl`. The
   * role gets tokens for it.
   * @default - the one that AgentCore Runtime manages, whose tokens it hands over with each request
   */
  readonly workloadIdentity?: { readonly workloadIdentityArn: string } | string;
  /** The provider's secret, if it is one of yours. @default - the one that AgentCore Identity keeps */
  readonly secret?: Exclude<SecretOptions['secret'], { readonly userPool: unknown }>;
  /** The KMS key of that secret. @default - the secret's own if it is known; else AWS's */
  readonly encryptionKey?: NonNullable<SecretOptions['encryptionKey']>;
}

type Kind = 'oauth2' | 'apikey';

export const agentcoreIdentity = way<'agentcore-identity', AgentcoreIdentityOptions, AgentcoreIdentityEntry>({
  name: 'agentcore-identity',
  written: 'as an object',
  key: 'agentcoreIdentity',
  entry: ENTRY,
  options: ({ agentcoreIdentity: { providerArn, provider, ...rest } }) => ({
    ...rest,
    provider: providerArn ?? newProviderOf(provider),
  }),
  checkHome: checkIdentityHome,

  bind(options, site) {
    const { flow, scopes, resource, audience, returnUrl, unverifiedCallers, header } = options;
    const { provider } = options;
    const there = typeof provider === 'object' && 'secretArn' in provider ? createProvider(provider, site) : provider;
    const { kind, name, providerArn } = providerOf(there, site);
    const workloadArn = workloadOf(options, site);
    checkMembers(options, kind, site);
    return {
      environment: {
        PROVIDER: providerArn,
        WORKLOAD: workloadArn ?? RUNTIME,
        FLOW: flow,
        SCOPES: scopes === undefined || scopes.length === 0 ? undefined : scopes.join(' '),
        RESOURCE: resource,
        AUDIENCE: audience,
        RETURN_URL: returnUrl,
        UNVERIFIED_CALLERS: unverifiedCallers === true ? 'allowed' : undefined,
        HEADER: header,
      },
      statements: [
        ...tokenStatements(kind, providerArn, workloadArn, flow, site),
        ...secretStatements(options, kind, name, site),
      ],
      onBehalf: isPersonal(flow) && (workloadArn !== undefined || unverifiedCallers !== true),
    };
  },
});

function isPersonal(flow: Flow | undefined): boolean {
  return flow === 'USER_FEDERATION' || flow === 'ON_BEHALF_OF_TOKEN_EXCHANGE';
}

function providerOf(
  provider: OAuth2ProviderRef | ApiKeyProviderRef | string,
  { stack, where, faults }: AuthSite,
): { readonly kind: Kind; readonly name: string; readonly providerArn: string } {
  const place = `${where.auth}: provider`;
  const providerArn = typeof provider === 'string' ? provider : provider.credentialProviderArn;
  checkArn(providerArn, PROVIDER, place, stack, faults);
  if (known(providerArn)) {
    checkOwn(providerArn, stack, place, faults);
    const [, , , , kind, name = ''] = PROVIDER_ARN.exec(providerArn) ?? [];
    return { kind: kind === 'apikey' ? 'apikey' : 'oauth2', name, providerArn };
  }
  if (typeof provider === 'string')
    faults.add(
      `${place}: expected the provider itself, or its ARN as a text, got an ARN that is known only at deploy time`,
    );
  const [kind, name] =
    typeof provider !== 'string' && 'apiKeySecretArn' in provider
      ? (['apikey', provider.apiKeyCredentialProviderName] as const)
      : (['oauth2', typeof provider === 'string' ? undefined : nameIn(provider)] as const);
  // arn:…:token-vault/default/oauth2credentialprovider/NAME
  return { kind, name: name ?? Fn.select(3, Fn.split('/', providerArn)), providerArn };
}

function nameIn(provider: OAuth2ProviderRef | ApiKeyProviderRef): string | undefined {
  return 'oAuth2CredentialProviderName' in provider ? provider.oAuth2CredentialProviderName : undefined;
}

function workloadOf(
  { workloadIdentity, flow, returnUrl }: AgentcoreIdentityOptions,
  site: AuthSite,
): string | undefined {
  const { scope, stack, where, faults } = site;
  if (workloadIdentity === NEW) return createWorkloadIdentity(returnUrl, site).workloadIdentityArn;
  if (workloadIdentity === undefined) {
    if (flow === 'USER_FEDERATION' && returnUrl !== undefined)
      Annotations.of(scope).addWarningV2(
        'agentcore-mcp-proxy:returnUrl',
        `AgentCore Runtime manages the workload identity, and CloudFormation can't set what it allows: after the first deployment, allow ${known(returnUrl) ? returnUrl : 'the returnUrl'} with aws bedrock-agentcore-control update-workload-identity, or give a workloadIdentity of your own`,
      );
    return undefined;
  }
  const workloadArn = typeof workloadIdentity === 'string' ? workloadIdentity : workloadIdentity.workloadIdentityArn;
  checkArn(workloadArn, WORKLOAD, `${where.auth}: workloadIdentity`, stack, faults);
  if (known(workloadArn)) checkOwn(workloadArn, stack, `${where.auth}: workloadIdentity`, faults);
  return workloadArn;
}

function checkMembers(
  { flow, scopes, resource, audience, returnUrl, header }: AgentcoreIdentityOptions,
  kind: Kind,
  { where: { auth: where }, faults }: AuthSite,
): void {
  checkTexts(scopes, TEXTS.scope, 'scopes', `${where}: scopes`, faults);
  checkText(resource, TEXTS.resource, `${where}: resource`, faults);
  checkText(audience, TEXTS.audience, `${where}: audience`, faults);
  checkText(header, TEXTS.secretHeader, `${where}: header`, faults);
  if (returnUrl !== undefined) checkHttps(returnUrl, `${where}: returnUrl`, faults);
  if (flow !== undefined && !FLOWS.includes(flow))
    faults.add(`${where}: flow: expected ${FLOWS.join(', ')}, got ${got(flow)}`);
  if (kind === 'apikey') {
    for (const [name, value] of Object.entries({ flow, scopes, resource, audience, returnUrl }))
      if (value !== undefined)
        faults.add(`${where}: ${name}: expected nothing beside a provider with an API key, got ${got(value)}`);
    return;
  }
  if (header !== undefined)
    faults.add(
      `${where}: header: expected nothing beside a provider for OAuth 2, whose tokens are bearer tokens, got ${got(header)}`,
    );
  if (flow === 'USER_FEDERATION' && returnUrl === undefined)
    faults.add(`${where}: expected returnUrl, the page that people come back to, got nothing`);
  if (flow !== 'USER_FEDERATION' && returnUrl !== undefined)
    faults.add(`${where}: returnUrl: expected nothing with ${flow ?? 'M2M'}, which asks nobody, got ${got(returnUrl)}`);
}

/**
 * A request for a token is authorized against the provider, its vault, the workload identity and its directory.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/scope-credential-provider-access.html
 */
function tokenStatements(
  kind: Kind,
  providerArn: string,
  workloadArn: string | undefined,
  flow: Flow | undefined,
  { stack, runtimeName }: AuthSite,
): PolicyStatement[] {
  const own = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'bedrock-agentcore', resource, resourceName });
  const directory = own('workload-identity-directory', 'default');
  // As the runtime's id: its name, a hyphen and ten characters. Names of runtimes have no hyphens, so no other's matches.
  const workload = workloadArn ?? `${directory}/workload-identity/${runtimeName}-*`;
  return [
    new PolicyStatement({
      actions: [`bedrock-agentcore:${kind === 'apikey' ? 'GetResourceApiKey' : 'GetResourceOauth2Token'}`],
      resources: [providerArn, own('token-vault', 'default'), directory, workload],
    }),
    ...(workloadArn === undefined
      ? []
      : [
          new PolicyStatement({
            actions: [`bedrock-agentcore:GetWorkloadAccessToken${isPersonal(flow) ? 'ForJWT' : ''}`],
            resources: [directory, workloadArn],
          }),
        ]),
  ];
}

/** The service reads the provider's secret as the role that asks. */
function secretStatements(
  { secret, encryptionKey }: AgentcoreIdentityOptions,
  kind: Kind,
  name: string,
  { stack, where, faults }: AuthSite,
): readonly PolicyStatement[] {
  if (secret !== undefined)
    return bindSecret(stack, { secret, ...(encryptionKey === undefined ? {} : { encryptionKey }) }, where.auth, faults)
      .statements;
  if (encryptionKey !== undefined)
    faults.add(`${where.auth}: encryptionKey: expected the secret that is under it, too, got nothing`);
  // Secrets Manager appends a hyphen and six characters.
  const secretName = `bedrock-agentcore-identity!default/${kind}/${name}-??????`;
  return [
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [`arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:${secretName}`],
    }),
  ];
}

/** A workload and its providers are in one account and region. */
function checkOwn(text: string, { account, region }: Stack, where: string, faults: Faults): void {
  const parts = partsOf(text);
  for (const [part, expected] of [
    ['region', region],
    ['account', account],
  ] as const)
    if (known(expected) && parts[part] !== expected)
      faults.add(`${where}: expected one in the stack's ${part} (${expected}), got one in ${parts[part]}`);
}
