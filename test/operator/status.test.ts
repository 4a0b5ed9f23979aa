import { beforeEach, describe, expect, it } from 'vitest';
import { cli } from './cli.ts';
import { startFakeAws } from './fake-aws.ts';
import { ORDERS, startHome } from './home.ts';
import {
  IMAGE,
  LOG_GROUP,
  oneProxy,
  RUNTIME_ARN,
  RUNTIME_ID,
  runtimeDocument,
  STACK,
  type StackThere,
  type World,
} from './world.ts';

let world: World;
beforeEach(() => {
  world = oneProxy();
  for (const [key, values] of [
    ['Calls Sum', [10, 2]],
    ['UpstreamErrors Sum', [1]],
    ['Latency p50', [41.4]],
    ['Latency p95', [180, 120]],
    ['ColdStarts Sum', [3]],
  ] as const)
    world.metrics.set(`AgentCoreMcpProxy ${key}`, values);
});

describe('npm run status', () => {
  it('shows runtime, endpoints, image, URL, figures and the last errors of a healthy proxy, and ends with 0', async () => {
    const now = Date.now();
    world.logs.push(
      {
        group: LOG_GROUP,
        at: now - 2_000,
        message:
          '{"time":"t","level":"error","message":"a control broke","errorId":"e-1","error":{"type":"TypeError"}}',
      },
      { group: LOG_GROUP, at: now - 1_000, message: '{"time":"t","level":"info","event":"call"}' },
      {
        group: LOG_GROUP,
        at: now - 48 * 3_600_000,
        message: '{"level":"error","message":"of the day before yesterday"}',
      },
    );
    await using aws = await startFakeAws(world);
    const { code, stdout } = await cli('status', [STACK], aws.environment);
    expect(stdout).toMatch(/runtime +READY, version 3, 5 min ago/);
    expect(stdout).toMatch(/endpoint +DEFAULT READY, version 3\n/);
    expect(stdout).toContain(IMAGE);
    expect(stdout).toContain(`runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=DEFAULT`);
    expect(stdout).toMatch(/12 calls, 1 errors \(1 of the upstream, 0 of the proxy\)/);
    expect(stdout).toMatch(/p50 41 ms, p95 180 ms/);
    expect(stdout).toMatch(/a control broke errorId=e-1 TypeError/);
    expect(stdout).not.toMatch(/before yesterday|event=call/);
    expect(stdout).not.toMatch(/\u001B/);
    expect(code).toBe(0);
  });

  it('shows each upstream by its name, without what may be secret in its address', async () => {
    const environmentVariables = {
      UPSTREAM_CRM_URL: 'https://crm.example.com/mcp?key=hidden',
      UPSTREAM_CRM_AUTH: 'bearer',
      UPSTREAM_CRM_SECRET: 'env:HIDDEN',
      UPSTREAM_MATH_EU_ARN: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/math-a1b2c3d4e5',
      UPSTREAM_MATH_EU_AUTH: 'iam',
    };
    world.runtimes.set(RUNTIME_ID, runtimeDocument({ environmentVariables }));
    await using aws = await startFakeAws(world);
    const { stdout } = await cli('status', [STACK], aws.environment);
    expect(stdout).toMatch(/upstream +crm {2}https:\/\/crm\.example\.com\/mcp\?…, bearer\n/);
    expect(stdout).toMatch(/upstream +math-eu {2}arn:aws:bedrock-agentcore:.*gateway\/math-a1b2c3d4e5, iam\n/);
    const json = (await cli('status', [STACK, '--json'], aws.environment)).json();
    expect(json).toMatchObject({
      upstreams: [
        { name: 'crm', auth: 'bearer' },
        { name: 'math-eu', auth: 'iam' },
      ],
    });
    expect(stdout + JSON.stringify(json)).not.toMatch(/hidden/i);
  });

  it('shows upstreams whose variables the stack put together, or left out', async () => {
    const environmentVariables = {
      UPSTREAMS: JSON.stringify({
        UPSTREAM_CRM_URL: 'https://crm.example.com/mcp',
        UPSTREAM_CRM_TOKEN_URL: 'https://id.example.com/token',
        UPSTREAM_CRM_AUTH: 'oauth',
      }),
      UPSTREAMS_2: JSON.stringify({ UPSTREAM_WIKI_URL: 'https://wiki.example.com/mcp' }),
      UPSTREAM_MATH_ARN: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/math-a1b2c3d4e5',
    };
    world.runtimes.set(RUNTIME_ID, runtimeDocument({ environmentVariables }));
    await using aws = await startFakeAws(world);
    const printed = await cli('status', [STACK, '--json'], aws.environment);
    expect(printed.json()).toMatchObject({
      upstreams: [{ name: 'math' }, { name: 'crm', auth: 'oauth' }, { name: 'wiki' }],
    });
  });

  it('reports the same as one JSON document, without the environment', async () => {
    await using aws = await startFakeAws(world);
    const printed = await cli('status', [STACK, '--json'], aws.environment);
    expect(printed.json()).toMatchObject({
      command: 'status',
      ok: true,
      runtime: { id: RUNTIME_ID, status: 'READY', version: '3', artifact: IMAGE },
      lastHour: { calls: 12, p95: 180 },
      lastErrors: [],
    });
    expect(printed.stdout).not.toContain('METRICS_NAMESPACE');
    expect(printed.stderr).toBe('');
  });

  it('ends with 1 if the runtime failed, and says why', async () => {
    world.runtimes.set(
      RUNTIME_ID,
      runtimeDocument({ status: 'UPDATE_FAILED', failureReason: 'the container did not start' }),
    );
    await using aws = await startFakeAws(world);
    const { code, stdout } = await cli('status', [STACK], aws.environment);
    expect(code).toBe(1);
    expect(stdout).toMatch(/UPDATE_FAILED[\s\S]*the container did not start/);
  });

  it('shows an endpoint that is being updated to another version as not ready', async () => {
    world.endpoints.push({ name: 'stable', status: 'UPDATING', liveVersion: '2', targetVersion: '3' });
    await using aws = await startFakeAws(world);
    const { code, stdout } = await cli('status', [STACK], aws.environment);
    expect(code).toBe(1);
    expect(stdout).toMatch(/stable UPDATING, version 2, on its way to 3/);
  });

  it('still shows the state if figures and log may not be read, and names the missing permission', async () => {
    world.denied.push('GetMetricData', 'FilterLogEvents');
    await using aws = await startFakeAws(world);
    const { code, stdout } = await cli('status', [STACK], aws.environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/they need cloudwatch:GetMetricData/);
    expect(stdout).toMatch(/they need logs:FilterLogEvents/);
  });

  it('treats a missing log group as one without errors', async () => {
    world.logGroups.clear();
    await using aws = await startFakeAws(world);
    expect((await cli('status', [STACK], aws.environment)).stdout).toMatch(/errors +none in the last 24 hours/);
  });

  it.each([
    [
      ['nothing-here'],
      2,
      /there is no stack nothing-here in this account: deploy it with "npm run deploy -- nothing-here", or name its region/,
    ],
    [['prod_orders'], 2, /the stack of prod_orders is called prod-orders/],
    [[STACK, '--region', 'mars'], 2, /--region: expected an AWS region such as eu-west-1, got "mars"/],
    [[STACK, '--region', 'us-east-1'], 2, /there is no stack prod-orders in us-east-1/],
    [[], 2, /expected the NAME of a deployment, got none[\s\S]*usage: npm run status/],
    [[STACK, '--watch'], 2, /Unknown option '--watch'\n\nusage: npm run status/],
  ])('explains in a line, without a stack, what is wrong with %j', async (args, exit, message) => {
    await using aws = await startFakeAws(world);
    const { code, stderr } = await cli('status', args, aws.environment);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(code).toBe(exit);
  });

  it.each([
    [
      'without credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      /no AWS credentials were found: set AWS_PROFILE/,
    ],
    [
      'with wrong ones',
      { AWS_SECRET_ACCESS_KEY: 'another' },
      /AWS doesn't accept these credentials \(InvalidSignatureException\)/,
    ],
    [
      'with unknown ones',
      { AWS_ACCESS_KEY_ID: 'AKIDELSE' },
      /AWS doesn't accept these credentials \(UnrecognizedClientException\)/,
    ],
    ['without a connection', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, /no connection \(ECONNREFUSED\)/],
  ])('ends with 3 and says what to do %s', async (_how, environment, message) => {
    await using aws = await startFakeAws(world);
    const printed = await cli('status', [STACK, '--json'], { ...aws.environment, ...environment });
    expect(printed.json()).toMatchObject({ ok: false, exitCode: 3, error: expect.stringMatching(message) as unknown });
    expect(printed.code).toBe(3);
  });

  it.each([
    [
      'is in another account than the deployments file says',
      [
        {
          name: 'orders',
          stage: 'prod',
          account: '444455556666',
          region: 'eu-west-1',
          upstream: { url: 'https://mcp.example.com/mcp' },
        },
      ],
      () => {},
      /puts this stack into account 444455556666, but these credentials are for 111122223333/,
    ],
    [
      'has never been deployed completely',
      [],
      (there: World) => void (there.stacks[0] = { ...stackOf(there), status: 'ROLLBACK_COMPLETE', outputs: {} }),
      /has no output RuntimeArn: its state is ROLLBACK_COMPLETE/,
    ],
    [
      'holds something else',
      [],
      (there: World) => void (there.stacks[0] = { ...stackOf(there), outputs: { BucketName: 'b' } }),
      /has no output RuntimeArn: it holds no McpProxy/,
    ],
  ])('says so if the stack %s', async (_what, deployments, change, message) => {
    change(world);
    await using aws = await startFakeAws(world);
    await using home = await startHome(deployments);
    const { code, stderr } = await cli('status', [STACK, '--deployments', home.file], aws.environment);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('finds the region in the deployments file', async () => {
    await using aws = await startFakeAws(world);
    await using home = await startHome([ORDERS]);
    const { code } = await cli('status', [STACK, '--deployments', home.file], {
      ...aws.environment,
      AWS_REGION: 'us-east-1',
    });
    expect(code).toBe(0);
  });

  it('makes only read requests', async () => {
    await using aws = await startFakeAws(world);
    await cli('status', [STACK], aws.environment);
    expect(aws.calls.filter((call) => !/ (Describe|Get|List|Filter)/.test(call))).toEqual([]);
    expect(aws.calls.length).toBeGreaterThan(4);
  });
});

function stackOf({ stacks: [stack] }: World): StackThere {
  if (stack === undefined) throw new Error('expected a stack');
  return stack;
}
