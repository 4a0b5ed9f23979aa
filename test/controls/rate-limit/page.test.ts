/** The code in docs/control-rate-limit.md compiles, and its config is one that a proxy starts with. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { fixed } from '../../../proxy/caller.ts';
import type { ProxyConfig } from '../../../proxy/config.ts';
import { readBlocks, type Written, writeBlocks } from '../../docs/blocks.ts';
import { startTestProxy } from '../../../testing/index.ts';
import { startDynamo, TABLE_ARN } from './dynamo.ts';

const run = promisify(execFile);
let written: Written;
beforeAll(async () => {
  written = await writeBlocks(await readBlocks(['docs/control-rate-limit.md']));
});
afterAll(() => written[Symbol.asyncDispose]());

test('the blocks compile with the settings of the project', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', written.folder]).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});

test('the config limits what it says it limits', async () => {
  // No window may turn meanwhile.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  onTestFinished(() => void vi.useRealTimers());
  await using dynamo = await startDynamo();
  const { default: config } = (await import(join(written.folder, 'limits.config.ts'))) as { readonly default: ProxyConfig };
  await using proxy = await startTestProxy({ ...config, caller: fixed({ sub: 'ann' }) }, { bindings: { RATE_LIMITS: TABLE_ARN } });
  const statuses: number[] = [];
  for (const name of [...Array<string>(6).fill('send_email'), 'export_all', ...Array<string>(6).fill('report_x')]) statuses.push((await proxy.request('tools/call', { name, arguments: {} })).status);
  // Five mails; an export; five reports of ten units each, since 60 units are a minute's.
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 200, 200, 200, 200, 200, 200, 429]);
  expect(dynamo.writes()).toBeGreaterThan(0);
});
