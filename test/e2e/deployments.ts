/**
 * The deployments of `npm run e2e`: one proxy for signed calls, one for tokens of a user pool that is created for it, and one
 * that calls its upstream on behalf of its callers.
 */
import { defineDeployments, type Deployment } from '../../lib/deployments.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const GATEWAY_ARN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/tools-abcdefghij`;

/** The issuer of callers' tokens, and the clients that may call with them. */
export const LOGIN = 'https://login.example.com';
export const CLIENTS = ['assistant'] as const;
/** The proxy's own client, at the issuer that exchanges those tokens for ones for the audience. */
export const PROXY_CLIENT = 'mcp-proxy';
export const AUDIENCE = 'urn:crm';
export const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:mcp-proxy-AbCdEf`;

const place = {
  stage: 'e2e',
  account: ACCOUNT,
  region: REGION,
  upstream: { gatewayArn: GATEWAY_ARN },
  logRetentionDays: 30,
  removalPolicy: 'destroy',
  tags: { purpose: 'e2e' },
} as const;

export const ENTRIES: readonly Deployment[] = [
  { ...place, name: 'signed' },
  {
    ...place,
    name: 'tokens',
    config: 'tokens.config.ts',
    inboundAuth: { newUserPool: {} },
    endpoints: [{ name: 'live' }],
  },
  {
    ...place,
    name: 'people',
    config: 'tokens.config.ts',
    upstream: { url: 'https://crm.example.com/mcp' },
    upstreamAuth: {
      tokenExchange: {
        issuer: 'https://id.example.com',
        clientId: PROXY_CLIENT,
        secretArn: SECRET_ARN,
        audience: AUDIENCE,
      },
    },
    inboundAuth: { jwt: { issuer: LOGIN, allowedClients: CLIENTS } },
  },
];

export default defineDeployments(ENTRIES);
