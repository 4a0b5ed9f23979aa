/** What the page weighs, and that nothing of the console is in the image. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { buildProxy, ROOT } from '../../bin/bundle.ts';
import { pageFiles } from '../../console/server/page.ts';

const LIMIT = 200 * 1024;

it('the page takes at most 200 KB, compressed, and names no other host', async () => {
  const files = await pageFiles();
  const size = [...files.values()].reduce((sum, { body }) => sum + gzipSync(body).length, 0);
  expect(size).toBeLessThanOrEqual(LIMIT);
  for (const { body } of files.values())
    expect(String(body).match(/(?:src|href|import|url\()\s*=?\s*["'(]?https?:\/\/[^"')]*/g) ?? []).toEqual([]);
});

it('nothing of the console is in the image', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'no-console-'));
  try {
    const out = join(folder, 'out');
    await buildProxy({ config: join(ROOT, 'proxy.config.ts'), out, readable: true });
    const names = await readdir(out);
    expect(names).toContain('main.mjs');
    for (const name of names) {
      const text = await readFile(join(out, name), 'utf8');
      // The bundler names each source file before its code.
      expect(text).not.toMatch(/\/\/ console\/|\/\/ node_modules\/(?:preact|@preact|uplot|diff)\//);
      expect(text).not.toContain('console-key');
    }
    expect(await readFile(join(out, 'main.mjs'), 'utf8')).toMatch(/\/\/ proxy\//);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
