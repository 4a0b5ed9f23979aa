/** Runs checks of `npm run verify` against a deployment on loopback: the real proxy in a process, behind a platform's front end. */
import { expect, vi } from 'vitest';
import { liveChecks } from '../../bin/operator/live/checks.ts';
import { type Row, verify } from '../../bin/operator/verify.ts';
import { startFakeAws } from './fake-aws.ts';
import { ORDERS, startHome } from './home.ts';
import { type PlatformOptions, startPlatform } from './platform.ts';
import { oneProxy, STACK, type World } from './world.ts';

export const OBSERVED = { PROXY_NAME: 'prod_orders', METRICS_NAMESPACE: 'AgentCoreMcpProxy' };
const PATIENCE = { linesMs: 3_000, metricsMs: 600, stepMs: 200, streamMs: 1_500 };

export interface Setting {
  readonly platform?: Partial<PlatformOptions>;
  readonly upstream: string;
  readonly change?: (world: World) => void;
  /** The config of the stack's entry in the deployments file. @default - no entry */
  readonly config?: string;
}

/** Runs these checks against a deployment on loopback. */
export async function checked(
  only: readonly string[] | undefined,
  { platform: options, upstream, change, config }: Setting,
): Promise<ReadonlyMap<string, Row>> {
  await using platform = await startPlatform({
    ...options,
    environment: { UPSTREAM_URL: upstream, ...OBSERVED, ...options?.environment },
  });
  const world = { ...oneProxy(platform.origin), logs: platform.logs };
  world.metrics.set('AgentCoreMcpProxy Calls Sum', [7]);
  change?.(world);
  await using aws = await startFakeAws(world);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  let rows: readonly Row[] = [];
  const output = {
    json: true,
    line() {},
    progress() {},
    error() {},
    paint: (_colour: string, text: string) => text,
    result: (value: unknown) => void (rows = (value as { checks: readonly Row[] }).checks),
  };
  await using home = await startHome(config === undefined ? [] : [{ ...ORDERS, config }]);
  const code = await verify(STACK, { only, deployments: home.file }, output, liveChecks(PATIENCE));
  expect(code).toBe(rows.some(({ state }) => state === 'failed') ? 1 : 0);
  return new Map(rows.map((row) => [row.check, row]));
}
