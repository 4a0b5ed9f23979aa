/** The code in docs/control-rate-limit.md compiles, and a proxy starts with its config. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { startTestProxy } from '../../../testing/index.ts';
import { usePages } from '../../docs/page.ts';
import { startDynamo, TABLE_ARN } from './dynamo.ts';

const page = usePages(['docs/control-rate-limit.md'], ['limits.config.ts']);

test('the config limits what the page says', async () => {
  // No new window may start during the test.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
  await using dynamo = await startDynamo();
  const config = await page.load('limits.config.ts');
  await using proxy = await startTestProxy(
    { ...config, caller: fixed({ sub: 'ann' }) },
    { bindings: { RATE_LIMITS: TABLE_ARN } },
  );
  const statuses: number[] = [];
  for (const name of [...Array<string>(6).fill('send_email'), 'export_all', ...Array<string>(6).fill('report_x')])
    statuses.push((await proxy.request('tools/call', { name, arguments: {} })).status);
  // Five mails; an export; five reports of ten units each, because the limit is 60 units per minute.
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 200, 200, 200, 200, 200, 200, 429]);
  expect(dynamo.writes()).toBeGreaterThan(0);
});
