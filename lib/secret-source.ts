/** A secret that a proxy reads at run time: its place, and the permission to read it. Never its value. */
import type { Stack } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SECRET } from './arn.ts';
import { checkArn, checkRegion, type Faults, known } from './faults.ts';
import { boundSecret, keyStatements, type SecretRef } from './resource-ref.ts';

/**
 * - a secret of Secrets Manager: an `ISecret`
 * - its complete ARN, with `#KEY` for one member of a JSON secret
 * - the secret of a Cognito user pool client: `cognito:POOL/CLIENT`, or pool and client
 */
export type UpstreamSecret =
  | SecretRef
  | string
  | { readonly userPool: IUserPool; readonly userPoolClient: IUserPoolClient };

/** What a secret in another account needs, for warnings. */
export const SECRET_ELSEWHERE = "that secret's resource policy and its key must allow the execution role";

export interface BoundSecret {
  /** The value of `UPSTREAM_SECRET`. */
  readonly source: string;
  readonly statements: readonly PolicyStatement[];
  readonly cognito: boolean;
}

export function bindSecret(
  stack: Stack,
  secret: UpstreamSecret,
  encryptionKey: IKey | undefined,
  where: string,
  faults: Faults,
): BoundSecret {
  if (typeof secret === 'string')
    return secret.startsWith('cognito:')
      ? cognito(stack, secret, where, faults)
      : secretArn(stack, secret, encryptionKey, where, faults);
  if ('userPool' in secret)
    return userPoolClient(
      userPoolArn(stack, secret.userPool),
      `cognito:${secret.userPool.userPoolId}/${secret.userPoolClient.userPoolClientId}`,
    );
  return {
    source: secret.secretArn,
    statements: readStatements(stack, {
      secretArn: secret.secretArn,
      secretFullArn: secret.secretFullArn,
      encryptionKey: encryptionKey ?? secret.encryptionKey,
    }),
    cognito: false,
  };
}

/** The statements that let a role read one secret. */
function readStatements(stack: Stack, secret: SecretRef): PolicyStatement[] {
  const bound = boundSecret(secret);
  const region = known(bound.resource) ? SECRET.pattern.exec(bound.resource)?.[1] : undefined;
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [bound.resource] }),
    ...keyStatements(stack, bound, region ?? stack.region),
  ];
}

function secretArn(
  stack: Stack,
  text: string,
  encryptionKey: IKey | undefined,
  where: string,
  faults: Faults,
): BoundSecret {
  const [arn = text] = text.split('#');
  // A text that isn't an ARN may be the secret itself by mistake, so it is not repeated.
  if (known(text) && !text.startsWith('arn:'))
    faults.add(
      `${where}: expected where the secret is (a Secrets Manager secret or its complete ARN, or cognito:POOL/CLIENT), got something else`,
    );
  else checkArn(arn, SECRET, where, stack, faults);
  return {
    source: text,
    statements: readStatements(stack, { secretArn: arn, secretFullArn: arn, encryptionKey }),
    cognito: false,
  };
}

function cognito(stack: Stack, text: string, where: string, faults: Faults): BoundSecret {
  const [, pool = '', client = ''] = /^cognito:([^/]*)\/(.*)$/.exec(text) ?? [];
  const [, region] = /^([a-z0-9-]+)_[0-9A-Za-z]+$/.exec(pool) ?? [];
  if (
    pool === '' ||
    client === '' ||
    (known(pool) && region === undefined) ||
    (known(client) && !/^[\w+]+$/.test(client))
  ) {
    faults.add(
      `${where}: expected cognito:POOL/CLIENT such as cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE, got ${JSON.stringify(text)}`,
    );
  }
  if (region !== undefined) checkRegion(region, where, faults);
  return userPoolClient(
    stack.formatArn({
      service: 'cognito-idp',
      resource: 'userpool',
      resourceName: pool,
      ...(region === undefined ? {} : { region }),
    }),
    text,
  );
}

/** A pool's id begins with its region. For a pool that was imported by its id, CDK assumes the stack's. */
export function userPoolRegion({ userPoolId, env }: IUserPool): string {
  return (known(userPoolId) ? /^([a-z0-9-]+)_/.exec(userPoolId)?.[1] : undefined) ?? env.region;
}

function userPoolArn(stack: Stack, userPool: IUserPool): string {
  const region = userPoolRegion(userPool);
  return region === userPool.env.region
    ? userPool.userPoolArn
    : stack.formatArn({
        service: 'cognito-idp',
        region,
        account: userPool.env.account,
        resource: 'userpool',
        resourceName: userPool.userPoolId,
      });
}

/** The clients of a pool have no ARN; the pool's ARN is the narrowest there is. */
function userPoolClient(userPoolArn: string, source: string): BoundSecret {
  return {
    source,
    statements: [new PolicyStatement({ actions: ['cognito-idp:DescribeUserPoolClient'], resources: [userPoolArn] })],
    cognito: true,
  };
}
