/** Fills `dist/package/`: JavaScript, declarations of what may be imported, and the files that they read. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePage } from '../../console/server/bundle-page.ts';
import { ROOT } from '../../lib/root.ts';
import { pins } from '../pins.ts';

const OUT = join(ROOT, 'dist/package');

/** Files that are read, not imported. */
const READ = [
  'proxy/Dockerfile',
  'lib/deployment/sample-calculator',
  'bin/cli/agentcore-mcp-proxy.cjs',
  'bin/cli/begin.cjs',
  'template',
  'cdk.json',
] as const;

/** Folders that nobody imports from. */
const WITHOUT_TYPES = ['bin', 'console', 'local', 'traffic'] as const;

export async function writeContents(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.package.json')],
    { stdio: 'inherit' },
  );
  for (const folder of WITHOUT_TYPES)
    for (const name of readdirSync(join(OUT, folder), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.d.ts')) rmSync(join(OUT, folder, name));
  for (const path of READ) cpSync(join(ROOT, path), join(OUT, path), { recursive: true });
  const page = join(OUT, 'console/page');
  mkdirSync(page, { recursive: true });
  for (const [name, body] of await bundlePage(join(ROOT, 'console/page'))) writeFileSync(join(page, name), body);
  writeFileSync(join(OUT, 'pins.json'), `${JSON.stringify(pins(), null, 2)}\n`);
}
