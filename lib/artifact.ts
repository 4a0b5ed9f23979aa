/**
 * What the runtime runs: the built folder, in an image or unpacked, with its permission statements, which are narrower
 * than the L2's.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AgentCoreRuntime, AgentRuntimeArtifact } from 'aws-cdk-lib/aws-bedrockagentcore';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { type BaseImageProps, baseOf } from './base-image.ts';
import type { BuiltProxy } from './built-proxy.ts';
import { ROOT } from './root.ts';

export interface BoundArtifact {
  readonly artifact: AgentRuntimeArtifact;
  readonly statements: readonly PolicyStatement[];
}

/**
 * An ARM64 image. The bundle is built on this machine, so the Dockerfile only copies it. The image is built at deploy
 * time, not at synth.
 */
export function image(scope: Construct, { folder }: BuiltProxy, props: BaseImageProps): BoundArtifact {
  const base = baseOf(scope, props);
  const { repository, imageTag } = new DockerImageAsset(scope, 'Image', {
    directory: imageContext(folder),
    platform: Platform.LINUX_ARM64,
    ...(base === undefined ? {} : { buildArgs: { BASE: base } }),
  });
  return {
    artifact: AgentRuntimeArtifact.fromImageUri(repository.repositoryUriForTag(imageTag)),
    statements: [
      new PolicyStatement({
        sid: 'PullImage',
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: [repository.repositoryArn],
      }),
      // It names no resource:
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
      new PolicyStatement({ sid: 'LogInToRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    ],
  };
}

/** The folder and the Dockerfile, copied once per build. */
function imageContext(folder: string): string {
  const context = join(dirname(folder), 'image');
  if (existsSync(context)) return context;
  mkdirSync(context, { recursive: true });
  cpSync(folder, join(context, 'proxy'), { recursive: true });
  copyFileSync(join(ROOT, 'proxy/Dockerfile'), join(context, 'Dockerfile'));
  return context;
}

/** The built folder, on the platform's own Node. */
export function zip(scope: Construct, { folder }: BuiltProxy): BoundArtifact {
  const code = new Asset(scope, 'Code', { path: folder });
  return {
    artifact: new Code(
      AgentRuntimeArtifact.fromS3(
        { bucketName: code.s3BucketName, objectKey: code.s3ObjectKey },
        AgentCoreRuntime.NODE_22,
        ['main.mjs'],
      ),
    ),
    statements: [
      new PolicyStatement({
        sid: 'ReadCode',
        actions: ['s3:GetObject'],
        resources: [code.bucket.arnForObjects(code.s3ObjectKey)],
      }),
    ],
  };
}

/** CDK's own class would let the role read the whole bucket. */
class Code extends AgentRuntimeArtifact {
  readonly #object: AgentRuntimeArtifact;
  constructor(object: AgentRuntimeArtifact) {
    super();
    this.#object = object;
  }

  override bind(): void {
    // The role already has its statement.
  }

  override _render(): ReturnType<AgentRuntimeArtifact['_render']> {
    return this.#object._render();
  }
}
