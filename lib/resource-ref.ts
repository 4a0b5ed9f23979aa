/** Resources of CDK that may be bound as such: which ARN stands for them, and what their own KMS key has to allow. */
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** What is needed of an `ISecret`. */
export interface SecretRef {
  readonly secretArn: string;
  readonly secretFullArn?: string | undefined;
  readonly encryptionKey?: IKey | undefined;
}

/** What is needed of an `ITable`. */
export interface TableRef {
  readonly tableArn: string;
  readonly encryptionKey?: IKey | undefined;
}

/** What is needed of an `IStream` (Kinesis). */
export interface StreamRef {
  readonly streamArn: string;
  readonly encryptionKey?: IKey | undefined;
}

/** What is needed of an `IQueue`. */
export interface QueueRef {
  readonly queueArn: string;
  readonly encryptionMasterKey?: IKey | undefined;
}

/** What is needed of an `ITopic`. */
export interface TopicRef {
  readonly topicArn: string;
  readonly masterKey?: IKey | undefined;
}

/** `ISecret`, `ITable`, `IKey`, `IStream`, `IDeliveryStream`, `IQueue`, `ITopic` or `IUserPool`. */
export type ResourceRef =
  | SecretRef
  | TableRef
  | StreamRef
  | QueueRef
  | TopicRef
  | { readonly keyArn: string }
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
  /** What the proxy gets. */
  readonly arn: string;
  /** What IAM compares. */
  readonly resource: string;
  /** The key it is under, where that is the account's own. */
  readonly encryptionKey?: IKey | undefined;
}

/** Undefined for what isn't one: a caller in JavaScript may give anything. */
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

/** The ARN that IAM compares: one that was looked up by name lacks the six characters at its end. */
export function boundSecret({ secretArn, secretFullArn, encryptionKey }: SecretRef): BoundResource {
  return { what: 'secret', arn: secretArn, resource: secretFullArn ?? `${secretArn}-??????`, encryptionKey };
}

function same(what: BoundResource['what'], arn: string, encryptionKey?: IKey): BoundResource {
  return { what, arn, resource: arn, encryptionKey };
}

const DATA_KEYS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** What each service does with a caller's key, and how it calls itself there. */
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

/** The use of a resource's own key, by its service alone. */
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
