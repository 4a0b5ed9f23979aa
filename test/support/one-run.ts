/**
 * What the processes of one run share: a temporary folder, gone at its end (workers are ended without a chance to clear
 * up themselves); in it, what Node has compiled, and the builds of the shipped config.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'agentcore-mcp-proxy-tests-'));
  process.env['TMPDIR'] = folder;
  // Node finds its entries by the text of each module.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  process.env['TEST_SHARED_BUILDS'] = join(folder, 'builds');
  // The type checker and the bundler are Go programs that end after a second, so collecting their garbage is useless.
  process.env['GOGC'] = 'off';
  process.env['GOMEMLIMIT'] = '1GiB';
  // CDK's validation of each template takes longer than the rest of a synth. Tests of its findings turn it on.
  process.env['CDK_VALIDATION'] = 'false';
  const hook = pathToFileURL(join(import.meta.dirname, 'shared-builds.mjs')).href;
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${hook}`.trim();
  return () => rmSync(folder, { recursive: true, force: true });
}
