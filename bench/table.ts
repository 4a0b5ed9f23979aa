/**
 * A DynamoDB on loopback for the row `table`: dynalite behind a counter. Its speed differs from DynamoDB's; the row
 * measures the writes per call, and the time that the proxy adds to one. TABLE=NAME names the table.
 */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** Operations since the process started, and their total milliseconds at the table. */
export interface Counted {
  readonly writes: number;
  readonly others: number;
  readonly ms: number;
}

const inner = dynalite({ createTableMs: 0 });
const innerPort = await listen(inner);
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
await new DynamoDBClient({ region: 'eu-central-1', endpoint: `http://127.0.0.1:${innerPort}`, credentials }).send(
  new CreateTableCommand({
    TableName: process.env['TABLE'],
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

const counted = { writes: 0, others: 0, ms: 0 };
const outer = createServer((req, res) => {
  const begin = performance.now();
  if (String(req.headers['x-amz-target']).endsWith('.UpdateItem')) counted.writes++;
  else counted.others++;
  const { host: _, ...headers } = req.headers;
  const on = request({ host: '127.0.0.1', port: innerPort, method: req.method, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(res);
    answer.on('end', () => (counted.ms += performance.now() - begin));
  });
  on.on('error', () => res.destroy());
  req.pipe(on);
});
console.log(JSON.stringify({ event: 'listening', port: await listen(outer) }));

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('expected a port');
  return address.port;
}

process.on('message', () => process.send?.({ ...counted } satisfies Counted));
process.on('disconnect', () => process.exit(0));
