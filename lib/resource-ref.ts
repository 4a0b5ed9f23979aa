/** CDK resources that may be bound directly: the ARN of each, and what its own KMS key has to allow. */
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What is needed of an `IKey`. */
export interface KeyRef {
  readonly keyArn: string;
}

/** The part of an `ISecret` that is used. */
export interface SecretRef {
  readonly secretArn: string;
  readonly secretFullArn?: string | undefined;
  readonly encryptionKey?: KeyRef | undefined;
}

/** The part of an `ITable` that is used. */
export interface TableRef {
  readonly tableArn: string;
  readonly encryptionKey?: KeyRef | undefined;
}

/** The part of an `IStream` (Kinesis) that is used. */
export interface StreamRef {
  readonly streamArn: string;
  readonly encryptionKey?: KeyRef | undefined;
}

/** The part of an `IQueue` that is used. */
export interface QueueRef {
  readonly queueArn: string;
  readonly encryptionMasterKey?: KeyRef | undefined;
}

/** The part of an `ITopic` that is used. */
export interface TopicRef {
  readonly topicArn: string;
  readonly masterKey?: KeyRef | undefined;
}

/** `ISecret`, `ITable`, `IKey`, `IStream`, `IDeliveryStream`, `IQueue`, `ITopic` or `IUserPool`. */
export type ResourceRef =
  | SecretRef
  | TableRef
  | StreamRef
  | QueueRef
  | TopicRef
  | KeyRef
  | { readonly deliveryStreamArn: string }
  | { readonly userPoolArn: string };

export interface BoundResource {
  readonly what:
    | 'secret'
    | 'table'
    | 'stream'
    | 'queue'
    | 'topic'
    | 'key'
    | 'delivery stream'
    | 'user pool'
    | 'resource';
  /** The value that the proxy gets. */
  readonly arn: string;
  /** The ARN that IAM compares. */
  readonly resource: string;
  /** Its KMS key, if that is the account's own. @default - none known */
  readonly encryptionKey?: KeyRef | undefined;
}

/** Returns undefined if the value isn't such a resource: JavaScript code may pass anything. */
export function boundResource(ref: ResourceRef): BoundResource | undefined {
  if ('secretArn' in ref) return boundSecret(ref);
  if ('tableArn' in ref) return same('table', ref.tableArn, ref.encryptionKey);
  if ('deliveryStreamArn' in ref) return same('delivery stream', ref.deliveryStreamArn);
  if ('streamArn' in ref) return same('stream', ref.streamArn, ref.encryptionKey);
  if ('queueArn' in ref) return same('queue', ref.queueArn, ref.encryptionMasterKey);
  if ('topicArn' in ref) return same('topic', ref.topicArn, ref.masterKey);
  if ('userPoolArn' in ref) return same('user pool', ref.userPoolArn);
  if ('keyArn' in ref) return same('key', ref.keyArn);
  return undefined;
}

/**
 * Uses the ARN that IAM compares: the ARN of a secret that was looked up by name lacks the six characters at its end.
 */
export function boundSecret({ secretArn, secretFullArn, encryptionKey }: SecretRef): BoundResource {
  return { what: 'secret', arn: secretArn, resource: secretFullArn ?? `${secretArn}-??????`, encryptionKey };
}

function same(what: BoundResource['what'], arn: string, encryptionKey?: KeyRef): BoundResource {
  return { what, arn, resource: arn, encryptionKey };
}

const DATA_KEYS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** The actions of each service with a customer's key, and the service's name in KMS. */
const KEY_USES: Readonly<
  Partial<Record<BoundResource['what'], { readonly service: string; readonly actions: readonly string[] }>>
> = {
  secret: { service: 'secretsmanager', actions: ['kms:Decrypt'] },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  table: {
    service: 'dynamodb',
    actions: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:DescribeKey',
    ],
  },
  stream: { service: 'kinesis', actions: DATA_KEYS },
  queue: { service: 'sqs', actions: DATA_KEYS },
  topic: { service: 'sns', actions: DATA_KEYS },
};

/** Allows only the resource's own service to use its key. */
export function keyStatements(stack: Stack, { what, encryptionKey }: BoundResource, region: string): PolicyStatement[] {
  const use = KEY_USES[what];
  if (encryptionKey === undefined || use === undefined) return [];
  return [
    new PolicyStatement({
      actions: [...use.actions],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${use.service}.${region}.${stack.urlSuffix}` } },
    }),
  ];
}
