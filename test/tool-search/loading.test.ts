/** What a proxy without search loads, in a separate process. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** The files of the room that a proxy with this config has loaded. */
async function loadedBy(search: boolean): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { startProxy } = await import(${JSON.stringify(join(ROOT, 'proxy/start-proxy.ts'))});
    const config = { controls: [], search: ${search} };
    const proxy = await startProxy(config, { HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: 'http://127.0.0.1:1/mcp' });
    await proxy.close(0);
    console.log(JSON.stringify(loaded));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const urls = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as string[];
  return urls.flatMap((url) => /\/proxy\/tool-search\/([\w-]+\.ts)$/.exec(url)?.[1] ?? []).toSorted();
}

it('loads only the bounds of its options if search is off', async () => {
  expect(await loadedBy(false)).toEqual(['settings.ts']);
  expect(await loadedBy(true)).toContain('ranker.ts');
});
