/** The files next to the bundle: a digest of what the team wrote, an SBOM, and licence texts. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProxy } from '../../bin/bundle.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'papers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Builds a config of two files and returns the digest that `--describe` prints. */
async function digestOf(
  name: string,
  {
    config = CONFIG,
    control = CONTROL,
    policy = POLICY,
    others = {},
  }: {
    readonly config?: string;
    readonly control?: string;
    readonly policy?: string;
    readonly others?: Readonly<Record<string, string>>;
  } = {},
): Promise<unknown> {
  const place = join(folder, name);
  await mkdir(join(place, 'own'), { recursive: true });
  await writeFile(join(place, 'proxy.config.ts'), config);
  await writeFile(join(place, 'own/quiet.ts'), control);
  await writeFile(join(place, 'own/policy.cedar'), policy);
  for (const [file, text] of Object.entries(others)) await writeFile(join(place, file), text);
  await buildProxy({ config: join(place, 'proxy.config.ts'), out: join(place, 'out') });
  const { stdout } = await promisify(execFile)(process.execPath, [join(place, 'out/main.mjs'), '--describe'], {
    env: {},
  });
  const described: unknown = JSON.parse(stdout);
  return typeof described === 'object' && described !== null && 'digests' in described ? described.digests : undefined;
}

const CONFIG = `import { defineProxy } from 'agentcore-mcp-proxy';
import { quiet } from './own/quiet.ts';
export default defineProxy({ controls: [quiet] });
`;
const CONTROL = `import { defineControl } from 'agentcore-mcp-proxy';
import policy from './policy.cedar';
export const quiet = defineControl({ name: 'quiet', replies: 'ignores', setup: () => ({ otherwise: policy.includes('permit') ? 'pass' : 'deny' }) });
`;
const POLICY = 'permit (principal, action, resource);\n';

describe('the digest of a config', () => {
  let first: unknown;
  beforeAll(async () => {
    first = await digestOf('first');
  });

  it('is printed by --describe, and is the same for the same files elsewhere', async () => {
    expect(first).toEqual({ config: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(await digestOf('somewhere/else')).toEqual(first);
  });

  it('changes if two files that it imports swap places', async () => {
    const config = `import { defineProxy } from 'agentcore-mcp-proxy';\nimport { quiet } from './own/quiet.ts';\nimport { quiet as other } from './own/other.ts';\nvoid other;\nexport default defineProxy({ controls: [quiet] });\n`;
    const lax = CONTROL.replace("'pass' : 'deny'", "'pass' : 'pass'");
    const strict = await digestOf('strict', { config, others: { 'own/other.ts': lax } });
    expect(await digestOf('lax', { config, control: lax, others: { 'own/other.ts': CONTROL } })).not.toEqual(strict);
  });

  it.each([
    ['the config', { config: CONFIG.replace('controls:', 'limits: {}, controls:') }],
    ['a control that it imports', { control: CONTROL.replace("'pass' : 'deny'", "'deny' : 'pass'") }],
    ['a policy that the control imports', { policy: 'forbid (principal, action, resource);\n' }],
  ])('changes if %s changed', async (what, changed) => {
    expect(await digestOf(what.replaceAll(' ', '-'), changed)).not.toEqual(first);
  });
});

describe('a build with every kind of library', () => {
  const out = () => join(folder, 'full/out');
  beforeAll(async () => {
    await mkdir(join(folder, 'full'));
    await cp(join(import.meta.dirname, 'papers.config.ts'), join(folder, 'full/proxy.config.ts'));
    await buildProxy({ config: join(folder, 'full/proxy.config.ts'), out: out() });
  });

  it('has an SBOM that names each package once, with its version, licence and purl, as package-lock.json has them', async () => {
    const sbom = JSON.parse(await readFile(join(out(), 'sbom.cdx.json'), 'utf8')) as {
      readonly bomFormat: string;
      readonly specVersion: string;
      readonly components: readonly {
        readonly name: string;
        readonly version: string;
        readonly purl: string;
        readonly licenses: readonly unknown[];
      }[];
      readonly dependencies: readonly { readonly dependsOn: readonly string[] }[];
    };
    const { packages } = JSON.parse(await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly version?: string; readonly license?: string }>>;
    };
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const names = sbom.components.map(({ name }) => name);
    for (const expected of [
      '@cedar-policy/cedar-wasm',
      're2js',
      'jose',
      'oauth4webapi',
      'libphonenumber-js',
      '@aws-sdk/client-dynamodb',
      '@smithy/signature-v4',
    ])
      expect(names).toContain(expected);
    for (const { name, version, purl, licenses } of sbom.components) {
      const locked = Object.entries(packages).filter(
        ([path, found]) => path.endsWith(`node_modules/${name}`) && found.version === version,
      );
      expect(locked.length, `${name}@${version} in the lock`).toBeGreaterThan(0);
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
      expect(JSON.stringify(licenses), name).toContain(locked[0]?.[1].license ?? 'no licence');
    }
    expect(new Set(sbom.components.map(({ purl }) => purl)).size).toBe(sbom.components.length);
    expect(sbom.dependencies[0]?.dependsOn).toEqual(sbom.components.map(({ purl }) => purl));
  });

  it('has the licence text of each of them', async () => {
    const text = await readFile(join(out(), 'LICENSES.txt'), 'utf8');
    const { components } = JSON.parse(await readFile(join(out(), 'sbom.cdx.json'), 'utf8')) as {
      readonly components: readonly { readonly name: string; readonly version: string }[];
    };
    for (const { name, version } of components) expect(text).toContain(`\n${name}@${version} (`);
    expect(text).toMatch(/^agentcore-mcp-proxy@\d/);
    expect(text).toContain('Apache License');
    expect(text).not.toContain('holds no text');
  });

  it('names only libraries that are in it', async () => {
    const text = await readFile(join(out(), 'sbom.cdx.json'), 'utf8');
    for (const absent of ['aws-cdk-lib', 'esbuild', 'vitest', 'typescript', 'fast-check'])
      expect(text).not.toContain(`"name": "${absent}"`);
    expect((await readdir(out())).some((name) => name.endsWith('.wasm'))).toBe(true);
  });
});

it('a build without them names fewer, and is the same when repeated', async () => {
  const config = join(folder, 'small.config.ts');
  await writeFile(
    config,
    "import { defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: [] });\n",
  );
  const read = async (name: string): Promise<string> => {
    await buildProxy({ config, out: join(folder, name) });
    return readFile(join(folder, name, 'sbom.cdx.json'), 'utf8');
  };
  const small = await read('small');
  expect(small).not.toContain('cedar');
  expect(await read('again')).toBe(small);
});
