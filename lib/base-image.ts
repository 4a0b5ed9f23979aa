/**
 * The image that the proxy's is built on. A tag floats: the same name is another image tomorrow, and nothing in a
 * template tells. A digest names one image, and is part of the asset's hash: a patched base makes a new image, and the
 * same one none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { CommonOptions } from './common-options.ts';
import { checkText, type Faults, got, known } from './faults.ts';
import { ROOT } from './root.ts';
import { TEXTS } from './rules/texts.ts';

/** Context under which a pipeline gives the digest that it has just looked up: `npm run base-image` prints it so. */
export const BASE_IMAGE_CONTEXT = 'agentcore-mcp-proxy:baseImageDigest';

export type BaseImageProps = Pick<CommonOptions, 'baseImage' | 'baseImageDigest' | 'artifact'>;

/** What stands in `proxy/Dockerfile`. */
export function defaultBase(): string {
  const [, base] = /^ARG BASE=(\S+)$/m.exec(readFileSync(join(ROOT, 'proxy/Dockerfile'), 'utf8')) ?? [];
  if (base === undefined) throw new Error('expected ARG BASE=… in proxy/Dockerfile, found none');
  return base;
}

/** The value of the build argument `BASE`; undefined where the Dockerfile's own tag is left to float. */
export function baseOf(scope: Construct, { baseImage, baseImageDigest }: BaseImageProps): string | undefined {
  // What the pipeline looked up is the digest of the Dockerfile's image, and of no other.
  const digest = baseImageDigest ?? (baseImage === undefined ? contextDigest(scope) : undefined);
  return digest === undefined ? baseImage : pinned(baseImage ?? defaultBase(), digest);
}

/** What can only be said of the three together, and of what the context gives. */
export function checkBaseImage(
  scope: Construct,
  { baseImage, baseImageDigest, artifact }: BaseImageProps,
  faults: Faults,
): void {
  if (artifact === 'zip') {
    for (const [name, value] of Object.entries({ baseImage, baseImageDigest }))
      if (value !== undefined) faults.add(`${name}: expected artifact image with it, got zip`);
    return;
  }
  const [, own] = known(baseImage) ? (/@(.+)$/.exec(baseImage) ?? []) : [];
  if (own !== undefined && baseImageDigest !== undefined && own !== baseImageDigest)
    faults.add(`baseImageDigest: expected the digest once, got another one in baseImage (${got(own)})`);
  const given = contextDigest(scope);
  if (given !== undefined) checkText(given, TEXTS.digest, `-c ${BASE_IMAGE_CONTEXT}`, faults);
}

function contextDigest(scope: Construct): string | undefined {
  const given: unknown = scope.node.tryGetContext(BASE_IMAGE_CONTEXT);
  return given === undefined || given === '' ? undefined : typeof given === 'string' ? given : JSON.stringify(given);
}

/** Without the tag: not every builder takes both, and the digest decides. */
function pinned(image: string, digest: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[^/:]+$/, '')}@${digest}`;
}
