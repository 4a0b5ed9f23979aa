/** The services with JSON APIs: the part of SSM, ECR, Secrets Manager, CloudWatch Logs and CloudTrail that is used. */
import type { Account } from './account.ts';
import { demand } from './iam.ts';
import type { JsonAction } from './json-action.ts';
import { LOGS } from './logs.ts';
import { AwsError, textOf } from './wire.ts';

export const REGISTRY_USER = 'AWS';

function repository(account: Account, name: string) {
  const found = account.repositories.get(name);
  if (found === undefined)
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${account.id}'`,
    );
  return found;
}

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
      const names = Array.isArray(body['repositoryNames'])
        ? body['repositoryNames'].map(String)
        : [...account.repositories.keys()];
      return {
        repositories: names.map((name) => {
          repository(account, name);
          // The CLI pushes to this URI: the registry on loopback, not the one in the template.
          return {
            repositoryName: name,
            registryId: account.id,
            repositoryArn: account.arn('ecr', `repository/${name}`),
            repositoryUri: `${new URL(account.endpoint).host}/${name}`,
          };
        }),
      };
    },
    DescribeImages(account, body) {
      const name = textOf(body, 'repositoryName');
      const { tags } = repository(account, name);
      const [wanted] = Array.isArray(body['imageIds']) ? (body['imageIds'] as readonly unknown[]) : [];
      const tag = typeof wanted === 'object' && wanted !== null && 'imageTag' in wanted ? String(wanted.imageTag) : '';
      const digest = tags.get(tag);
      if (digest === undefined)
        throw new AwsError(
          'ImageNotFoundException',
          `The image with imageId {imageTag:'${tag}'} does not exist within the repository with name '${name}'`,
        );
      return {
        imageDetails: [{ registryId: account.id, repositoryName: name, imageTags: [tag], imageDigest: digest }],
      };
    },
    GetAuthorizationToken(account) {
      const token = Buffer.from(`${REGISTRY_USER}:${account.registryPassword}`).toString('base64');
      return {
        authorizationData: [
          { authorizationToken: token, expiresAt: Date.now() / 1000 + 3600, proxyEndpoint: account.endpoint },
        ],
      };
    },
  },
  secretsmanager: {
    GetSecretValue(account, body, { roleArn }) {
      const ARN = textOf(body, 'SecretId');
      if (roleArn !== undefined) demand(account, roleArn, { action: 'secretsmanager:GetSecretValue', resource: ARN });
      const SecretString = account.secrets.get(ARN);
      if (SecretString === undefined)
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { ARN, Name: ARN, SecretString };
    },
  },
  // The CLI looks here for the cause of a failed deployment, and finds none.
  cloudtrail: { LookupEvents: () => ({ Events: [] }) },
  logs: LOGS,
};
