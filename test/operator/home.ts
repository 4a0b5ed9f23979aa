/**
 * A home folder for one test, with a deployments file in it, so that neither the CLI's caches nor this machine's
 * configuration affect the test.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT, REGION } from './world.ts';

export interface Home extends AsyncDisposable {
  readonly folder: string;
  /** The deployments file. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The deployment whose stack is `prod-orders`. */
export const ORDERS = {
  name: 'orders',
  stage: 'prod',
  account: ACCOUNT,
  region: REGION,
  upstream: { gatewayArn: `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/orders-a1b2c3d4e5` },
};

export async function startHome(deployments: readonly unknown[] = [ORDERS]): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'operator-home-'));
  const file = join(folder, 'deployments.json');
  await writeFile(file, JSON.stringify(deployments));
  return {
    folder,
    file,
    environment: {
      HOME: folder,
      CDK_HOME: folder,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      npm_config_cache: join(folder, 'npm'),
      npm_config_update_notifier: 'false',
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
