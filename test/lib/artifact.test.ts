/** What is shipped: the built folder, identical for the same config, wherever the folder is. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFile, flat, runtimeOf, synth } from './synth.ts';

const SOURCE =
  "import { defineProxy } from 'agentcore-mcp-proxy';\nimport { audit } from 'agentcore-mcp-proxy/controls';\nexport default defineProxy({ controls: [audit()] });\n";

/** The asset manifest of an app with one proxy. */
function assetsOf(
  config: string,
  more: { readonly baseImage?: string; readonly baseImageDigest?: string; readonly artifact?: 'zip' } = {},
  context: Readonly<Record<string, string>> = {},
): {
  readonly folder: string;
  readonly hashes: readonly string[];
  readonly images: readonly Readonly<Record<string, unknown>>[];
} {
  const directory = synth({ config, ...more }, { context }).assembly();
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'Test.assets.json'), 'utf8'));
  const { dockerImages } = manifest as {
    dockerImages: Readonly<Record<string, { readonly source: Readonly<Record<string, unknown>> }>>;
  };
  return {
    folder: directory,
    hashes: Object.keys(dockerImages),
    images: Object.values(dockerImages).map(({ source }) => source),
  };
}

describe('the image', () => {
  const one = assetsOf(configFile('here', SOURCE));

  it('has the same hash for the same config in another folder, and a different one for a different config', () => {
    const same = assetsOf(configFile('somewhere/else/entirely', SOURCE));
    const other = assetsOf(configFile('other', SOURCE.replace('[audit()]', '[]')));
    expect(one.hashes).toHaveLength(1);
    expect(same.hashes).toEqual(one.hashes);
    expect(other.hashes).not.toEqual(one.hashes);
  });

  it('is built for arm64 from only the built folder and the Dockerfile, and its base can be changed', () => {
    const [source] = one.images;
    expect(source).toMatchObject({ platform: 'linux/arm64' });
    expect(source).not.toHaveProperty('dockerBuildArgs');
    const context = join(one.folder, String(source?.['directory']));
    expect(readdirSync(context).toSorted()).toEqual(['Dockerfile', 'proxy']);
    const files = readdirSync(join(context, 'proxy'));
    expect(files).toContain('main.mjs');
    expect(files.filter((name) => !/\.(?:mjs|wasm)$/.test(name)).toSorted()).toEqual([
      'LICENSES.txt',
      'digests.json',
      'sbom.cdx.json',
    ]);
    expect(assetsOf(configFile('here', SOURCE), { baseImage: 'registry.example.com/node:26' }).images).toMatchObject([
      { dockerBuildArgs: { BASE: 'registry.example.com/node:26' } },
    ]);
  });

  it('has a different hash for a different digest of its base, and the same one for the same digest', () => {
    const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
    const built = (more: Parameters<typeof assetsOf>[1]) => assetsOf(configFile('here', SOURCE), more);
    const first = built({ baseImageDigest: digest('a') });
    expect(first.images).toMatchObject([
      { dockerBuildArgs: { BASE: `public.ecr.aws/docker/library/node@${digest('a')}` } },
    ]);
    expect(built({ baseImageDigest: digest('a') }).hashes).toEqual(first.hashes);
    expect(built({ baseImageDigest: digest('b') }).hashes).not.toEqual(first.hashes);
    expect(one.hashes).not.toEqual(first.hashes);
    expect(
      built({ baseImage: 'registry.example.com:5000/node:26', baseImageDigest: digest('a') }).images,
    ).toMatchObject([{ dockerBuildArgs: { BASE: `registry.example.com:5000/node@${digest('a')}` } }]);
  });

  it('uses the digest that a pipeline looked up, unless the proxy sets a base or a digest', () => {
    const context = { 'agentcore-mcp-proxy:baseImageDigest': `sha256:${'c'.repeat(64)}` };
    const baseWith = (more: Parameters<typeof assetsOf>[1]): unknown =>
      assetsOf(configFile('here', SOURCE), more, context).images[0]?.['dockerBuildArgs'];
    expect(baseWith({})).toEqual({ BASE: `public.ecr.aws/docker/library/node@sha256:${'c'.repeat(64)}` });
    expect(baseWith({ baseImage: 'registry.example.com/node:26' })).toEqual({ BASE: 'registry.example.com/node:26' });
    expect(baseWith({ baseImageDigest: `sha256:${'d'.repeat(64)}` })).toEqual({
      BASE: `public.ecr.aws/docker/library/node@sha256:${'d'.repeat(64)}`,
    });
  });

  it('is readable by other users than its builder', () => {
    const context = join(one.folder, String(one.images[0]?.['directory']), 'proxy');
    for (const name of readdirSync(context)) expect(statSync(join(context, name)).mode & 0o444).toBe(0o444);
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync(join(import.meta.dirname, '../../proxy/Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('runs nothing at build time, so that no emulation is needed', () => {
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'ARG',
      'FROM',
      'WORKDIR',
      'COPY',
      'USER',
      'EXPOSE',
      'ENTRYPOINT',
      'HEALTHCHECK',
    ]);
  });

  it('starts Node directly, as an unprivileged user', () => {
    expect(lines).toContain('ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/main.mjs"]');
    expect(lines).toContain('USER 65532:65532');
  });
});

describe('the zip', () => {
  it("is the built folder on the platform's own Node", () => {
    const { template } = synth({ artifact: 'zip' });
    expect(flat(runtimeOf(template)['AgentRuntimeArtifact'])).toEqual({
      CodeConfiguration: {
        Code: {
          S3: {
            Bucket: 'cdk-hnb659fds-assets-123456789012-eu-west-1',
            Prefix: expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
          },
        },
        Runtime: 'NODE_22',
        EntryPoint: ['main.mjs'],
      },
    });
  });
});
