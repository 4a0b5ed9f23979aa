/** The policies that docs/networks.md shows, beside what the construct allows the role. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { allows } from '../e2e/aws/iam.ts';

const page = await readFile(join(ROOT, 'docs/networks.md'), 'utf8');
const policies: { Statement: Record<string, unknown>[] }[] = [...page.matchAll(/^```json\n([^]*?)^```$/gm)].map(
  ([, code = '']) => JSON.parse(code),
);
const GATEWAY = /^UPSTREAM_ARN=(\S+)/m.exec(page)?.[1] ?? '';
const ASKED = { action: 'bedrock-agentcore:InvokeGateway', resource: GATEWAY };
const IDENTITY = { Statement: [{ Effect: 'Allow', Action: ASKED.action, Resource: GATEWAY }] };

test('the page shows the policy of a gateway, then of an endpoint', () => {
  expect(policies).toHaveLength(2);
  expect(GATEWAY).toMatch(/^arn:aws:bedrock-agentcore:/);
});

test("the gateway's policy refuses what comes another way, and leaves the rest to IAM", () => {
  const [closed = { Statement: [] }] = policies;
  const through = (vpce: string) => ({ ...ASKED, context: { 'aws:SourceVpce': vpce } });
  expect(allows([IDENTITY, closed], through('vpce-0a1b2c3d4e5f60718'))).toBe(true);
  expect(allows([closed], through('vpce-0a1b2c3d4e5f60718'))).toBe(false);
  expect(allows([IDENTITY, closed], through('vpce-other'))).toBe(false);
  expect(allows([IDENTITY, closed], ASKED)).toBe(false);
});

test("the endpoint's policy lets calls to that gateway out, and no others", () => {
  const [, endpoint = { Statement: [] }] = policies;
  expect(allows([endpoint], ASKED)).toBe(true);
  expect(allows([endpoint], { ...ASKED, resource: GATEWAY.replace('orders', 'other') })).toBe(false);
  expect(allows([endpoint], { ...ASKED, action: 'bedrock-agentcore:CreateGateway' })).toBe(false);
});
