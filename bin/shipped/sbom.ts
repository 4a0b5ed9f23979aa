/**
 * The contents of the built folder, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). Without time and serial
 * number, so that the same config gives the same file and the same image. Node and the system come from the base image,
 * which has its own SBOM.
 */
import type { Bundled } from './packages.ts';

export interface Subject {
  readonly version: string;
  /** `sha256:…` of the config. */
  readonly config: string;
}

export function sbomOf(packages: readonly Bundled[], { version, config }: Subject): string {
  const root = `pkg:npm/agentcore-mcp-proxy@${version}`;
  return `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: {
        component: {
          type: 'application',
          'bom-ref': root,
          name: 'agentcore-mcp-proxy',
          version,
          purl: root,
          licenses: [{ license: { id: 'Apache-2.0' } }],
          properties: [{ name: 'agentcore-mcp-proxy:config', value: config }],
        },
      },
      components: packages.map((bundled) => {
        const purl = purlOf(bundled);
        return {
          type: 'library',
          'bom-ref': purl,
          name: bundled.name,
          version: bundled.version,
          ...(bundled.description === undefined ? {} : { description: bundled.description }),
          licenses: [licenseOf(bundled.license)],
          purl,
        };
      }),
      dependencies: [{ ref: root, dependsOn: packages.map(purlOf) }],
    },
    null,
    1,
  )}\n`;
}

/**
 * https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md: the @ of a scope is encoded, its
 * slash is not.
 */
function purlOf({ name, version }: Bundled): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;
}

/** An SPDX identifier, an expression, or free text. */
function licenseOf(license: string): object {
  if (/^[A-Za-z0-9.-]+$/.test(license) && license !== 'UNLICENSED' && license !== 'NOASSERTION')
    return { license: { id: license } };
  if (/^[A-Za-z0-9.\-+() ]+$/.test(license) && / (?:AND|OR|WITH) /.test(license)) return { expression: license };
  return { license: { name: license } };
}
