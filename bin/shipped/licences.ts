/** The licence texts of all bundled packages, in one file: each text once, below the packages that use it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../../lib/root.ts';
import type { Bundled } from './packages.ts';

const LINE = '-'.repeat(80);

export function licencesOf(packages: readonly Bundled[], version: string): string {
  const own = ownLicence();
  const holders = new Map<string, string[]>([[own, [`agentcore-mcp-proxy@${version} (Apache-2.0)`]]]);
  for (const { name, version: of, license, texts } of packages) {
    // Apache's text names no holder, so this repository's copy can be used for a package without one.
    const said = license === 'Apache-2.0' ? own : `(The package holds no text; its package.json says ${license}.)`;
    const shown = texts.length === 0 ? [said] : texts.map(({ text }) => text);
    for (const text of new Set(shown)) holders.set(text, [...(holders.get(text) ?? []), `${name}@${of} (${license})`]);
  }
  return [...holders].map(([text, names]) => `${names.join('\n')}\n${LINE}\n${text}\n`).join(`\n${LINE}\n`);
}

/** Next to the sources, or above the compiled files. */
function ownLicence(): string {
  for (let folder = ROOT; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'LICENSE');
    if (existsSync(file)) return readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
  }
  throw new Error(`expected a LICENSE at ${ROOT} or above, found none`);
}
