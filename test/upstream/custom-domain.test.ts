/** A gateway at your own domain (`domainOverride`): the URL says where it answers, the ARN how calls are signed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { readUpstream } from '../../proxy/config/bindings.ts';
import { startFront } from '../support/front.ts';
import { verifySigV4 } from '../support/sigv4-verifier.ts';
import { emptyResult, respondJson, startUpstream } from '../support/upstream.ts';
import { modern, send } from './messages.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-access-key');
});
afterEach(() => void vi.unstubAllEnvs());

const arnOf = (partition: string, region: string, what = 'gateway/orders-abcdefghij'): string =>
  `arn:${partition}:bedrock-agentcore:${region}:111122223333:${what}`;
const read = (url: string, arn: string) => {
  const faults = new Faults();
  return { upstream: readUpstream({ UPSTREAM_URL: url, UPSTREAM_ARN: arn }, 'default', faults), faults: faults.errors };
};

test.each([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-eusc', 'eusc-de-east-1'],
])('is signed for the region of the ARN, whatever AWS_REGION says: %s', async (partition, region) => {
  const verdicts: unknown[] = [];
  await using upstream = await startUpstream((request, response) => {
    const verdict = verifySigV4(request, {
      region,
      service: 'bedrock-agentcore',
      secretFor: (id) => (id === 'AKIDTEST' ? 'secret-access-key' : undefined),
    });
    verdicts.push(verdict.accepted);
    return verdict.accepted ? emptyResult(request, response) : respondJson(response, {}, { status: 403 });
  });
  const environment = { UPSTREAM_ARN: arnOf(partition, region), AWS_REGION: 'ap-southeast-2' };
  await using front = await startFront(upstream, { environment });
  expect((await send(front, modern('tools/call', { name: 'x', arguments: {} }))).status).toBe(200);
  expect(verdicts).toEqual([true]);
});

test.each([
  ['https://mcp.corp.example/mcp', arnOf('aws', 'eu-west-1')],
  ['https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp', arnOf('aws', 'eu-west-1')],
  ['https://vpce-1-2.gateway.bedrock-agentcore.eu-west-1.vpce.amazonaws.com/mcp', arnOf('aws', 'eu-west-1')],
  ['https://d-1.cloudfront.net/mcp', arnOf('aws', 'us-east-1', 'runtime/orders-abcdefghij')],
  ['https://abc.execute-api.eu-west-1.amazonaws.com/mcp', arnOf('aws', 'eu-west-1')],
])('%s with the ARN of what answers there is signed', (url, arn) => {
  const { upstream, faults } = read(url, arn);
  expect(faults).toEqual([]);
  expect(upstream).toMatchObject({ auth: { way: 'iam' }, address: { region: arn.split(':')[3], isUnclear: false } });
  expect(upstream?.address.url.href).toBe(url);
});

const OTHER = 'UPSTREAM_URL and UPSTREAM_ARN: expected the URL of what the ARN names, or a custom domain for it, got';
test.each([
  ['https://other-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp', arnOf('aws', 'eu-west-1'), OTHER],
  ['https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp', arnOf('aws', 'eu-west-2'), OTHER],
  ['https://vpce-1-2.gateway.bedrock-agentcore.us-east-1.vpce.amazonaws.com/mcp', arnOf('aws', 'eu-west-1'), OTHER],
  [
    'https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
    arnOf('aws', 'eu-west-1', 'runtime/orders-abcdefghij'),
    OTHER,
  ],
  ['http://mcp.corp.example/mcp', arnOf('aws', 'eu-west-1'), 'UPSTREAM_URL: expected an https URL'],
  ['https://mcp.corp.example/mcp', arnOf('aws', 'cn-north-1'), 'UPSTREAM_ARN: expected an ARN with a region of its'],
  ['https://mcp.corp.example/mcp', 'orders', 'UPSTREAM_ARN: expected the ARN of an AgentCore gateway or runtime'],
])('%s with %s is a fault', (url, arn, fault) => {
  expect(read(url, arn)).toMatchObject({ upstream: undefined, faults: [expect.stringContaining(fault)] });
});
