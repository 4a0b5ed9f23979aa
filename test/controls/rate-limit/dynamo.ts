/**
 * DynamoDB on loopback: dynalite, with what it lacks of today's API. A failed condition returns the item if that was
 * requested (`ReturnValuesOnConditionCheckFailure`). Requests run one by one, so this is the item on which the
 * condition failed.
 */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

export const TABLE_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/limits';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

export interface Dynamo extends AsyncDisposable {
  readonly url: string;
  /** Operations so far, by name; those whose condition failed also count as `Failed`. */
  readonly counts: Map<string, number>;
  /** How long requests wait, and the status with which they are refused, if any. */
  trouble: { delayMs: number; status: number | undefined };
  writes(): number;
  items(): Promise<readonly Record<string, AttributeValue>[]>;
}

/** Sets the environment that leads AWS's own clients there, and restores it at the end. */
export async function startDynamo(): Promise<Dynamo> {
  const inner = dynalite({ createTableMs: 0 });
  inner.listen(0, '127.0.0.1');
  await once(inner, 'listening');
  const innerPort = (inner.address() as AddressInfo).port;
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${innerPort}`,
    credentials: KEYS,
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'limits',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const counts = new Map<string, number>();
  const trouble: Dynamo['trouble'] = { delayMs: 0, status: undefined };
  let queue: Promise<unknown> = Promise.resolve();
  const outer: Server = createServer((received, response) => {
    void received.toArray().then((chunks: Buffer[]) => {
      const body = Buffer.concat(chunks);
      const operation = String(received.headers['x-amz-target']).split('.').at(-1) ?? '';
      count(counts, operation);
      const { delayMs, status } = trouble;
      const taken = async (): Promise<void> => {
        if (status !== undefined)
          return void response
            .writeHead(status, JSON_TYPE)
            .end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}');
        const answer = await forward(innerPort, received.headers, body);
        let { text } = answer;
        if (answer.status === 400 && text.includes('ConditionalCheckFailedException')) {
          count(counts, 'Failed');
          const { TableName, Key, ReturnValuesOnConditionCheckFailure: wanted } = JSON.parse(body.toString()) as Asked;
          if (wanted === 'ALL_OLD') {
            const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
            text = JSON.stringify({ ...(JSON.parse(text) as object), ...(Item === undefined ? {} : { Item }) });
          }
        }
        response.writeHead(answer.status, JSON_TYPE).end(text);
      };
      const after = delayMs === 0 ? queue : queue.then(() => new Promise((resolve) => setTimeout(resolve, delayMs)));
      queue = after.then(taken).catch(() => response.destroy());
    });
  });
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  const url = `http://127.0.0.1:${(outer.address() as AddressInfo).port}`;
  const environment = environmentOf(url);
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  return {
    url,
    counts,
    trouble,
    writes: () => counts.get('UpdateItem') ?? 0,
    items: async () => (await client.send(new ScanCommand({ TableName: 'limits' }))).Items ?? [],
    async [Symbol.asyncDispose]() {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      client.destroy();
      outer.closeAllConnections();
      await new Promise((resolve) => outer.close(resolve));
      await new Promise((resolve) => inner.close(resolve));
    },
  };
}

/** The environment that leads AWS's own clients to it. */
export function environmentOf(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
}

interface Asked {
  readonly TableName: string;
  readonly Key: Record<string, AttributeValue>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

const JSON_TYPE = { 'Content-Type': 'application/x-amz-json-1.0' };

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function forward(
  port: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const { host: _, ...kept } = headers;
    const sent = request({ host: '127.0.0.1', port, method: 'POST', headers: kept }, (answer) => {
      answer
        .toArray()
        .then(
          (chunks: Buffer[]) => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          reject,
        );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
