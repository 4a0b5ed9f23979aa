/** The code in docs/control-audit.md compiles, and a proxy starts with its config. */
import { expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { startTestProxy } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { usePages } from '../../docs/page.ts';
import { ocsfFaults } from './formats.ts';

const page = usePages(['docs/control-audit.md'], ['audit.config.ts']);

test('the config writes what the page says', async () => {
  const config = await page.load('audit.config.ts');
  process.env['TEST_AUDIT_KEYS'] = JSON.stringify({ current: 'k1', keys: { k1: 'a'.repeat(43) } });
  const lines = new Lines();
  lines.start();
  try {
    await using proxy = await startTestProxy(
      { ...config, caller: fixed({ sub: 'ann' }) },
      { bindings: { AUDIT_KEYS: 'env:TEST_AUDIT_KEYS' } },
    );
    await proxy.request('tools/call', {
      name: 'x',
      arguments: { customerId: 'C-1', order: { email: 'mara@example.com' } },
    });
    await lines.find((line) => line['class_uid'] === 6003 && line['status_id'] === 1);
  } finally {
    lines.stop();
    delete process.env['TEST_AUDIT_KEYS'];
  }
  const events = lines.all.filter((line) => line['class_uid'] !== undefined);
  expect(events.flatMap(ocsfFaults)).toEqual([]);
  const prints = { customerId: expect.stringMatching(/^k1\./), 'order.email': expect.stringMatching(/^k1\./) };
  expect(
    events.filter(({ unmapped }) => (unmapped as { fingerprints?: unknown }).fingerprints !== undefined),
  ).toMatchObject([
    { status_detail: 'forwarded', unmapped: { fingerprints: prints } },
    { status_detail: 'ok', unmapped: { fingerprints: prints } },
  ]);
  expect(lines.text).not.toMatch(/mara|C-1|"ann"/);
});
