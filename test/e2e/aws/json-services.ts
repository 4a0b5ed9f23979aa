/** The services that speak JSON: SSM, ECR, CloudWatch Logs and CloudTrail, as far as they are asked. */
import type { Account, Credentials } from './account.ts';
import { demand } from './iam.ts';
import { AwsError, textOf } from './wire.ts';

type Body = Readonly<Record<string, unknown>>;
export type JsonAction = (account: Account, body: Body, caller: Credentials) => unknown;

export const REGISTRY_USER = 'AWS';

function repository(account: Account, name: string) {
  const found = account.repositories.get(name);
  if (found === undefined) throw new AwsError('RepositoryNotFoundException', `The repository with name '${name}' does not exist in the registry with id '${account.id}'`);
  return found;
}

function logGroup(account: Account, body: Body, caller: Credentials, action: string): string {
  const name = textOf(body, 'logGroupName');
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) throw new AwsError('InvalidParameterException', `logGroupName: expected [.-_/#A-Za-z0-9]{1,512}, got ${name}`);
  // What a function's role may do is what its policy says. A group's ARN comes with and without `:*`: a policy must hold for both.
  const arn = account.arn('logs', `log-group:${name}`);
  for (const resource of caller.roleArn === undefined ? [] : [arn, `${arn}:*`]) demand(account, caller.roleArn ?? '', { action: `logs:${action}`, resource });
  return name;
}

function existing(account: Account, name: string) {
  const found = account.logGroups.get(name);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', `log group ${name} does not exist`);
  return found;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export const JSON_SERVICES: Readonly<Record<string, Readonly<Record<string, JsonAction>>>> = {
  ssm: {
    GetParameter(account, body) {
      const Name = textOf(body, 'Name');
      const Value = account.parameters.get(Name);
      if (Value === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: { Name, Type: 'String', Value, Version: 1 } };
    },
  },
  ecr: {
    DescribeRepositories(account, body) {
      const names = Array.isArray(body['repositoryNames']) ? body['repositoryNames'].map(String) : [...account.repositories.keys()];
      return {
        repositories: names.map((name) => {
          repository(account, name);
          // The CLI pushes to this URI: the registry on loopback, not the one that the template names.
          return { repositoryName: name, registryId: account.id, repositoryArn: account.arn('ecr', `repository/${name}`), repositoryUri: `${new URL(account.endpoint).host}/${name}` };
        }),
      };
    },
    DescribeImages(account, body) {
      const name = textOf(body, 'repositoryName');
      const { tags } = repository(account, name);
      const [wanted] = Array.isArray(body['imageIds']) ? (body['imageIds'] as readonly unknown[]) : [];
      const tag = typeof wanted === 'object' && wanted !== null && 'imageTag' in wanted ? String(wanted.imageTag) : '';
      const digest = tags.get(tag);
      if (digest === undefined) throw new AwsError('ImageNotFoundException', `The image with imageId {imageTag:'${tag}'} does not exist within the repository with name '${name}'`);
      return { imageDetails: [{ registryId: account.id, repositoryName: name, imageTags: [tag], imageDigest: digest }] };
    },
    GetAuthorizationToken(account) {
      const token = Buffer.from(`${REGISTRY_USER}:${account.registryPassword}`).toString('base64');
      return { authorizationData: [{ authorizationToken: token, expiresAt: Date.now() / 1000 + 3600, proxyEndpoint: account.endpoint }] };
    },
  },
  // The CLI looks for the cause of a failed deployment here; there is none to find.
  cloudtrail: { LookupEvents: () => ({ Events: [] }) },
  logs: {
    CreateLogGroup(account, body, caller) {
      const name = logGroup(account, body, caller, 'CreateLogGroup');
      if (account.logGroups.has(name)) throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      account.logGroups.set(name, { retentionInDays: undefined });
    },
    PutRetentionPolicy(account, body, caller) {
      const group = existing(account, logGroup(account, body, caller, 'PutRetentionPolicy'));
      const days = body['retentionInDays'];
      if (typeof days !== 'number' || !RETENTIONS.includes(days)) throw new AwsError('InvalidParameterException', `retentionInDays: expected one of ${RETENTIONS.join(', ')}, got ${JSON.stringify(days)}`);
      group.retentionInDays = days;
    },
    DeleteRetentionPolicy(account, body, caller) {
      existing(account, logGroup(account, body, caller, 'DeleteRetentionPolicy')).retentionInDays = undefined;
    },
    DeleteLogGroup(account, body, caller) {
      const name = logGroup(account, body, caller, 'DeleteLogGroup');
      existing(account, name);
      account.logGroups.delete(name);
    },
  },
};
