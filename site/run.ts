/**
 * `npm run docs [-- --check]`: builds the documents as a site into `site/.vitepress/dist`, checks its links, search and themes, and serves it.
 *
 *   --check     without serving it
 *   --port N    where to serve it (default 4173)
 *
 * SITE_BASE: the path it is published under, such as /agentcore-mcp-proxy/. SITE_REPOSITORY: the repository's pages of files, such as
 * https://github.com/ORG/REPO/blob/main. Exit codes: 0 built, 1 not, 2 wrong options.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brokenLinks, missingParts } from './links.ts';
import { writePages } from './pages.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, port: { type: 'string', default: '4173' } },
});
const base = process.env['SITE_BASE'] ?? '/';

const vitepress = `${here}node_modules/vitepress/bin/vitepress.js`;
if (!existsSync(vitepress)) demand(spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' }));
const pages = await writePages(`${here}.pages`);
demand(run('build'));
const dist = `${here}.vitepress/dist`;
const broken = [...(await brokenLinks(dist, base)), ...(await missingParts(dist))];
for (const fault of broken) console.error(fault);
if (broken.length > 0) process.exit(1);
console.log(`${pages} pages, and every link has a target`);
if (!options.check) demand(run('preview', '--port', options.port, '--host', '127.0.0.1'));

function run(...args: readonly string[]): SpawnSyncReturns<Buffer> {
  const env = { ...process.env, SITE_BASE: base };
  return spawnSync(process.execPath, [vitepress, ...args], { cwd: here, stdio: 'inherit', env });
}

function demand({ status }: SpawnSyncReturns<Buffer>): void {
  if (status !== 0) process.exit(status ?? 1);
}
