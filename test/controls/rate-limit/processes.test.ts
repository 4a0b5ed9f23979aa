/** Many processes with one table: what they permit together. */
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

test('many processes permit exactly the units of a limit per caller', async () => {
  await using dynamo = await startDynamo();
  expect(await permitted(dynamo.url, { limits: [{ most: 50, seconds: DAY }] }, 40, 1)).toBe(50);
  // One write per call, and the failed ones: another process wrote meanwhile, or no unit was left.
  expect(dynamo.writes()).toBeLessThanOrEqual(50 + (dynamo.counts.get('Failed') ?? 0));
  // Each of a process's five concurrent calls may fail three times: no item yet, another process made it, no unit left.
  expect(dynamo.counts.get('Failed')).toBeLessThanOrEqual(PROCESSES * 5 * 3);
});

test('many processes never exceed a limit across callers, with one write for several calls', async () => {
  await using dynamo = await startDynamo();
  const block = 10;
  const count = await permitted(dynamo.url, { limits: [{ most: 200, seconds: DAY, of: 'upstream' }] }, 100, block);
  expect(count).toBeLessThanOrEqual(200);
  expect(count).toBeGreaterThanOrEqual(200 - PROCESSES * block);
  expect(dynamo.writes()).toBeLessThan(100);
});
