/** Many processes, one table: what all of them permit together. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { RateLimitOptions } from '../../../proxy/controls/rate-limit/options.ts';
import { environmentOf, startDynamo, TABLE_ARN } from './dynamo.ts';

const run = promisify(execFile);
const PROCESSES = 4;
const DAY = 86_400;

async function permitted(url: string, options: RateLimitOptions, calls: number, block: number): Promise<number> {
  const argument = JSON.stringify({ arn: TABLE_ARN, options, calls, block });
  const ran = await Promise.all(
    Array.from({ length: PROCESSES }, () =>
      run(process.execPath, [join(import.meta.dirname, 'instance.ts'), argument], {
        env: { ...process.env, ...environmentOf(url) },
      }),
    ),
  );
  return ran.reduce((sum, { stdout }) => sum + Number(stdout), 0);
}

test('a limit per caller is met to the unit', { timeout: 60_000 }, async () => {
  await using dynamo = await startDynamo();
  expect(await permitted(dynamo.url, { limits: [{ most: 50, seconds: DAY }] }, 40, 1)).toBe(50);
  // One a call, and those that failed: on what others had written meanwhile, or since nothing was left.
  expect(dynamo.writes()).toBeLessThanOrEqual(50 + (dynamo.counts.get('Failed') ?? 0));
  // Each of the five that a process has under way: no item yet, somebody else made it, nothing left.
  expect(dynamo.counts.get('Failed')).toBeLessThanOrEqual(PROCESSES * 5 * 3);
});

test('a limit of all is never exceeded, with a write for every few calls', { timeout: 60_000 }, async () => {
  await using dynamo = await startDynamo();
  const block = 10;
  const count = await permitted(dynamo.url, { limits: [{ most: 200, seconds: DAY, of: 'upstream' }] }, 100, block);
  expect(count).toBeLessThanOrEqual(200);
  expect(count).toBeGreaterThanOrEqual(200 - PROCESSES * block);
  expect(dynamo.writes()).toBeLessThan(100);
});
