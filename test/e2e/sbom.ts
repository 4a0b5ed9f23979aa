/** Checks the SBOM in the image against CycloneDX's own schema, which is in its npm library. */
import { globSync, readFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { runCommand } from './container/run-command.ts';

const LIBRARY = '@cyclonedx/cyclonedx-library@10.3.0';

/** @returns what was checked, or why it wasn't; throws if an SBOM has errors */
export async function checkSboms(assembly: string, scratch: string): Promise<string> {
  const sboms = globSync('asset.*/proxy/sbom.cdx.json', { cwd: assembly });
  if (sboms.length === 0) throw new Error(`expected an SBOM in the image of ${assembly}, found none`);
  const folder = join(scratch, 'cyclonedx');
  mkdirSync(folder, { recursive: true });
  let packed: string;
  try {
    packed = await runCommand('npm', ['pack', '--silent', LIBRARY], { cwd: folder });
  } catch (error) {
    return `skipped: ${LIBRARY} can't be installed (${(error instanceof Error ? error.message : String(error)).slice(0, 120)})`;
  }
  await runCommand('tar', [
    '--extract',
    '--gzip',
    '--file',
    join(folder, packed.trim().split('\n').at(-1) ?? ''),
    '--directory',
    folder,
  ]);
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(folder, `package/res/schema/${name}.SNAPSHOT.schema.json`), 'utf8')) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema({ ...schema(name), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
  const holds = ajv.compile(schema('bom-1.6'));
  for (const name of sboms) {
    if (!holds(JSON.parse(readFileSync(join(assembly, name), 'utf8'))))
      throw new Error(`${name}: ${ajv.errorsText(holds.errors)}`);
  }
  return `${sboms.length} by ${LIBRARY}`;
}
