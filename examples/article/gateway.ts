/**
 * Stands in for an AgentCore Gateway: the calculator as its target, and a check of each request's signature (SigV4) as AWS
 * describes it.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { registerArithmetic } from '../../local/arithmetic.ts';
import { registerConversation } from '../../local/conversation.ts';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';
import { verifySigV4 } from '../../test/support/sigv4-verifier.ts';

export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'a-secret-for-this-example',
  AWS_REGION: 'eu-west-1',
};

export interface Gateway extends Listening {
  /** The requests that were accepted, with the access key that signed each. */
  readonly accepted: readonly string[];
}

export async function startGateway(): Promise<Gateway> {
  const accepted: string[] = [];
  const history = { calculations: 0 };
  const endpoint = await startEndpoint(
    () => {
      const server = new McpServer({ name: 'gateway', version: '1.0.0' }, { capabilities: { logging: {} } });
      registerArithmetic(server, history);
      registerConversation(server, history);
      return server;
    },
    {
      authorize: async (request) => {
        const verdict = verifySigV4(
          {
            method: request.method,
            target: new URL(request.url).pathname,
            rawHeaders: [...request.headers].flat(),
            body: Buffer.from(await request.clone().arrayBuffer()),
          },
          {
            region: CREDENTIALS.AWS_REGION,
            service: 'bedrock-agentcore',
            secretFor: (key) => (key === CREDENTIALS.AWS_ACCESS_KEY_ID ? CREDENTIALS.AWS_SECRET_ACCESS_KEY : undefined),
          },
        );
        if (!verdict.accepted) return Response.json({ message: verdict.reason }, { status: 403 });
        accepted.push(verdict.accessKeyId);
        return undefined;
      },
    },
  );
  return { ...endpoint, accepted };
}
