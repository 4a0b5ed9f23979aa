/** Who may use what, and what changed since a lock was written. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockOfOffered, lockText } from '../../bin/tools/lock-file.ts';
import type { Drift, Matrix } from '../../console/catalogue/catalogued.ts';
import { offeredBy } from '../../console/catalogue/offered.ts';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import { accessPolicy, allow, deny } from '../../proxy/controls/index.ts';
import { defineProxy, fixed, header, type ProxyConfig } from '../../proxy/index.ts';
import { startWatched, type Watched, type WatchedOptions } from './consoles.ts';

let calculator: Listening;

beforeAll(async () => {
  calculator = await startCalculator();
});

afterAll(() => calculator.close());

async function ask<T>(watched: Watched, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${watched.key}`, 'content-type': 'application/json' };
  const response = await fetch(`${watched.origin}${path}`, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function during<T>(config: ProxyConfig, options: WatchedOptions, path: string): Promise<T> {
  await using watched = await startWatched(config, calculator.url, options);
  return await ask<T>(watched, path);
}

const cell = (matrix: Matrix, name: string, caller: string): unknown =>
  matrix.rows.find((row) => row.name === name)?.cells[matrix.callers.indexOf(caller)];

describe('the matrix', () => {
  const byAmount = `@id("small") permit (principal in Group::"clerks", action == Action::"tools/call", resource == Tool::"multiply")
    when { context.arguments has a && context.arguments.a <= 10 };`;
  const policy = accessPolicy({
    policies: [
      allow({ group: 'support', tools: ['*'], prompts: ['*'] }),
      deny({ group: 'support', tools: ['divide'] }),
      byAmount,
    ],
  });
  const callers = { ann: { sub: 'ann', groups: ['support'] }, kim: { sub: 'kim', groups: ['clerks'] } };

  it('says for each caller what the policy decides, by which rule, and what is shown', async () => {
    const matrix = await during<Matrix>(
      defineProxy({ controls: [policy], caller: header('x-user') }),
      { callers },
      '/api/matrix',
    );
    expect(matrix).toMatchObject({ callers: ['ann', 'kim'], hasPolicy: true, notes: [] });
    expect(cell(matrix, 'add', 'ann')).toEqual({ isShown: true, verdict: 'allow', rules: ['policies[0].tools'] });
    expect(cell(matrix, 'divide', 'ann')).toEqual({ isShown: false, verdict: 'deny', rules: ['policies[1].tools'] });
    expect(cell(matrix, 'add', 'kim')).toEqual({ isShown: false, verdict: 'deny', rules: [] });
    expect(cell(matrix, 'multiply', 'kim')).toMatchObject({ isShown: true, verdict: 'undecidable', rules: ['small'] });
    expect(cell(matrix, 'explain_calculation', 'ann')).toMatchObject({ isShown: true, verdict: 'allow' });
  });

  it('has the caller of --caller, and works without a policy', async () => {
    const config = defineProxy({ controls: [policy], caller: fixed({ sub: 'zoe', groups: ['support'] }) });
    const matrix = await during<Matrix>(config, { callers }, '/api/matrix');
    expect(matrix.callers).toEqual(['--caller', 'ann', 'kim']);
    expect(cell(matrix, 'add', '--caller')).toMatchObject({ isShown: true, verdict: 'allow' });
    const bare = await during<Matrix>(defineProxy({ controls: [] }), {}, '/api/matrix');
    expect(bare).toMatchObject({ callers: ['anyone'], hasPolicy: false });
    expect(cell(bare, 'add', 'anyone')).toEqual({ isShown: true, rules: [] });
  });
});

describe('drift', () => {
  it('is what changed, with its members; none without a lock', async () => {
    const config = defineProxy({ controls: [] });
    expect(await during<Drift>(config, {}, '/api/drift')).toEqual({ changes: [], notes: [] });
    const folder = await mkdtemp(join(tmpdir(), 'console-lock-'));
    try {
      const lockFile = join(folder, 'tools.lock.json');
      const lock = lockOfOffered(await offeredBy(config, { UPSTREAM_URL: calculator.url }));
      await writeFile(lockFile, lockText(lock));
      expect(await during<Drift>(config, { lockFile }, '/api/drift')).toMatchObject({
        lock: 'tools.lock.json',
        changes: [],
      });
      await writeFile(lockFile, lockText({ ...lock, tools: lock.tools.filter(({ name }) => name !== 'add') }));
      expect(await during<Drift>(config, { lockFile }, '/api/drift')).toMatchObject({
        changes: [{ what: 'added', kind: 'tool', name: 'add' }],
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
