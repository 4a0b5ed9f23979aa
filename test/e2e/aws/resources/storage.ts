/** Storage (S3, ECR, SSM, KMS, DynamoDB, Secrets Manager) and monitoring (CloudWatch, SNS). */
import { AwsError } from '../wire.ts';
import { type Maker, optionalText, physicalName, suffix, text } from './maker.ts';

const TABLE: Maker = {
  make(making) {
    const name = physicalName(making, 'TableName');
    return {
      ref: name,
      attributes: { Arn: making.account.arn('dynamodb', `table/${name}`), TableId: suffix(making, 32) },
    };
  },
};

export const STORAGE: Readonly<Record<string, Maker>> = {
  'AWS::S3::Bucket': {
    make(making) {
      const { account, previous } = making;
      const name = physicalName(making, 'BucketName').toLowerCase();
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
        throw new AwsError('InvalidBucketName', `expected a bucket name, got ${name}`);
      if (previous === undefined && account.buckets.has(name))
        throw new AwsError('BucketAlreadyOwnedByYou', `bucket ${name} exists already`, 409);
      if (previous === undefined) account.buckets.set(name, new Map());
      return {
        ref: name,
        attributes: {
          Arn: account.arn('s3', name),
          DomainName: `${name}.s3.amazonaws.com`,
          RegionalDomainName: `${name}.s3.${account.region}.amazonaws.com`,
        },
      };
    },
    unmake({ account, made }) {
      if ((account.buckets.get(made.ref)?.size ?? 0) > 0)
        throw new AwsError('BucketNotEmpty', `bucket ${made.ref} is not empty`, 409);
      account.buckets.delete(made.ref);
    },
  },
  'AWS::S3::BucketPolicy': { make: ({ properties }) => ({ ref: text(properties, 'Bucket') }) },
  'AWS::ECR::Repository': {
    make(making) {
      const { account, previous } = making;
      const name = physicalName(making, 'RepositoryName').toLowerCase();
      if (previous === undefined) account.repositories.set(name, { tags: new Map(), manifests: new Map() });
      return {
        ref: name,
        attributes: {
          Arn: account.arn('ecr', `repository/${name}`),
          RepositoryUri: `${account.id}.dkr.ecr.${account.region}.amazonaws.com/${name}`,
        },
      };
    },
    unmake: ({ account, made }) => void account.repositories.delete(made.ref),
  },
  'AWS::SSM::Parameter': {
    make(making) {
      const name = physicalName(making, 'Name');
      making.account.parameters.set(name, text(making.properties, 'Value'));
      return {
        ref: name,
        attributes: { Type: text(making.properties, 'Type'), Value: text(making.properties, 'Value') },
      };
    },
    unmake: ({ account, made }) => void account.parameters.delete(made.ref),
  },
  'AWS::KMS::Key': {
    make(making) {
      const id =
        making.previous?.ref ??
        suffix(making, 36, '0123456789abcdef').replace(/^(.{8}).(.{4}).(.{4}).(.{4}).(.{12})$/, '$1-$2-$3-$4-$5');
      return { ref: id, attributes: { Arn: making.account.arn('kms', `key/${id}`), KeyId: id } };
    },
  },
  'AWS::KMS::Alias': { make: ({ properties }) => ({ ref: text(properties, 'AliasName') }) },
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::SecretsManager::Secret': {
    make(making) {
      const arn =
        making.previous?.ref ??
        making.account.arn('secretsmanager', `secret:${physicalName(making, 'Name')}-${suffix(making, 6)}`);
      return { ref: arn, attributes: { Id: arn } };
    },
  },
  'AWS::SNS::Topic': {
    make(making) {
      const arn = making.previous?.ref ?? making.account.arn('sns', physicalName(making, 'TopicName'));
      return { ref: arn, attributes: { TopicArn: arn, TopicName: arn.slice(arn.lastIndexOf(':') + 1) } };
    },
  },
  'AWS::CloudWatch::Dashboard': {
    make(making) {
      const body: unknown = JSON.parse(text(making.properties, 'DashboardBody'));
      if (typeof body !== 'object' || body === null || !('widgets' in body) || !Array.isArray(body.widgets))
        throw new AwsError('InvalidParameterInput', 'DashboardBody: expected widgets');
      return { ref: physicalName(making, 'DashboardName') };
    },
  },
  'AWS::CloudWatch::Alarm': {
    make(making) {
      const name = physicalName(making, 'AlarmName');
      return { ref: name, attributes: { Arn: making.account.arn('cloudwatch', `alarm:${name}`) } };
    },
  },
  'AWS::Logs::LogGroup': {
    make(making) {
      const { account, properties, previous } = making;
      const name = physicalName(making, 'LogGroupName');
      if (previous === undefined && account.logGroups.has(name))
        throw new AwsError('ResourceAlreadyExistsException', `log group ${name} exists already`);
      const days = optionalText(properties, 'RetentionInDays');
      account.logGroups.set(name, {
        retentionInDays: days === undefined ? undefined : Number(days),
        streams: account.logGroups.get(name)?.streams ?? new Map(),
      });
      return { ref: name, attributes: { Arn: `${account.arn('logs', `log-group:${name}`)}:*` } };
    },
    unmake: ({ account, made }) => void account.logGroups.delete(made.ref),
  },
  'AWS::CDK::Metadata': { make: (making) => ({ ref: physicalName(making) }) },
};
