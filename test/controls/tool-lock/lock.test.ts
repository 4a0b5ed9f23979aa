/** The file is checked when the config is loaded: a proxy without a valid lock of its own upstreams doesn't start. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildProxy } from '../../../bin/bundle.ts';
import { typeFaults } from '../../../lib/type-check.ts';
import { settingsOf } from '../../../proxy/config/config.ts';
import { toolLock } from '../../../proxy/controls/tool-lock/index.ts';
import { writtenLock } from './written.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ADD = { name: 'add', description: 'Adds.', inputSchema: { type: 'object' } };
const LOCK = writtenLock({ tools: [ADD] });
const [ENTRY] = (LOCK as { readonly tools: readonly object[] }).tools;

describe('a lock of another upstream', () => {
  const faultsOf = (upstreams: Parameters<typeof settingsOf>[0]['upstreams']): string[] => {
    const faults: string[] = [];
    settingsOf({ controls: [toolLock({ lock: LOCK })], ...(upstreams === undefined ? {} : { upstreams }) }, faults);
    return faults;
  };

  test('is a fault of the config that names both', () => {
    expect(faultsOf(undefined)).toEqual([]);
    expect(faultsOf({ crm: {} })).toEqual([
      "control tool-lock: expected a lock of this config's upstreams, crm; got one of default: write it with npm run tools -- lock",
    ]);
    expect(faultsOf({ default: { prefix: true } })).toEqual([
      "control tool-lock: expected a lock of this config's upstreams, default (names begin with default___); got one of default: write it with npm run tools -- lock",
    ]);
  });
});

describe('a config that imports its lock', () => {
  let folder: string;
  const config = (): string => join(folder, 'proxy.config.ts');
  const digest = async (lock: object): Promise<unknown> => {
    await writeFile(join(folder, 'tools.lock.json'), JSON.stringify(lock, null, 2));
    await buildProxy({ config: config(), out: join(folder, 'out') });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'out/main.mjs'), '--describe']);
    return Object(JSON.parse(stdout))['digests'];
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-lock-'));
    await writeFile(
      config(),
      `import { defineProxy } from 'agentcore-mcp-proxy';
import { toolLock } from 'agentcore-mcp-proxy/controls';
import lock from './tools.lock.json' with { type: 'json' };
export default defineProxy({ controls: [toolLock({ lock })] });
`,
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('type-checks and builds, and its digest covers the lock', async () => {
    const one = await digest(LOCK);
    expect(typeFaults(config())).toEqual([]);
    const other = await digest(writtenLock({ tools: [{ ...ADD, description: 'Adds two.' }] }));
    expect([typeof Object(one)['config'], other]).toEqual(['string', expect.not.objectContaining(Object(one))]);
    expect(await digest(LOCK)).toEqual(one);
  });

  test('is not built without the lock, or with one that was changed by hand', async () => {
    await expect(digest({ ...LOCK, tools: [{ ...ENTRY, sha256: '0' }] })).rejects.toThrow(
      'lock.tools[0].sha256: expected the hash of the entry "add"',
    );
    await rm(join(folder, 'tools.lock.json'));
    await expect(buildProxy({ config: config(), out: join(folder, 'out') })).rejects.toThrow('tools.lock.json');
  });
});
