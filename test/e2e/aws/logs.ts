/**
 * CloudWatch Logs: the part for a function that sets a retention and a runtime that writes its log. A role may do what
 * its policies allow.
 */
import type { Account, Credentials, LogGroup } from './account.ts';
import { demand } from './iam.ts';
import type { JsonAction } from './json-action.ts';
import { AwsError, textOf } from './wire.ts';

type Body = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const BATCH = { events: 10_000, bytes: 1_048_576, perEvent: 26 } as const;

/** A group's ARN is written with and without `:*`; a policy must match both. */
function groupNamed(account: Account, body: Body, caller: Credentials, action: string): string {
  const name = textOf(body, 'logGroupName');
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw new AwsError('InvalidParameterException', `logGroupName: expected [.-_/#A-Za-z0-9]{1,512}, got ${name}`);
  const arn = account.arn('logs', `log-group:${name}`);
  allowed(account, caller, action, arn, `${arn}:*`);
  return name;
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html: a stream is a
 * separate resource.
 */
function streamNamed(
  account: Account,
  body: Body,
  caller: Credentials,
  action: string,
): { readonly group: LogGroup; readonly name: string } {
  const [groupName, name] = [textOf(body, 'logGroupName'), textOf(body, 'logStreamName')];
  if (!/^[^:*]{1,512}$/.test(name))
    throw new AwsError(
      'InvalidParameterException',
      `logStreamName: expected 1 to 512 characters without : and *, got ${name}`,
    );
  allowed(account, caller, action, account.arn('logs', `log-group:${groupName}:log-stream:${name}`));
  return { group: existing(account, groupName), name };
}

function allowed(account: Account, { roleArn }: Credentials, action: string, ...resources: readonly string[]): void {
  // The account's own user may do everything.
  if (roleArn !== undefined)
    for (const resource of resources) demand(account, roleArn, { action: `logs:${action}`, resource });
}

function existing(account: Account, name: string): LogGroup {
  const found = account.logGroups.get(name);
  if (found === undefined) throw new AwsError('ResourceNotFoundException', `log group ${name} does not exist`);
  return found;
}

function messagesOf(body: Body): string[] {
  const events: readonly unknown[] = Array.isArray(body['logEvents']) ? body['logEvents'] : [];
  const messages = events.map((event) => {
    const { timestamp, message } = (typeof event === 'object' && event !== null ? event : {}) as {
      readonly timestamp?: unknown;
      readonly message?: unknown;
    };
    if (typeof timestamp !== 'number' || typeof message !== 'string' || message === '')
      throw new AwsError('InvalidParameterException', 'logEvents: expected a timestamp and a non-empty message');
    return message;
  });
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message) + BATCH.perEvent, 0);
  if (messages.length === 0 || messages.length > BATCH.events || bytes > BATCH.bytes)
    throw new AwsError(
      'InvalidParameterException',
      `logEvents: expected 1 to ${BATCH.events} in ${BATCH.bytes} bytes, got ${messages.length} in ${bytes}`,
    );
  return messages;
}

export const LOGS: Readonly<Record<string, JsonAction>> = {
  CreateLogGroup(account, body, caller) {
    const name = groupNamed(account, body, caller, 'CreateLogGroup');
    if (account.logGroups.has(name))
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    account.logGroups.set(name, { retentionInDays: undefined, streams: new Map() });
  },
  DescribeLogGroups(account, body, caller) {
    const prefix = textOf(body, 'logGroupNamePrefix');
    allowed(account, caller, 'DescribeLogGroups', account.arn('logs', `log-group:${prefix}`));
    return {
      logGroups: [...account.logGroups.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((logGroupName) => ({ logGroupName, arn: `${account.arn('logs', `log-group:${logGroupName}`)}:*` })),
    };
  },
  CreateLogStream(account, body, caller) {
    const { group, name } = streamNamed(account, body, caller, 'CreateLogStream');
    if (group.streams.has(name))
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    group.streams.set(name, []);
  },
  DescribeLogStreams(account, body, caller) {
    const group = existing(account, groupNamed(account, body, caller, 'DescribeLogStreams'));
    return { logStreams: [...group.streams.keys()].map((logStreamName) => ({ logStreamName })) };
  },
  PutLogEvents(account, body, caller) {
    const { group, name } = streamNamed(account, body, caller, 'PutLogEvents');
    const stream = group.streams.get(name);
    if (stream === undefined)
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    stream.push(...messagesOf(body));
    return {};
  },
  PutRetentionPolicy(account, body, caller) {
    const group = existing(account, groupNamed(account, body, caller, 'PutRetentionPolicy'));
    const days = body['retentionInDays'];
    if (typeof days !== 'number' || !RETENTIONS.includes(days))
      throw new AwsError(
        'InvalidParameterException',
        `retentionInDays: expected one of ${RETENTIONS.join(', ')}, got ${JSON.stringify(days)}`,
      );
    group.retentionInDays = days;
  },
  DeleteRetentionPolicy(account, body, caller) {
    existing(account, groupNamed(account, body, caller, 'DeleteRetentionPolicy')).retentionInDays = undefined;
  },
  DeleteLogGroup(account, body, caller) {
    const name = groupNamed(account, body, caller, 'DeleteLogGroup');
    existing(account, name);
    account.logGroups.delete(name);
  },
};
