/**
 * What the processes of one run share: a temporary folder, gone at its end (workers are ended without a chance to clear
 * up themselves); in it, what Node has compiled, and the builds of the shipped config.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { complaintsOf } from './later-types.mjs';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'agentcore-mcp-proxy-tests-'));
  process.env['TMPDIR'] = folder;
  // Node finds its entries by the text of each module.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  const shared = join(folder, 'builds');
  process.env['TEST_SHARED_BUILDS'] = shared;
  // The type checker and the bundler are Go programs that end after a second, so collecting their garbage is useless.
  process.env['GOGC'] = 'off';
  process.env['GOMEMLIMIT'] = '1GiB';
  // CDK's validation of each template takes longer than the rest of a synth. Tests of its findings turn it on.
  process.env['CDK_VALIDATION'] = 'false';
  const hook = pathToFileURL(join(import.meta.dirname, 'shared-builds.mjs')).href;
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${hook}`.trim();
  return () => {
    const complaints = complaintsOf(shared);
    if (complaints !== '') {
      console.error(`configs that tests wrote don't type-check:\n${complaints}`);
      process.exitCode = 1;
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
