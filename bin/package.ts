/**
 * `npm pack`: compiles the package, since Node doesn't strip types under `node_modules`, and makes package.json name the
 * compiled files while the tarball is made. npm runs `prepare` before and `restore` after.
 */
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/root.ts';
import { writeContents } from './packing/contents.ts';
import { MANIFEST, packedManifest, readManifest } from './packing/manifest.ts';

const KEPT = join(ROOT, 'dist/package.json.kept');

switch (process.argv[2]) {
  case 'prepare':
    // An earlier run that was interrupted left its manifest behind.
    restore();
    await prepare();
    break;
  case 'restore':
    restore();
    break;
  default:
    console.error('usage: npm pack (which runs this before and after)');
    process.exitCode = 2;
}

async function prepare(): Promise<void> {
  const manifest = readManifest();
  await writeContents();
  copyFileSync(MANIFEST, KEPT);
  writeFileSync(MANIFEST, `${JSON.stringify(packedManifest(manifest), null, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}
