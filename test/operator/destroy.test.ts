import { afterEach, describe, expect, it, vi } from 'vitest';
import { removeGroups } from '../../bin/operator/leftovers/log-groups.ts';
import { cli, type Printed } from './cli.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { type Home, startHome } from './home.ts';
import { LOG_GROUP, oneProxy, REGION, RUNTIME_ID, STACK, type World } from './world.ts';

const LAMBDA = `${STACK}-AWS679f53fac002430cb0da5b7982bd2287-Ab1Cd2Ef3Gh4`;
const TABLE = `${STACK}-Table-1A2B`;
const SECRET = `arn:aws:secretsmanager:${REGION}:111122223333:secret:ProxyKeyring-a1b2c3`;
const KEY = '0f1e2d3c-0000-4000-8000-000000000000';
const KEPT_LOGS = `${STACK}-AWS679f53fac002430cb0da5b7982bd2287LogGroup449FB7C2-x`;
const POOL = 'eu-west-1_Pool1';

/** A proxy with everything that its stack may keep, and log groups of its own and of others with similar names. */
function withEverything(): World {
  const world = oneProxy();
  const kept = (logicalId: string, type: string, physicalId: string) => ({
    logicalId,
    type,
    physicalId,
    status: 'CREATE_COMPLETE',
    retained: true,
  });
  world.stacks[0]?.resources.push(
    { logicalId: 'Provider', physicalId: LAMBDA, type: 'AWS::Lambda::Function', status: 'CREATE_COMPLETE' },
    kept('ProviderLogs', 'AWS::Logs::LogGroup', KEPT_LOGS),
    kept('Pool', 'AWS::Cognito::UserPool', POOL),
    kept('Key', 'AWS::KMS::Key', KEY),
    kept('Keyring', 'AWS::SecretsManager::Secret', SECRET),
    kept('Table', 'AWS::DynamoDB::Table', TABLE),
  );
  for (const group of [
    KEPT_LOGS,
    `/aws/bedrock-agentcore/runtimes/${RUNTIME_ID}-stable`,
    `/aws/lambda/${LAMBDA}`,
    `/aws/lambda/${LAMBDA}-of-another`,
    '/aws/bedrock-agentcore/runtimes/prod_orders_eu-z9Y8x7W6v5-DEFAULT',
  ])
    world.logGroups.set(group, 100);
  world.tables.set(TABLE, { protected: true });
  world.secrets.set(SECRET, false);
  world.keys.set(KEY, false);
  world.pools.set(POOL, { protected: true, clients: {} });
  return world;
}

async function destroyed(aws: FakeAws, home: Home, ...more: string[]): Promise<Printed> {
  return cli('destroy', [STACK, '--deployments', home.file, ...more], { ...aws.environment, ...home.environment });
}

const OTHERS = [
  `/aws/lambda/${LAMBDA}-of-another`,
  '/aws/bedrock-agentcore/runtimes/prod_orders_eu-z9Y8x7W6v5-DEFAULT',
];

afterEach(() => vi.unstubAllEnvs());

describe('npm run destroy', () => {
  it('destroys the stack with the CDK, removes only the logs that services made for it, keeps what holds data, and lists what it left', async () => {
    const world = withEverything();
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const { code, stdout, stderr } = await destroyed(aws, home, '--yes');
    expect(stderr + stdout).toMatch(/prod-orders is gone/);
    expect(code).toBe(0);
    expect(aws.calls).toContain('cloudformation DeleteStack');
    expect([...world.logGroups.keys()]).toEqual(OTHERS);
    expect([world.tables.size, world.secrets.get(SECRET), world.keys.get(KEY), world.pools.size]).toEqual([
      1,
      false,
      false,
      1,
    ]);
    expect(stdout).toContain(`removed  ${LOG_GROUP} (2 KB)`);
    for (const command of [
      `aws dynamodb delete-table --region ${REGION} --table-name ${TABLE}`,
      `aws secretsmanager delete-secret --region ${REGION} --secret-id ${SECRET}`,
      `aws kms schedule-key-deletion --region ${REGION} --key-id ${KEY}`,
      `aws cognito-idp delete-user-pool --region ${REGION} --user-pool-id ${POOL}`,
    ])
      expect(stdout).toContain(command);
    expect(stdout).toContain(`npm run cdk -- gc --unstable=gc aws://111122223333/${REGION}`);
  });

  it('also removes what holds data with --data: it lifts protection first, deletes the secret before its key, and reports it as JSON', async () => {
    const world = withEverything();
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const printed = await destroyed(aws, home, '--yes', '--data', '--json');
    expect(printed.json()).toMatchObject({
      ok: true,
      stacks: [
        {
          name: STACK,
          left: [],
          failures: [],
          removedData: [{ id: TABLE }, { id: SECRET }, { id: KEY }, { id: POOL }],
        },
      ],
    });
    expect([world.tables.size, world.secrets.get(SECRET), world.keys.get(KEY), world.pools.size]).toEqual([
      0,
      true,
      true,
      0,
    ]);
    expect(aws.calls.indexOf('secretsmanager DeleteSecret')).toBeLessThan(aws.calls.indexOf('kms ScheduleKeyDeletion'));
    expect(printed.code).toBe(0);
  });

  it('cleans up after a stack that is already gone, without the CDK', async () => {
    const world = gone(withEverything());
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const { code, stdout } = await destroyed(aws, home);
    expect(code).toBe(0);
    expect([...world.logGroups.keys()]).toEqual(OTHERS);
    expect(stdout).toContain(TABLE);
    expect(aws.calls).not.toContain('cloudformation DeleteStack');
  });

  it('does not list what was removed meanwhile', async () => {
    const world = gone(withEverything());
    world.tables.clear();
    world.secrets.set(SECRET, true);
    world.keys.clear();
    world.pools.clear();
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    expect((await destroyed(aws, home)).stdout).toMatch(
      /None of its own resources is left, as a listing just now shows/,
    );
  });

  it('if one removal lacks a permission, names it, removes the others, and ends with 1', async () => {
    const world = gone(withEverything());
    world.denied.push('ScheduleKeyDeletion');
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const { code, stdout } = await destroyed(aws, home, '--data');
    expect(stdout).toMatch(/failed {3}could not remove .*they need kms:ScheduleKeyDeletion/);
    expect(stdout).toMatch(/Left, because it holds data[\s\S]*a KMS key/);
    expect([world.tables.size, world.keys.get(KEY), world.pools.size]).toEqual([0, false, 0]);
    expect(code).toBe(1);
  });

  it('removes nothing else while the stack still exists, and says what kept it', async () => {
    const world = withEverything();
    world.stacks[0]?.resources.push({
      logicalId: 'Eni',
      physicalId: 'eni-1',
      type: 'AWS::EC2::SecurityGroup',
      status: 'DELETE_FAILED',
      reason: 'resource sg-1 has a dependent object',
    });
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const { code, stderr } = await destroyed(aws, home, '--yes');
    expect(stderr).toMatch(/cdk destroy ended with exit code 1: its output above says why. Nothing else was removed/);
    expect(world.logGroups.size).toBe(6);
    expect(code).toBe(1);
  });

  it.each([
    ['there is no terminal to ask on', [], STACK, /got none: add --yes/],
    ['JSON is requested without --yes', ['--json'], STACK, /got none: add --yes/],
  ])('destroys nothing if %s', async (_why, more, name, message) => {
    const world = withEverything();
    await using aws = await startFakeAws(world);
    await using home = await startHome();
    const { code, stdout, stderr } = await cli('destroy', [name, '--deployments', home.file, ...more], {
      ...aws.environment,
      ...home.environment,
    });
    expect(stdout + stderr).toMatch(message);
    expect(code).toBe(2);
    expect(world.logGroups.size).toBe(6);
    expect(aws.calls).not.toContain('cloudformation DeleteStack');
  });

  it('says how to go on if the deployments file no longer has such an entry', async () => {
    await using aws = await startFakeAws(withEverything());
    await using home = await startHome([]);
    const { code, stderr } = await destroyed(aws, home, '--yes');
    expect(stderr).toMatch(
      /prod-orders is deployed but not in .*deployments\.json.*put its entry back.*aws cloudformation delete-stack --region eu-west-1 --stack-name prod-orders/,
    );
    expect(code).toBe(2);
  });

  it('changes no stack in another account than the deployments file names', async () => {
    const world = withEverything();
    await using aws = await startFakeAws(world);
    await using home = await startHome([
      {
        name: 'orders',
        stage: 'prod',
        account: '444455556666',
        region: REGION,
        upstream: { url: 'https://mcp.example.com/mcp' },
      },
    ]);
    const { code, stderr } = await destroyed(aws, home, '--yes');
    expect(stderr).toMatch(/puts prod-orders into account 444455556666, but these credentials are for 111122223333/);
    expect(code).toBe(2);
    expect(aws.calls).toEqual(['cloudformation DescribeStacks']);
  });
});

it('deletes a log group again if a service recreated it for its last lines', async () => {
  const world = oneProxy();
  await using aws = await startFakeAws(world);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  let recreated = false;
  world.logGroups.delete = (name) => {
    const known = Map.prototype.delete.call(world.logGroups, name);
    // The service writes its last lines right after.
    if (!recreated) setImmediate(() => world.logGroups.set(LOG_GROUP, 1));
    recreated = true;
    return known;
  };
  const removed = await removeGroups([`/aws/bedrock-agentcore/runtimes/${RUNTIME_ID}-`], REGION, 100);
  expect(removed.map(({ name }) => name)).toEqual([LOG_GROUP]);
  expect(aws.calls.filter((call) => call === 'logs DeleteLogGroup')).toHaveLength(2);
  expect(world.logGroups.size).toBe(0);
});

function gone(world: World): World {
  for (const stack of world.stacks) {
    stack.status = 'DELETE_COMPLETE';
    for (const resource of stack.resources)
      resource.status = resource.retained === true ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE';
  }
  return world;
}
