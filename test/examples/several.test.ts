/** examples/several: one proxy before three servers, of which one is killed and started again. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

// Four processes and ten runs of the Inspector.
vi.setConfig({ testTimeout: 300_000 });

it('the example with several upstreams runs, and all its checks hold', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['examples/several/run.ts'], {
    cwd: ROOT,
    env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'] },
  });
  expect(stderr).toBe('');
  const [first, ...checks] = stdout.trim().split('\n');
  expect(first).toMatch(/^the proxy listens on http:/);
  for (const line of checks) expect(line).toMatch(/^ok {2}/);
  expect(checks).toContain('ok  once it is started again, its tools come back');
  expect(checks).toHaveLength(15);
});
