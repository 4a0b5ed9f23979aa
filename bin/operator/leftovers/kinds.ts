/**
 * Resources that a proxy's stack may keep because they hold data: how to find out whether they exist, and how to remove
 * them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type * as cognito from '@aws-sdk/client-cognito-identity-provider';
import type * as secretsManager from '@aws-sdk/client-secrets-manager';
import { awsJson } from '../aws-json.ts';
import { clientOptions, nameOf } from '../aws.ts';

/** Days in which a removed secret or key can be restored. Neither costs anything meanwhile. */
const GRACE_DAYS = 7;

export interface Kind {
  /** Description, with its cost. */
  readonly what: string;
  /** Commands that remove it by hand. */
  readonly commands: (id: string, region: string) => readonly string[];
  /** Throws AWS's error if it doesn't exist. */
  readonly exists: (id: string, region: string) => Promise<boolean>;
  readonly remove: (id: string, region: string) => Promise<void>;
  /** The IAM actions for `exists` and for `remove`. */
  readonly actions: readonly [string, string];
}

const table: Kind = {
  what: 'a DynamoDB table: storage and backups by the GB-month',
  commands: (id, region) => [
    `aws dynamodb update-table --region ${region} --table-name ${id} --no-deletion-protection-enabled`,
    `aws dynamodb delete-table --region ${region} --table-name ${id}`,
  ],
  exists: async (id, region) =>
    'Table' in
    (await awsJson({
      service: 'dynamodb',
      region,
      target: 'DynamoDB_20120810.DescribeTable',
      body: { TableName: id },
    })),
  remove: async (id, region) => {
    await awsJson({
      service: 'dynamodb',
      region,
      target: 'DynamoDB_20120810.UpdateTable',
      body: { TableName: id, DeletionProtectionEnabled: false },
    }).catch((error: unknown) => {
      // It was already disabled.
      if (nameOf(error) !== 'ValidationException') throw error;
    });
    await onceFree(() =>
      awsJson({ service: 'dynamodb', region, target: 'DynamoDB_20120810.DeleteTable', body: { TableName: id } }),
    );
  },
  actions: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable and dynamodb:DeleteTable'],
};

const secret: Kind = {
  what: 'a secret (a keyring: without it, what was tokenized stays unreadable): $0.40 a month',
  commands: (id, region) => [
    `aws secretsmanager delete-secret --region ${region} --secret-id ${id} --recovery-window-in-days ${GRACE_DAYS}`,
  ],
  exists: (id, region) =>
    withSecrets(
      region,
      async (client, { DescribeSecretCommand }) =>
        (await client.send(new DescribeSecretCommand({ SecretId: id }))).DeletedDate === undefined,
    ),
  remove: (id, region) =>
    withSecrets(
      region,
      async (client, { DeleteSecretCommand }) =>
        void (await client.send(new DeleteSecretCommand({ SecretId: id, RecoveryWindowInDays: GRACE_DAYS }))),
    ),
  actions: ['secretsmanager:DescribeSecret', 'secretsmanager:DeleteSecret'],
};

const key: Kind = {
  what: 'a KMS key (that encrypts the keyring): $1 a month',
  commands: (id, region) => [
    `aws kms schedule-key-deletion --region ${region} --key-id ${id} --pending-window-in-days ${GRACE_DAYS}`,
  ],
  exists: async (id, region) => {
    const { KeyMetadata } = await awsJson({
      service: 'kms',
      region,
      target: 'TrentService.DescribeKey',
      body: { KeyId: id },
    });
    return typeof KeyMetadata === 'object' && KeyMetadata !== null && !('DeletionDate' in KeyMetadata);
  },
  remove: async (id, region) =>
    void (await awsJson({
      service: 'kms',
      region,
      target: 'TrentService.ScheduleKeyDeletion',
      body: { KeyId: id, PendingWindowInDays: GRACE_DAYS },
    })),
  actions: ['kms:DescribeKey', 'kms:ScheduleKeyDeletion'],
};

const pool: Kind = {
  what: 'a Cognito user pool: by tokens and clients',
  commands: (id, region) => [
    `aws cognito-idp update-user-pool --region ${region} --user-pool-id ${id} --deletion-protection INACTIVE`,
    `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${id}`,
  ],
  exists: (id, region) =>
    withPools(
      region,
      async (client, { DescribeUserPoolCommand }) =>
        (await client.send(new DescribeUserPoolCommand({ UserPoolId: id }))).UserPool !== undefined,
    ),
  remove: (id, region) =>
    withPools(region, async (client, { UpdateUserPoolCommand, DeleteUserPoolCommand }) => {
      await client.send(new UpdateUserPoolCommand({ UserPoolId: id, DeletionProtection: 'INACTIVE' }));
      await client.send(new DeleteUserPoolCommand({ UserPoolId: id }));
    }),
  actions: ['cognito-idp:DescribeUserPool', 'cognito-idp:UpdateUserPool and cognito-idp:DeleteUserPool'],
};

/** By CloudFormation type, in the order of removal: a secret before the key that encrypts it. */
export const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['AWS::DynamoDB::Table', table],
  ['AWS::DynamoDB::GlobalTable', table],
  ['AWS::SecretsManager::Secret', secret],
  ['AWS::KMS::Key', key],
  ['AWS::Cognito::UserPool', pool],
]);

/** A table can't be deleted for a moment after its protection was removed. */
async function onceFree(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 10; ; left--) {
    try {
      return void (await attempt());
    } catch (error) {
      if (nameOf(error) !== 'ResourceInUseException' || left === 0) throw error;
      await sleep(1_000);
    }
  }
}

async function withSecrets<T>(
  region: string,
  use: (client: secretsManager.SecretsManagerClient, api: typeof secretsManager) => Promise<T>,
): Promise<T> {
  const api = await import('@aws-sdk/client-secrets-manager');
  const client = new api.SecretsManagerClient(clientOptions(region));
  return use(client, api).finally(() => client.destroy());
}

async function withPools<T>(
  region: string,
  use: (client: cognito.CognitoIdentityProviderClient, api: typeof cognito) => Promise<T>,
): Promise<T> {
  const api = await import('@aws-sdk/client-cognito-identity-provider');
  const client = new api.CognitoIdentityProviderClient(clientOptions(region));
  return use(client, api).finally(() => client.destroy());
}
