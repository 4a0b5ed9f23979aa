/** An image of the built folder: what `npm run build` wrote, and a Dockerfile beside it. */
import { copyFileSync, cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';

const DOCKERFILES = {
  Dockerfile: new URL('../../proxy/Dockerfile', import.meta.url),
  'lambda.Dockerfile': new URL('lambda.Dockerfile', import.meta.url),
} as const;

/** A folder from which the image is built at deploy time. */
export function contextOf(folder: string, dockerfile: keyof typeof DOCKERFILES): string {
  const context = mkdtempSync(join(tmpdir(), 'proxy-image-'));
  cpSync(folder, join(context, 'proxy'), { recursive: true });
  copyFileSync(fileURLToPath(DOCKERFILES[dockerfile]), join(context, 'Dockerfile'));
  return context;
}

export function imageOf(scope: Construct, folder: string, dockerfile: keyof typeof DOCKERFILES): DockerImageAsset {
  return new DockerImageAsset(scope, 'Image', {
    directory: contextOf(folder, dockerfile),
    platform: Platform.LINUX_ARM64,
  });
}
