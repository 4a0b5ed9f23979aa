import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeAws as startWholeAws } from '../e2e/aws/server.ts';
import { cdkAgainst } from '../e2e/cdk.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { cli } from './cli.ts';
import { startFakeAws } from './fake-aws.ts';
import { ORDERS, startHome } from './home.ts';
import { ACCOUNT, emptyWorld, REGION } from './world.ts';

/** A deployment without an image, whose upstream need not be reachable from here. */
const INSIDE = {
  ...ORDERS,
  artifact: 'zip',
  removalPolicy: 'destroy',
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  },
};

describe('npm run deploy', () => {
  it("checks, deploys with the project's own CDK, and ends with what to try", async () => {
    await using aws = await startWholeAws({ account: ACCOUNT, region: REGION });
    await using home = await startHome([INSIDE, { ...INSIDE, name: 'tokens', inboundAuth: { newUserPool: {} } }]);
    const scratch = await mkdtemp(join(tmpdir(), 'operator-deploy-'));
    const environment = {
      ...home.environment,
      CDK_VALIDATION: 'true',
      PATH: process.env['PATH'] ?? '',
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: aws.account.user.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.account.user.secretAccessKey,
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    try {
      const bootstrapped = await cdkAgainst(aws, scratch, SHARED_ENVIRONMENT)(
        'bootstrap',
        `aws://${ACCOUNT}/${REGION}`,
        '-c',
        `deployments=${home.file}`,
      );
      expect(bootstrapped.output).toMatch(/bootstrapped/);
      const deployed = await cli(
        'deploy',
        ['prod-*', '--deployments', home.file, '--require-approval', 'never'],
        environment,
      );
      expect(deployed.stderr + deployed.stdout).toMatch(/prod-orders is deployed/);
      expect(deployed.code).toBe(0);
      expect(deployed.stdout).toMatch(/runtime +arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime\/prod_orders/);
      expect(deployed.stdout).toMatch(
        /invocation URL +https:\/\/bedrock-agentcore\.eu-west-1\.amazonaws\.com\/runtimes\/arn%3Aaws%3A/,
      );
      expect(deployed.stdout).toContain(`npm run agent -- prod-orders --list --deployments ${home.file}`);
      expect(deployed.stdout).toMatch(
        /callers +sign with SigV4; [\s\S]*prod-tokens is deployed[\s\S]*callers +bring a token from [\s\S]*your role needs cognito-idp:DescribeUserPoolClient on /,
      );

      const again = await cli(
        'deploy',
        ['prod-orders', '--deployments', home.file, '--json', '--require-approval', 'never'],
        environment,
      );
      expect(again.json()).toMatchObject({
        command: 'deploy',
        ok: true,
        stacks: [
          { name: 'prod-orders', inboundAuth: 'iam', runtimeArn: expect.stringContaining('prod_orders') as unknown },
        ],
      });
      expect(again.stderr).toMatch(/no changes/);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }, 300_000);

  it('deploys nothing if a check fails, and says which', async () => {
    const world = emptyWorld();
    world.parameters.clear();
    await using aws = await startFakeAws(world);
    await using home = await startHome([INSIDE]);
    const { code, stdout } = await cli('deploy', ['--deployments', home.file], {
      ...aws.environment,
      ...home.environment,
    });
    expect(stdout).toMatch(/failed {3}bootstrap +111122223333\/eu-west-1 is not bootstrapped/);
    expect(stdout).toMatch(/Nothing was deployed: fix what failed \(bootstrap\) and try again/);
    expect(code).toBe(1);
    expect(aws.calls.filter((call) => !/ (Get|List|Describe)/.test(call))).toEqual([]);
  });

  it('says what to add to an empty deployments file, or how to try the walk-through', async () => {
    await using home = await startHome([]);
    const { code, stderr } = await cli('deploy', ['--deployments', home.file], {
      PATH: process.env['PATH'] ?? '',
      ...home.environment,
    });
    expect(stderr).toMatch(
      /deployments\.json lists no deployments: add an entry, such as .*"npm run deploy -- sample"/,
    );
    expect(code).toBe(2);
  });

  it('asks for names if there are several stacks and none is named', async () => {
    await using aws = await startFakeAws(emptyWorld());
    await using home = await startHome([INSIDE, { ...INSIDE, name: 'crm' }]);
    const { code, stderr } = await cli('deploy', ['--deployments', home.file], {
      ...aws.environment,
      ...home.environment,
    });
    expect(stderr).toMatch(
      /expected the names of the stacks to deploy, or '\*' for all, got none; there are: prod-orders, prod-crm/,
    );
    expect(code).toBe(2);
  });

  it('shows its help without any check', async () => {
    const { code, stdout } = await cli('deploy', ['prod-a', '--help'], { PATH: process.env['PATH'] ?? '' });
    expect(stdout).toMatch(/^usage: npm run deploy -- /);
    expect(code).toBe(0);
  });
});
