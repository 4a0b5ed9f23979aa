/** The proxy with the shipped config, built as for an image: it starts in a tenth of the time that its sources take. */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../lib/root.ts';
import { SHARED_ENVIRONMENT } from './shared-environment.ts';

let built: Promise<string> | undefined;

/** The path of its `main.mjs`. The files of one run share the build (`shared-builds.mjs`). */
export function shippedProxy(): Promise<string> {
  return (built ??= build());
}

async function build(): Promise<string> {
  // Removed with the run's temporary folder.
  const out = join(await mkdtemp(join(tmpdir(), 'shipped-proxy-')), 'proxy');
  await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'bin/build.ts'), '--config', join(ROOT, 'proxy.config.ts'), '--out', out],
    { env: { PATH: process.env['PATH'], ...SHARED_ENVIRONMENT } },
  );
  return join(out, 'main.mjs');
}
