/**
 * The deployments of `npm run e2e`: one proxy for signed calls, and one for tokens of a user pool that is created for
 * it.
 */
import { defineDeployments, type Deployment } from '../../lib/deployments.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const GATEWAY_ARN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/tools-abcdefghij`;

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
];

export default defineDeployments(ENTRIES);
