/** AgentCore Identity's data plane on loopback that answers as a test says. Its rules: `test/support/agentcore-identity.ts`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { vi } from 'vitest';
import { startLoopback } from '../../support/loopback.ts';

/** An answer, or the `name` of an exception and its `status`. */
type Answer = Readonly<Record<string, unknown>>;

export interface IdentityAsked {
  /** The last part of the path. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** For which it was signed. */
  readonly region: string | undefined;
}

export interface IdentityAnswers extends AsyncDisposable {
  readonly asked: IdentityAsked[];
  /** The port at the other end of each request's connection. */
  readonly ports: (number | undefined)[];
  answer: (asked: IdentityAsked) => Answer;
}

/** AWS's client of this process reaches it: end that with `vi.unstubAllEnvs`. */
export async function startIdentityAnswers(): Promise<IdentityAnswers> {
  const server = await startLoopback((request, response) => void respond(request, response));
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await json(request)) as IdentityAsked['body'];
    const signedFor = /Credential=\w+\/\d+\/([\w-]+)\/bedrock-agentcore\//;
    const [, region] = signedFor.exec(request.headers.authorization ?? '') ?? [];
    const asked = { operation: /\w[\w-]*$/.exec(request.url ?? '')?.[0] ?? '', body, region };
    identity.asked.push(asked);
    identity.ports.push(request.socket.remotePort);
    const answer = identity.answer(asked);
    const { name, status } = answer;
    if (typeof name === 'string' && typeof status === 'number')
      response.writeHead(status, { 'x-amzn-errortype': name }).end(JSON.stringify({ message: 'what was received' }));
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
  const identity: IdentityAnswers = {
    asked: [],
    ports: [],
    answer: () => ({}),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_SESSION_TOKEN: undefined,
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: server.url,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return identity;
}
