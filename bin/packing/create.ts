/** Builds the package `create-agentcore-mcp-proxy`, before npm packs it. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../lib/root.ts';
import { LEAST } from '../own-node.mjs';
import { pins } from '../pins.ts';

const OUT = join(ROOT, 'create/dist');

/** Runs before the rest is parsed for what an old Node lacks. */
const NEEDS_NODE = `#!/usr/bin/env node
var got = process.versions.node.split('.').map(Number);
if (got[0] < ${LEAST[0]} || (got[0] === ${LEAST[0]} && got[1] < ${LEAST[1]})) {
  console.error('create-agentcore-mcp-proxy needs Node ${LEAST.join('.')} or later, got ' + process.versions.node + ': install Node 26 (https://nodejs.org)');
  process.exit(1);
}`;

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await build({
  entryPoints: [join(ROOT, 'create/create.ts')],
  outfile: join(OUT, 'create.cjs'),
  bundle: true,
  format: 'cjs',
  platform: 'node',
  // Syntax that older versions can read, so that they get as far as the message.
  target: 'node14',
  define: { 'import.meta.dirname': '__dirname' },
  banner: { js: NEEDS_NODE },
  logLevel: 'warning',
});
cpSync(join(ROOT, 'template'), join(OUT, 'template'), { recursive: true });
cpSync(join(ROOT, 'cdk.json'), join(OUT, 'cdk.json'));
writeFileSync(join(OUT, 'pins.json'), `${JSON.stringify(pins(), null, 2)}\n`);
