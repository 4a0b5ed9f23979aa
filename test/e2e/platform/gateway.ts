/**
 * An AgentCore gateway on loopback. It verifies the signature of every request and whether its role may invoke this
 * gateway, and the embedded calculator answers.
 */
import { once } from 'node:events';
import http from 'node:http';
import { startCalculator } from '../../../local/calculator.ts';
import { verifySigV4 } from '../../support/sigv4-verifier.ts';
import type { Account } from '../aws/account.ts';
import { demand } from '../aws/iam.ts';
import { readRequest } from '../aws/wire.ts';
import { forward } from './forward.ts';

export interface GatewayStandIn extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  /** The role of each accepted call. */
  readonly callers: readonly string[];
  /** The reasons of refused calls. */
  readonly refused: readonly string[];
}

export async function startGateway(account: Account, gatewayArn: string): Promise<GatewayStandIn> {
  const calculator = await startCalculator();
  const callers: string[] = [];
  const refused: string[] = [];
  const server = http.createServer((incoming, response) => void answer(incoming, response));

  async function answer(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    try {
      callers.push(authorize(request));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      refused.push(reason);
      return void response
        .writeHead(403, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message: reason }));
    }
    const { 'content-type': type, accept, ...rest } = request.headers;
    const mcp = Object.fromEntries(Object.entries(rest).filter(([name]) => /^mcp-|^last-event-id$/.test(name)));
    forward(
      {
        url: calculator.url,
        method: request.method,
        headers: { 'content-type': type, accept, ...mcp },
        body: request.body,
      },
      response,
    );
  }

  function authorize({ method, target, rawHeaders, headers, body }: Awaited<ReturnType<typeof readRequest>>): string {
    const secretFor = (key: string, token: string | undefined) => account.credentialsFor(key, token)?.secretAccessKey;
    const verdict = verifySigV4(
      { method, target, rawHeaders, body },
      { region: account.region, service: 'bedrock-agentcore', secretFor },
    );
    if (!verdict.accepted) throw new Error(verdict.reason);
    const token = headers['x-amz-security-token'];
    const role = account.credentialsFor(verdict.accessKeyId, typeof token === 'string' ? token : undefined)?.roleArn;
    if (role === undefined) throw new Error('expected the credentials of a role');
    demand(account, role, { action: 'bedrock-agentcore:InvokeGateway', resource: gatewayArn });
    return role;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    callers,
    refused,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await calculator.close();
    },
  };
}
