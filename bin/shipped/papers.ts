/** The files that describe the bundle, next to it: for `--describe`, for scanners, and for licences. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { VERSION } from '../../proxy/base/version.ts';
import { DIGESTS_FILE } from '../../proxy/config/digests.ts';
import { configDigest } from './config-digest.ts';
import { licencesOf } from './licences.ts';
import { packagesIn } from './packages.ts';
import { sbomOf } from './sbom.ts';

/** Writes them into the folder. The same config gives the same bytes. */
export async function writePapers(
  metafile: Metafile,
  config: string,
  folder: string,
): Promise<ReadonlyMap<string, number>> {
  const packages = packagesIn(metafile);
  const digest = await configDigest(metafile, config);
  const papers = new Map([
    [DIGESTS_FILE, `${JSON.stringify({ config: digest })}\n`],
    ['LICENSES.txt', licencesOf(packages, VERSION)],
    ['sbom.cdx.json', sbomOf(packages, { version: VERSION, config: digest })],
  ]);
  for (const [name, text] of papers) await writeFile(join(folder, name), text);
  return new Map([...papers].map(([name, text]) => [name, Buffer.byteLength(text)]));
}
