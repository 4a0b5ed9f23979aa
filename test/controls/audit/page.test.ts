/** The code in docs/control-audit.md compiles, and its config is one that a proxy starts with. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { fixed } from '../../../proxy/caller.ts';
import type { ProxyConfig } from '../../../proxy/config.ts';
import { readBlocks, type Written, writeBlocks } from '../../docs/blocks.ts';
import { startTestProxy } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { ocsfFaults } from './formats.ts';

const run = promisify(execFile);
let written: Written;
beforeAll(async () => {
  written = await writeBlocks(await readBlocks(['docs/control-audit.md']));
});
afterAll(() => written[Symbol.asyncDispose]());

test('the blocks compile with the settings of the project', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', written.folder]).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});

test('the config writes what it says it writes', async () => {
  const { default: config } = (await import(join(written.folder, 'audit.config.ts'))) as { readonly default: ProxyConfig };
  process.env['TEST_AUDIT_KEYS'] = JSON.stringify({ current: 'k1', keys: { k1: 'a'.repeat(43) } });
  const lines = new Lines();
  lines.start();
  try {
    await using proxy = await startTestProxy({ ...config, caller: fixed({ sub: 'ann' }) }, { bindings: { AUDIT_KEYS: 'env:TEST_AUDIT_KEYS' } });
    await proxy.request('tools/call', { name: 'x', arguments: { customerId: 'C-1', order: { email: 'mara@example.com' } } });
    await lines.find((line) => line['class_uid'] === 6003 && line['status_id'] === 1);
  } finally {
    lines.stop();
    delete process.env['TEST_AUDIT_KEYS'];
  }
  const events = lines.all.filter((line) => line['class_uid'] !== undefined);
  expect(events.flatMap(ocsfFaults)).toEqual([]);
  const prints = { customerId: expect.stringMatching(/^k1\./), 'order.email': expect.stringMatching(/^k1\./) };
  expect(events.filter(({ unmapped }) => (unmapped as { fingerprints?: unknown }).fingerprints !== undefined)).toMatchObject([{ status_detail: 'forwarded', unmapped: { fingerprints: prints } }, { status_detail: 'ok', unmapped: { fingerprints: prints } }]);
  expect(lines.text).not.toMatch(/mara|C-1|"ann"/);
});
