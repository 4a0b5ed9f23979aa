/** A deployments file with an entry for every way to deploy a proxy. */
import { defineDeployments, type Deployment } from '../../lib/deployments.ts';

const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const place = { account: '111122223333', region: 'eu-west-1' } as const;
const gateway = { upstream: { gatewayArn: arn('bedrock-agentcore', 'gateway/tools-abcdefghij') } };
const url = { upstream: { url: 'https://mcp.example.com/mcp' } };
const secretArn = arn('secretsmanager', 'secret:key-AbCdEf');

const MODES: Readonly<Record<string, Omit<Deployment, 'name' | 'account' | 'region'>>> = {
  plain: gateway,
  runtime: { upstream: { runtimeArn: arn('bedrock-agentcore', 'runtime/other-abcdefghij') } },
  custom_domain: { ...url, upstreamAuth: 'iam', allGateways: true },
  open: { ...url, upstreamAuth: 'none' },
  bearer: { ...url, upstreamAuth: { bearer: { secretArn, header: 'x-api-key' } } },
  oauth: {
    ...url,
    upstreamAuth: {
      oauth: { issuer: 'https://issuer.example.com', clientId: 'client', secretArn, scopes: ['a', 'b'] },
    },
  },
  cognito: {
    ...gateway,
    upstreamAuth: { oauth: { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'client', scopes: ['mcp/invoke'] } },
  },
  issuer: {
    ...gateway,
    inboundAuth: {
      jwt: { issuer: 'https://issuer.example.com', allowedAudiences: ['mcp'], allowedScopes: ['mcp/invoke'] },
    },
  },
  pool: { ...gateway, inboundAuth: { userPool: { userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['client'] } } },
  new_pool: { ...gateway, inboundAuth: { newUserPool: {} }, removalPolicy: 'destroy' },
  vpc: {
    ...gateway,
    network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] },
  },
  second: { ...gateway, platformVersion: 'V2', idleTimeoutSeconds: 60, maxLifetimeSeconds: 28_800 },
  endpoints: {
    ...gateway,
    endpoints: [{ name: 'live' }, { name: 'former', version: '1', description: 'what was before' }],
  },
  zip: { ...gateway, artifact: 'zip' },
  watched: {
    ...gateway,
    traces: 'xray',
    alarmTopicArn: arn('sns', 'alarms'),
    logRetentionDays: 'forever',
    tags: { team: 'platform' },
  },
  quiet: {
    ...gateway,
    traces: { otlpEndpoint: 'https://otlp.example.com/' },
    dashboard: false,
    allowedHosts: ['mcp.example.com'],
  },
  needing: {
    ...gateway,
    config: 'modes.config.ts',
    inboundAuth: { newUserPool: {} },
    bindings: { SIGNER: secretArn, LEVEL: 'high' },
  },
};

export default defineDeployments(Object.entries(MODES).map(([name, entry]) => ({ ...place, ...entry, name })));
