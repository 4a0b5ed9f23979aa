/** The images in a registry, for the stand-ins that run them. */
import type { Account } from './account.ts';
import { AwsError } from './wire.ts';

/** The manifest of a tag; undefined if there is none. */
export function imageAt(account: Account, repository: string, tag: string): Buffer | undefined {
  const found = account.repositories.get(repository);
  const digest = found?.tags.get(tag);
  return digest === undefined ? undefined : found?.manifests.get(digest)?.body;
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

export function readManifest(body: Buffer): Manifest {
  const value: unknown = JSON.parse(body.toString('utf8'));
  const manifest = value as Partial<Manifest>;
  if (typeof manifest.config?.digest !== 'string' || !Array.isArray(manifest.layers))
    throw new AwsError('ImageManifestInvalid', 'expected a manifest with a config and layers');
  return { config: manifest.config, layers: manifest.layers };
}

/** The architecture in the image's configuration. */
export function architectureOf(account: Account, manifest: Buffer): string {
  const config: unknown = JSON.parse(account.blobs.get(readManifest(manifest).config.digest)?.toString('utf8') ?? '{}');
  return typeof config === 'object' && config !== null && 'architecture' in config
    ? String(config.architecture)
    : 'unknown';
}

/** The total size of the layers as stored, which is compressed. */
export function sizeOf(manifest: Buffer): number {
  return readManifest(manifest).layers.reduce((sum, { size }) => sum + size, 0);
}
