/** Amazon Bedrock AgentCore: runtimes, their endpoints, gateways and targets. */
import { isObject, type Properties } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import { demand, mayAssume } from '../iam.ts';
import { architectureOf, imageAt, sizeOf } from '../registry.ts';
import { AwsError } from '../wire.ts';
import { type Maker, type Making, object, optionalText, suffix, text } from './maker.ts';

const SERVICE = 'bedrock-agentcore.amazonaws.com';

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html */
const QUOTAS = { imageBytes: 2 * 2 ** 30, zipBytes: 250 * 2 ** 20, endpoints: 10 } as const;

export const AGENTCORE: Readonly<Record<string, Maker>> = {
  'AWS::BedrockAgentCore::Runtime': {
    make(making) {
      const { account, properties, previous } = making;
      const name = text(properties, 'AgentRuntimeName');
      if (previous === undefined && [...account.runtimes.keys()].some((id) => id.startsWith(`${name}-`)))
        throw new AwsError('ConflictException', `runtime ${name} exists already`, 409);
      const id = previous?.ref ?? `${name}-${suffix(making, 10)}`;
      const arn = account.arn('bedrock-agentcore', `runtime/${id}`);
      const roleArn = text(properties, 'RoleArn');
      if (!mayAssume(account, roleArn, SERVICE, { 'aws:SourceAccount': account.id, 'aws:SourceArn': arn })) {
        throw new AwsError(
          'ValidationException',
          `${roleArn} can't be assumed by ${SERVICE} for ${arn}: check its trust policy`,
        );
      }
      checkArtifact(making, roleArn);
      const former = account.runtimes.get(id);
      const version = (former?.version ?? 0) + 1;
      account.runtimes.set(id, { id, arn, version, properties, endpoints: former?.endpoints ?? new Map() });
      // The service creates the endpoint DEFAULT with the runtime; its log group is created with its first line.
      return {
        ref: id,
        attributes: { AgentRuntimeArn: arn, AgentRuntimeId: id, AgentRuntimeVersion: String(version), Status: 'READY' },
      };
    },
    unmake: ({ account, made }) => void account.runtimes.delete(made.ref),
  },
  'AWS::BedrockAgentCore::RuntimeEndpoint': {
    make({ account, properties, previous }) {
      const runtime = account.runtimes.get(text(properties, 'AgentRuntimeId'));
      if (runtime === undefined)
        throw new AwsError('ResourceNotFoundException', `no runtime ${text(properties, 'AgentRuntimeId')}`, 404);
      const version = optionalText(properties, 'AgentRuntimeVersion') ?? String(runtime.version);
      if (Number(version) > runtime.version)
        throw new AwsError(
          'ResourceNotFoundException',
          `runtime ${runtime.id} has no version ${version}, only 1 to ${runtime.version}`,
          404,
        );
      const name = text(properties, 'Name');
      const arn = `${runtime.arn}/runtime-endpoint/${name}`;
      if (name === 'DEFAULT' || (runtime.endpoints.has(name) && previous?.ref !== arn))
        throw new AwsError('ConflictException', `runtime ${runtime.id} has an endpoint ${name} already`, 409);
      if (!runtime.endpoints.has(name) && runtime.endpoints.size === QUOTAS.endpoints)
        throw new AwsError(
          'ServiceQuotaExceededException',
          `runtime ${runtime.id} has ${QUOTAS.endpoints} endpoints, which is the most`,
          402,
        );
      runtime.endpoints.set(name, { version: Number(version) });
      return {
        ref: arn,
        attributes: {
          AgentRuntimeEndpointArn: arn,
          AgentRuntimeArn: runtime.arn,
          Id: name,
          Status: 'READY',
          LiveVersion: version,
          TargetVersion: version,
        },
      };
    },
    unmake({ account, properties, made }) {
      account.runtimes
        .get(text(properties, 'AgentRuntimeId'))
        ?.endpoints.delete(made.ref.slice(made.ref.lastIndexOf('/') + 1));
    },
  },
  'AWS::BedrockAgentCore::Gateway': {
    make(making) {
      const { account, properties, previous } = making;
      const id = previous?.ref ?? `${text(properties, 'Name').toLowerCase()}-${suffix(making, 10)}`;
      const arn = account.arn('bedrock-agentcore', `gateway/${id}`);
      const roleArn = text(properties, 'RoleArn');
      if (!mayAssume(account, roleArn, SERVICE, { 'aws:SourceAccount': account.id, 'aws:SourceArn': arn }))
        throw new AwsError('ValidationException', `${roleArn} can't be assumed by ${SERVICE}`);
      return {
        ref: id,
        attributes: {
          GatewayIdentifier: id,
          GatewayArn: arn,
          GatewayUrl: `https://${id}.gateway.bedrock-agentcore.${account.region}.amazonaws.com/mcp`,
          Status: 'READY',
        },
      };
    },
  },
  'AWS::BedrockAgentCore::GatewayTarget': {
    make(making) {
      const id = making.previous?.ref.split('|')[1] ?? suffix(making, 10).toUpperCase();
      return {
        ref: `${text(making.properties, 'GatewayIdentifier')}|${id}`,
        attributes: { TargetId: id, Status: 'READY' },
      };
    },
  },
};

/** The image must exist for arm64, and the execution role must be allowed to pull it; code must be in its bucket. */
function checkArtifact({ account, properties }: Making, roleArn: string): void {
  const artifact = object(properties, 'AgentRuntimeArtifact');
  const container = artifact['ContainerConfiguration'];
  if (!isObject(container))
    return checkCode(account, roleArn, object(object(object(artifact, 'CodeConfiguration'), 'Code'), 'S3'));
  const uri = text(container, 'ContainerUri');
  const [, registry, region, repository = '', tag = ''] =
    /^(\d{12})\.dkr\.ecr\.([^.]+)\.amazonaws\.com\/([^:@]+):(.+)$/.exec(uri) ?? [];
  if (registry !== account.id || region !== account.region)
    throw new AwsError('ValidationException', `${uri} is not in this account's registry`);
  const image = imageAt(account, repository, tag);
  if (image === undefined) throw new AwsError('ValidationException', `the image ${uri} is not in the registry`);
  const architecture = architectureOf(account, image);
  if (architecture !== 'arm64')
    throw new AwsError('ValidationException', `the image ${uri} is for ${architecture}, expected arm64`);
  const bytes = sizeOf(image);
  if (bytes > QUOTAS.imageBytes)
    throw new AwsError(
      'ValidationException',
      `the image ${uri} has ${bytes} bytes, expected at most ${QUOTAS.imageBytes}`,
    );
  demand(account, roleArn, { action: 'ecr:GetAuthorizationToken', resource: '*' });
  for (const action of ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'])
    demand(account, roleArn, { action, resource: account.arn('ecr', `repository/${repository}`) });
}

/** The code is read with the execution role, like the image. */
function checkCode(account: Account, roleArn: string, place: Properties): void {
  const [bucket, key] = [text(place, 'Bucket'), text(place, 'Prefix')];
  const code = account.buckets.get(bucket)?.get(key);
  if (code === undefined) throw new AwsError('ValidationException', `s3://${bucket}/${key} is not there`);
  if (code.length > QUOTAS.zipBytes)
    throw new AwsError(
      'ValidationException',
      `s3://${bucket}/${key} has ${code.length} bytes, expected at most ${QUOTAS.zipBytes}`,
    );
  demand(account, roleArn, { action: 's3:GetObject', resource: account.arn('s3', `${bucket}/${key}`) });
}
