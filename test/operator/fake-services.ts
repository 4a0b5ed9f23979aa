/** The services with JSON requests and answers. */
import { isObject } from '../../proxy/json/lossless.ts';
import { matches } from './filter-pattern.ts';
import { type Asked, AwsRefusal, type Answered } from './wire.ts';
import type { World } from './world.ts';

type Document = Readonly<Record<string, unknown>>;
type Action = (body: Document, world: World) => Document;

/** AgentCore's control plane is REST. */
export function answerAgentCore({ method, path, body }: Asked, world: World): Answered {
  const answered = (action: string, body: Document): Answered => ({
    action,
    type: 'application/json',
    body: JSON.stringify(body),
  });
  if (method === 'POST' && path.startsWith('/identities/')) return answerIdentity(path, body, world);
  const [, id, rest] = /^\/runtimes\/([A-Za-z0-9_-]+)\/(runtime-endpoints\/)?(?:\?.*)?$/.exec(path) ?? [];
  if (method === 'POST' && /^\/runtimes\/(?:\?.*)?$/.test(path))
    return answered('ListAgentRuntimes', { agentRuntimes: [] });
  if (id === undefined) throw new AwsRefusal('ValidationException', `${method} ${path}`, 404);
  const runtime = world.runtimes.get(id);
  if (runtime === undefined) throw new AwsRefusal('ResourceNotFoundException', `no runtime ${id}`, 404);
  if (method === 'GET' && rest === undefined) return answered('GetAgentRuntime', runtime);
  if (method === 'POST' && rest !== undefined) {
    const common = {
      agentRuntimeEndpointArn: 'arn',
      agentRuntimeArn: 'arn',
      createdAt: '2026-11-20T10:00:00Z',
      lastUpdatedAt: '2026-11-20T10:00:00Z',
    };
    return answered('ListAgentRuntimeEndpoints', {
      runtimeEndpoints: world.endpoints.map((endpoint) => ({ ...common, id: endpoint.name, ...endpoint })),
    });
  }
  throw new AwsRefusal('ValidationException', `${method} ${path}`, 404);
}

function answerIdentity(path: string, given: Buffer, { identities }: World): Answered {
  const action = path.slice('/identities/'.length);
  const asked: unknown = JSON.parse(given.toString());
  const name = isObject(asked) ? asked['name'] : undefined;
  const found = identities.get(`${action} ${typeof name === 'string' ? name : ''}`);
  if (found === undefined) throw new AwsRefusal('ResourceNotFoundException', `no ${action} of that name`, 404);
  return { action, type: 'application/json', body: JSON.stringify({ name, ...found }) };
}

export function answerJson({ service, headers, body }: Asked, world: World): Answered {
  const action =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? '';
  const handler = SERVICES[service]?.[action];
  if (handler === undefined) throw new AwsRefusal('UnknownOperationException', `${service} ${action}`);
  const asked: unknown = JSON.parse(body.toString() || '{}');
  if (!isObject(asked)) throw new AwsRefusal('SerializationException', 'expected an object');
  return { action, type: 'application/x-amz-json-1.1', body: JSON.stringify(handler(asked, world)) };
}

function text(body: Document, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '') throw new AwsRefusal('ValidationException', `expected ${key}`);
  return value;
}

function held<T>(map: ReadonlyMap<string, T>, key: string, error = 'ResourceNotFoundException'): T {
  const value = map.get(key);
  if (value === undefined) throw new AwsRefusal(error, `no ${key}`);
  return value;
}

const SERVICES: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  ssm: {
    GetParameter: (body, { parameters }) => ({
      Parameter: {
        Name: text(body, 'Name'),
        Type: 'String',
        Value: held(parameters, text(body, 'Name'), 'ParameterNotFound'),
      },
    }),
  },
  monitoring: {
    GetMetricData: (body, { metrics }) => ({
      MetricDataResults: queries(body).map(([Id, key]) => ({
        Id,
        StatusCode: 'Complete',
        Values: metrics.get(key) ?? [],
        Timestamps: (metrics.get(key) ?? []).map(() => Date.now() / 1000),
      })),
    }),
  },
  logs: {
    FilterLogEvents: (body, { logs, logGroups }) => {
      const group = text(body, 'logGroupName');
      held(logGroups, group);
      const found = logs.filter(
        (event) =>
          event.group === group &&
          event.at >= Number(body['startTime']) &&
          matches(text(body, 'filterPattern'), event.message),
      );
      return {
        events: found.map(({ at, message }) => ({ timestamp: at, message: `${message}\n`, logStreamName: 's' })),
      };
    },
    DescribeLogGroups: (body, { logGroups }) => ({
      logGroups: [...logGroups]
        .filter(([name]) => name.startsWith(text(body, 'logGroupNamePrefix')))
        .map(([logGroupName, storedBytes]) => ({ logGroupName, storedBytes })),
    }),
    DeleteLogGroup: (body, { logGroups }) => {
      held(logGroups, text(body, 'logGroupName'));
      logGroups.delete(text(body, 'logGroupName'));
      return {};
    },
  },
  'cognito-idp': {
    DescribeUserPoolClient: (body, { pools }) => {
      const secret = held(pools, text(body, 'UserPoolId')).clients[text(body, 'ClientId')];
      if (secret === undefined) throw new AwsRefusal('ResourceNotFoundException', 'no such client');
      return {
        UserPoolClient: {
          UserPoolId: text(body, 'UserPoolId'),
          ClientId: text(body, 'ClientId'),
          ClientSecret: secret,
        },
      };
    },
    DescribeUserPool: (body, { pools }) => ({
      UserPool: {
        Id: text(body, 'UserPoolId'),
        DeletionProtection: held(pools, text(body, 'UserPoolId')).protected ? 'ACTIVE' : 'INACTIVE',
      },
    }),
    UpdateUserPool: (body, { pools }) => {
      held(pools, text(body, 'UserPoolId')).protected = body['DeletionProtection'] === 'ACTIVE';
      return {};
    },
    DeleteUserPool: (body, { pools }) => {
      if (held(pools, text(body, 'UserPoolId')).protected)
        throw new AwsRefusal('InvalidParameterException', 'deletion protection is active');
      pools.delete(text(body, 'UserPoolId'));
      return {};
    },
  },
  dynamodb: {
    DescribeTable: (body, { tables }) => ({
      Table: {
        TableName: text(body, 'TableName'),
        DeletionProtectionEnabled: held(tables, text(body, 'TableName')).protected,
      },
    }),
    UpdateTable: (body, { tables }) => {
      held(tables, text(body, 'TableName')).protected = body['DeletionProtectionEnabled'] === true;
      return {};
    },
    DeleteTable: (body, { tables }) => {
      if (held(tables, text(body, 'TableName')).protected)
        throw new AwsRefusal('ValidationException', 'deletion protection is enabled');
      tables.delete(text(body, 'TableName'));
      return {};
    },
  },
  secretsmanager: {
    DescribeSecret: (body, { secrets }) => ({
      ARN: text(body, 'SecretId'),
      ...(held(secrets, text(body, 'SecretId')) ? { DeletedDate: Date.now() / 1000 } : {}),
    }),
    DeleteSecret: (body, { secrets }) => {
      held(secrets, text(body, 'SecretId'));
      secrets.set(text(body, 'SecretId'), true);
      return {};
    },
  },
  kms: {
    DescribeKey: (body, { keys }) => ({
      KeyMetadata: {
        KeyId: text(body, 'KeyId'),
        ...(held(keys, text(body, 'KeyId'), 'NotFoundException') ? { DeletionDate: Date.now() / 1000 } : {}),
      },
    }),
    ScheduleKeyDeletion: (body, { keys }) => {
      held(keys, text(body, 'KeyId'), 'NotFoundException');
      keys.set(text(body, 'KeyId'), true);
      return {};
    },
  },
};

/** Ids with `Namespace MetricName Stat`. Dimensions are required, since a metric without them is a different metric. */
function queries(body: Document): readonly (readonly [string, string])[] {
  const list: unknown = body['MetricDataQueries'];
  if (!Array.isArray(list)) throw new AwsRefusal('ValidationException', 'expected MetricDataQueries');
  return list.map((query: unknown) => {
    const stat = isObject(query) ? query['MetricStat'] : undefined;
    const metric = isObject(stat) ? stat['Metric'] : undefined;
    if (
      !isObject(query) ||
      !isObject(stat) ||
      !isObject(metric) ||
      !Array.isArray(metric['Dimensions']) ||
      metric['Dimensions'].length === 0
    )
      throw new AwsRefusal('ValidationException', 'expected a metric with dimensions');
    return [text(query, 'Id'), `${text(metric, 'Namespace')} ${text(metric, 'MetricName')} ${text(stat, 'Stat')}`];
  });
}
