/** A proxy in a stack whose upstream credentials come from AgentCore Identity: its variables, and exactly what its role may do. */
import { SecretValue, type Stack } from 'aws-cdk-lib';
import { ApiKeyCredentialProvider, OAuth2CredentialProvider, WorkloadIdentity } from 'aws-cdk-lib/aws-bedrockagentcore';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkUpstreamAuth, upstreamAuthOf } from '../../lib/deployment/upstream-auth.ts';
import { type AgentcoreIdentityOptions, InboundAuth, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { noFindings, Place } from '../../lib/rules/place.ts';
import type { AgentcoreIdentityEntry } from '../../lib/upstream-auth/identity-entry.ts';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { ACCOUNT as HOME_ACCOUNT } from '../support/agentcore-identity.ts';
import { startFront } from '../support/front.ts';
import { tokenOf } from '../upstream/auth/callers-tokens.ts';
import { as, MANAGED, startWorld } from '../upstream/auth/identity-world.ts';
import { modern, send } from '../upstream/messages.ts';
import { ACCOUNT, configThatNeeds, environmentOf, faultsOf, REGION, SECRET_ARN, statementsOf, synth } from './synth.ts';

const upstream = ProxyUpstream.url('https://crm.example.com/mcp');
const inboundAuth = InboundAuth.jwt({ issuer: 'https://login.example.com', allowedClients: ['me'] });
const byToken = configThatNeeds('identity', '{}', { caller: 'agentcoreJwt()' });
const OWN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:`;
const VAULT = `${OWN}token-vault/default`;
const DIRECTORY = `${OWN}workload-identity-directory/default`;
const CRM = `${VAULT}/oauth2credentialprovider/crm`;
const KEYS = `${VAULT}/apikeycredentialprovider/keys`;
const WORKLOAD = `${DIRECTORY}/workload-identity/own-proxy`;
const RETURN_URL = 'https://app.example.com/connected';
const secretOf = (kind: string, name: string): string =>
  `secretsmanager:GetSecretValue @ arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:bedrock-agentcore-identity!default/${kind}/${name}-??????`;

function synthWith(options: (stack: Stack) => AgentcoreIdentityOptions): ReturnType<typeof synth>['template'] {
  return synth((stack) => ({
    upstream,
    upstreamAuth: UpstreamAuth.agentcoreIdentity(options(stack)),
    inboundAuth,
    config: byToken,
  })).template;
}

/** The statements besides those that every proxy has. */
function permissionsOf(options: (stack: Stack) => AgentcoreIdentityOptions): readonly string[] {
  return statementsOf(synthWith(options)).filter((each) => /bedrock-agentcore:|secretsmanager:|kms:/.test(each));
}

const RUNTIMES = `${DIRECTORY}/workload-identity/calculator-*`;
const custom = (stack: Stack): OAuth2CredentialProvider =>
  OAuth2CredentialProvider.usingCustom(stack, 'Crm', {
    oAuth2CredentialProviderName: 'crm',
    discoveryUrl: 'https://login.example.com/.well-known/openid-configuration',
    clientId: 'proxy',
    clientSecret: SecretValue.secretsManager(SECRET_ARN),
  });

describe('the role', () => {
  it.each<[string, (stack: Stack) => AgentcoreIdentityOptions, readonly string[]]>([
    [
      'a provider by its ARN',
      () => ({ provider: CRM }),
      [
        `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${RUNTIMES}`,
        secretOf('oauth2', 'crm'),
      ],
    ],
    [
      'an API key',
      () => ({ provider: KEYS, header: 'X-Api-Key' }),
      [`bedrock-agentcore:GetResourceApiKey @ ${KEYS} ${VAULT} ${DIRECTORY} ${RUNTIMES}`, secretOf('apikey', 'keys')],
    ],
    [
      'a workload identity of one’s own, for nobody',
      () => ({ provider: CRM, workloadIdentity: WORKLOAD }),
      [
        `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${WORKLOAD}`,
        `bedrock-agentcore:GetWorkloadAccessToken @ ${DIRECTORY} ${WORKLOAD}`,
        secretOf('oauth2', 'crm'),
      ],
    ],
    [
      'a workload identity of one’s own, for callers',
      () => ({ provider: CRM, workloadIdentity: WORKLOAD, flow: 'USER_FEDERATION', returnUrl: RETURN_URL }),
      [
        `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${WORKLOAD}`,
        `bedrock-agentcore:GetWorkloadAccessTokenForJWT @ ${DIRECTORY} ${WORKLOAD}`,
        secretOf('oauth2', 'crm'),
      ],
    ],
    [
      'a provider whose secret is one’s own',
      () => ({ provider: CRM, secret: SECRET_ARN }),
      [
        `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${RUNTIMES}`,
        `secretsmanager:GetSecretValue @ ${SECRET_ARN}`,
      ],
    ],
  ])('the role may do exactly what %s needs', (_, options, statements) => {
    expect(permissionsOf(options)).toEqual(statements);
  });

  it('may use a provider and a workload identity that the stack creates', () => {
    const [token, workload, secret, ...rest] = permissionsOf((stack) => ({
      provider: custom(stack),
      workloadIdentity: new WorkloadIdentity(stack, 'Own', { allowedResourceOauth2ReturnUrls: [RETURN_URL] }),
      flow: 'USER_FEDERATION',
      returnUrl: RETURN_URL,
    }));
    expect(token).toMatch(
      new RegExp(
        `^bedrock-agentcore:GetResourceOauth2Token @ <Crm\\w+\\.CredentialProviderArn> ${VAULT} ${DIRECTORY} <Own\\w+\\.WorkloadIdentityArn>$`,
      ),
    );
    expect(workload).toMatch(/^bedrock-agentcore:GetWorkloadAccessTokenForJWT @ \S+ <Own\w+\.WorkloadIdentityArn>$/);
    expect([secret, rest]).toEqual([secretOf('oauth2', 'crm'), []]);
    const [key, itsSecret] = permissionsOf((stack) => ({
      provider: new ApiKeyCredentialProvider(stack, 'Keys', {
        apiKeyCredentialProviderName: 'keys',
        apiKey: SecretValue.secretsManager(SECRET_ARN),
      }),
    }));
    expect(key).toMatch(/^bedrock-agentcore:GetResourceApiKey @ <Keys\w+\.CredentialProviderArn> /);
    expect(itsSecret).toBe(secretOf('apikey', 'keys'));
  });
});

describe('a proxy with the variables and the role of its stack', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each<[string, Omit<AgentcoreIdentityOptions, 'provider'>]>([
    ['the token of its runtime', {}],
    ['a workload identity of its own', { workloadIdentity: WORKLOAD }],
  ])('calls the upstream as the two people who call it, by %s', async (_, options) => {
    const { template } = synth({
      upstream,
      upstreamAuth: UpstreamAuth.agentcoreIdentity({ provider: CRM, flow: 'ON_BEHALF_OF_TOKEN_EXCHANGE', ...options }),
      inboundAuth,
      config: byToken,
      runtimeName: 'proxy',
    });
    const atHome = (text: string): string => text.replaceAll(ACCOUNT, HOME_ACCOUNT);
    // All that the role may do, read by the stand-in as IAM reads it.
    const statements = statementsOf(template).map((each) => {
      const [actions = '', resources = ''] = atHome(each).split(' @ ');
      return { Effect: 'Allow', Action: actions.split(' '), Resource: resources.split(' {', 1)[0]?.split(' ') };
    });
    await using w = await startWorld({ Statement: statements });
    const variables = Object.entries(environmentOf(template)).filter(([name]) => name.startsWith('UPSTREAM_'));
    await using front = await startFront(w.upstream, {
      environment: {
        ...Object.fromEntries(variables.map(([name, value]) => [name, typeof value === 'string' ? atHome(value) : ''])),
        UPSTREAM_URL: w.upstream.url,
        INBOUND_AUTH: 'jwt',
      },
      caller: agentcoreJwt(),
    });
    for (const person of ['alice', 'bob']) {
      const handed = w.identity.handOver(MANAGED, person);
      const { text } = await send(front, as(modern('tools/call', { name: 'x' }), await tokenOf(person), handed));
      expect(text).toContain(`${person} called x`);
    }
    expect(w.identity.refusals).toEqual([]);
  });
});

describe('an entry of deployments.ts', () => {
  const HOME = { account: ACCOUNT, region: REGION };
  const faultsIn = (agentcoreIdentity: AgentcoreIdentityEntry['agentcoreIdentity']): readonly string[] => {
    const findings = noFindings();
    checkUpstreamAuth({ agentcoreIdentity }, HOME, new Place('', findings));
    return findings.faults;
  };
  const permissions = (agentcoreIdentity: AgentcoreIdentityEntry['agentcoreIdentity']): readonly string[] => {
    const { template } = synth({
      upstream,
      upstreamAuth: upstreamAuthOf({ agentcoreIdentity }),
      inboundAuth,
      config: byToken,
    });
    return statementsOf(template).filter((each) => /bedrock-agentcore:|secretsmanager:/.test(each));
  };

  it('gives the role exactly what its provider and its workload identity need', () => {
    expect(permissions({ providerArn: CRM })).toEqual([
      `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${RUNTIMES}`,
      secretOf('oauth2', 'crm'),
    ]);
    expect(permissions({ providerArn: CRM, workloadIdentity: WORKLOAD, flow: 'ON_BEHALF_OF_TOKEN_EXCHANGE' })).toEqual([
      `bedrock-agentcore:GetResourceOauth2Token @ ${CRM} ${VAULT} ${DIRECTORY} ${WORKLOAD}`,
      `bedrock-agentcore:GetWorkloadAccessTokenForJWT @ ${DIRECTORY} ${WORKLOAD}`,
      secretOf('oauth2', 'crm'),
    ]);
  });

  it('creates a provider and a workload identity, and no secret is in the template', () => {
    const { template } = synth({
      upstream,
      upstreamAuth: upstreamAuthOf({
        agentcoreIdentity: {
          provider: {
            discoveryUrl: 'https://login.example.com/.well-known/openid-configuration',
            clientId: 'proxy',
            secretArn: `${SECRET_ARN}#secret`,
          },
          workloadIdentity: 'new',
          flow: 'USER_FEDERATION',
          returnUrl: RETURN_URL,
        },
      }),
      inboundAuth,
      config: byToken,
    });
    template.hasResourceProperties('AWS::BedrockAgentCore::OAuth2CredentialProvider', {
      CredentialProviderVendor: 'CustomOauth2',
      Oauth2ProviderConfigInput: {
        CustomOauth2ProviderConfig: {
          ClientId: 'proxy',
          ClientSecret: `{{resolve:secretsmanager:${SECRET_ARN}:SecretString:secret::}}`,
        },
      },
    });
    template.hasResourceProperties('AWS::BedrockAgentCore::WorkloadIdentity', {
      AllowedResourceOauth2ReturnUrls: [RETURN_URL],
    });
    const permitted = statementsOf(template).filter((each) => /bedrock-agentcore:Get|secretsmanager:/.test(each));
    expect(permitted).toEqual([
      expect.stringMatching(
        /^bedrock-agentcore:GetResourceOauth2Token @ <\w+Provider\w+\.CredentialProviderArn> \S+ \S+ <\w+Workload\w+\.WorkloadIdentityArn>$/,
      ),
      expect.stringMatching(
        /^bedrock-agentcore:GetWorkloadAccessTokenForJWT @ \S+ <\w+Workload\w+\.WorkloadIdentityArn>$/,
      ),
      expect.stringMatching(
        /^secretsmanager:GetSecretValue @ \S+:secret:bedrock-agentcore-identity!default\/oauth2\/\w+-\?{6}$/,
      ),
    ]);
    const key = synth({
      upstream,
      upstreamAuth: upstreamAuthOf({ agentcoreIdentity: { provider: { secretArn: SECRET_ARN }, header: 'X-Api-Key' } }),
      inboundAuth,
      config: byToken,
    }).template;
    key.hasResourceProperties('AWS::BedrockAgentCore::ApiKeyCredentialProvider', {
      ApiKey: `{{resolve:secretsmanager:${SECRET_ARN}:SecretString:::}}`,
    });
  });

  it('reports what does not fit its account, or names two providers or none', () => {
    expect(faultsIn({ providerArn: CRM })).toEqual([]);
    expect(faultsIn({})).toEqual(['agentcoreIdentity: expected providerArn or provider, got neither']);
    expect(faultsIn({ providerArn: CRM, provider: { secretArn: SECRET_ARN } })).toEqual([
      'agentcoreIdentity: expected providerArn or provider, got both',
    ]);
    expect(faultsIn({ provider: { secretArn: SECRET_ARN, clientId: 'me' } })).toEqual([
      'agentcoreIdentity.provider: expected discoveryUrl and clientId, or with an API key neither, got one of them',
    ]);
    expect(faultsIn({ providerArn: CRM.replace(REGION, 'us-east-1') })).toEqual([
      `agentcoreIdentity.providerArn: expected one in the deployment's region (${REGION}), got one in us-east-1`,
    ]);
    expect(faultsIn({ providerArn: CRM, workloadIdentity: WORKLOAD.replace(ACCOUNT, '999999999999') })).toEqual([
      `agentcoreIdentity.workloadIdentity: expected one in the deployment's account (${ACCOUNT}), got one in 999999999999`,
    ]);
  });
});

describe('the variables', () => {
  const bound = (options: (stack: Stack) => AgentcoreIdentityOptions): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(environmentOf(synthWith(options))).filter(([name]) => name.startsWith('UPSTREAM_')),
    );

  it('name the provider, and AgentCore Runtime unless a workload identity is given', () => {
    expect(bound(() => ({ provider: CRM }))).toEqual({
      UPSTREAM_URL: 'https://crm.example.com/mcp',
      UPSTREAM_AUTH: 'agentcore-identity',
      UPSTREAM_PROVIDER: CRM,
      UPSTREAM_WORKLOAD: 'runtime',
    });
    expect(
      bound(() => ({
        provider: CRM,
        workloadIdentity: WORKLOAD,
        flow: 'USER_FEDERATION',
        returnUrl: RETURN_URL,
        scopes: ['read', 'write'],
        resource: 'https://crm.example.com',
        audience: 'crm',
        unverifiedCallers: true,
      })),
    ).toMatchObject({
      UPSTREAM_UNVERIFIED_CALLERS: 'allowed',
      UPSTREAM_WORKLOAD: WORKLOAD,
      UPSTREAM_FLOW: 'USER_FEDERATION',
      UPSTREAM_RETURN_URL: RETURN_URL,
      UPSTREAM_SCOPES: 'read write',
      UPSTREAM_RESOURCE: 'https://crm.example.com',
      UPSTREAM_AUDIENCE: 'crm',
    });
  });
});

describe('a fault', () => {
  const of = (options: AgentcoreIdentityOptions): readonly string[] =>
    faultsOf({ upstream, upstreamAuth: UpstreamAuth.agentcoreIdentity(options), inboundAuth, config: byToken });

  it.each<[string, AgentcoreIdentityOptions, string]>([
    [
      'another ARN',
      { provider: WORKLOAD },
      'upstreamAuth: provider: expected the ARN of a credential provider of AgentCore Identity',
    ],
    [
      'a provider in another region',
      { provider: CRM.replace(REGION, 'us-east-1') },
      `upstreamAuth: provider: expected one in the stack's region (${REGION}), got one in us-east-1`,
    ],
    [
      'a workload identity in another account',
      { provider: CRM, workloadIdentity: WORKLOAD.replace(ACCOUNT, '999999999999') },
      `upstreamAuth: workloadIdentity: expected one in the stack's account (${ACCOUNT}), got one in 999999999999`,
    ],
    [
      'no page to come back to',
      { provider: CRM, flow: 'USER_FEDERATION' },
      'upstreamAuth: expected returnUrl, the page',
    ],
    [
      'a page that nobody comes back to',
      { provider: CRM, returnUrl: RETURN_URL },
      'upstreamAuth: returnUrl: expected nothing with M2M',
    ],
    [
      'a page without TLS',
      { provider: CRM, flow: 'USER_FEDERATION', returnUrl: 'http://a.example' },
      'upstreamAuth: returnUrl: expected an https URL',
    ],
    [
      'a flow beside an API key',
      { provider: KEYS, flow: 'M2M' },
      'upstreamAuth: flow: expected nothing beside a provider with an API key',
    ],
    [
      'a header beside OAuth',
      { provider: CRM, header: 'X-Key' },
      'upstreamAuth: header: expected nothing beside a provider for OAuth 2',
    ],
  ])('is %s', (_, options, fault) => {
    expect(of(options)).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    [{ workloadIdentity: WORKLOAD }, 'got none'],
    [{ workloadIdentity: WORKLOAD, unverifiedCallers: true }, 'got none'],
    [{}, 'got none; or unverifiedCallers: true, which suits an upstream without sessions'],
    [{ unverifiedCallers: true }, undefined],
  ])('is a personal flow where callers have no verified token (%#)', (more, end) => {
    const faults = faultsOf({
      upstream,
      upstreamAuth: UpstreamAuth.agentcoreIdentity({ provider: CRM, flow: 'ON_BEHALF_OF_TOKEN_EXCHANGE', ...more }),
      inboundAuth,
    });
    expect(faults).toEqual(
      end === undefined
        ? []
        : [
            `upstreamAuth: agentcore-identity needs the caller's verified token: expected caller: agentcoreJwt() in the config, ${end}`,
          ],
    );
  });
});
