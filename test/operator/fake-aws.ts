/**
 * A small AWS on loopback: the part of STS, SSM, CloudFormation, CloudWatch, Logs, Cognito, Secrets Manager, DynamoDB,
 * KMS and AgentCore's control plane that the operator's commands use. It verifies every request's signature, and
 * refuses unknown requests.
 */
import { once } from 'node:events';
import http from 'node:http';
import { verifySigV4 } from '../support/sigv4-verifier.ts';
import { answerCloudFormation, answerSts } from './fake-query.ts';
import { answerAgentCore, answerJson } from './fake-services.ts';
import { ACCESS_KEY, type Asked, AwsRefusal, ROLE_KEY, SECRET_KEY, type Answered } from './wire.ts';
import type { World } from './world.ts';

export interface FakeAws extends AsyncDisposable {
  readonly url: string;
  /** The requests: `cloudformation DescribeStacks`. */
  readonly calls: readonly string[];
  /**
   * The environment in which a command finds it: endpoint, credentials and region, without this machine's own settings.
   */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startFakeAws(world: World): Promise<FakeAws> {
  const calls: string[] = [];
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const [, region = '', service = ''] =
        /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\//.exec(incoming.headers.authorization ?? '') ?? [];
      const verdict = verifySigV4(
        { method: incoming.method ?? '', target: incoming.url ?? '', rawHeaders: incoming.rawHeaders, body },
        {
          region,
          service,
          secretFor: (id, token) =>
            id === ACCESS_KEY || (id === ROLE_KEY && token === 'of-the-role') ? SECRET_KEY : undefined,
        },
      );
      const asked: Asked = {
        service,
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body,
      };
      try {
        if (!verdict.accepted) throw new AwsRefusal(verdict.error, verdict.reason, 403);
        const answered = answer(asked, region, world, calls);
        response.writeHead(200, { 'content-type': answered.type }).end(answered.body);
      } catch (error) {
        const refusal = error instanceof AwsRefusal ? error : new AwsRefusal('InternalFailure', String(error), 500);
        refuse(asked, refusal, response);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    calls,
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL: url,
      AWS_REGION: world.region,
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(asked: Asked, region: string, world: World, calls: string[]): Answered {
  const named =
    new URLSearchParams(asked.body.toString()).get('Action') ??
    String(asked.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ??
    '';
  if (world.denied.includes(named))
    throw new AwsRefusal('AccessDeniedException', `not authorized to perform ${named}`, 403);
  const [, identity = ''] = /^\/identities\/(\w+)$/.exec(asked.path) ?? [];
  if (world.denied.includes(identity))
    throw new AwsRefusal('AccessDeniedException', `not authorized to perform ${identity}`, 403);
  const answered = answerBy(asked, region, world);
  calls.push(`${asked.service} ${answered.action}`);
  return answered;
}

function answerBy(asked: Asked, region: string, world: World): Answered {
  switch (asked.service) {
    case 'sts':
      return answerSts(asked, world);
    case 'cloudformation':
      return answerCloudFormation(asked, region, world);
    case 'bedrock-agentcore':
      return answerAgentCore(asked, world);
    default:
      return answerJson(asked, world);
  }
}

/** Query services report errors in XML, all others in JSON. */
function refuse({ service }: Asked, { name, message, status }: AwsRefusal, response: http.ServerResponse): void {
  if (service === 'sts' || service === 'cloudformation') {
    response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
  } else
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name })
      .end(JSON.stringify({ __type: name, message }));
}
