/**
 * The image that the proxy's image is built on. A tag floats: the same name can be another image tomorrow, and the
 * template doesn't change. A digest names one image and is part of the asset's hash, so a patched base makes a new
 * image and an unchanged base doesn't.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { CommonOptions } from './common-options.ts';
import { checkText, type Faults, got, known } from './faults.ts';
import { ROOT } from './root.ts';
import { TEXTS } from './rules/texts.ts';

/**
 * The context key under which a pipeline passes the digest that it has just looked up. `npm run base-image` prints it
 * in this form.
 */
export const BASE_IMAGE_CONTEXT = 'agentcore-mcp-proxy:baseImageDigest';

export type BaseImageProps = Pick<CommonOptions, 'baseImage' | 'baseImageDigest' | 'artifact'>;

/** The default in `proxy/Dockerfile`. */
export function defaultBase(): string {
  const [, base] = /^ARG BASE=(\S+)$/m.exec(readFileSync(join(ROOT, 'proxy/Dockerfile'), 'utf8')) ?? [];
  if (base === undefined) throw new Error('expected ARG BASE=… in proxy/Dockerfile, found none');
  return base;
}

/** Returns the build argument `BASE`, or undefined if the Dockerfile's own tag may float. */
export function baseOf(scope: Construct, { baseImage, baseImageDigest }: BaseImageProps): string | undefined {
  // The digest that the pipeline looked up is that of the Dockerfile's image only.
  const digest = baseImageDigest ?? (baseImage === undefined ? contextDigest(scope) : undefined);
  return digest === undefined ? baseImage : pinned(baseImage ?? defaultBase(), digest);
}

/** Checks the three values together, and the digest from the context. */
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

/** Removes the tag: some builders don't accept both, and the digest decides. */
function pinned(image: string, digest: string): string {
  return `${image.replace(/@.*$/, '').replace(/:[^/:]+$/, '')}@${digest}`;
}
