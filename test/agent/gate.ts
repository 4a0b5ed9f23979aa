/**
 * A deployed proxy on loopback: its invocation path behind a gate that requires credentials, like AgentCore Runtime's,
 * and a real proxy behind that.
 */
import http from 'node:http';
import type { ReceivedRequest } from '../support/sigv4-verifier.ts';
import { type Served, serve } from './serve.ts';

export interface Refusal {
  readonly status: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly message: string;
}

/** Its URL has the form of AgentCore's invocation URL. */
export interface Gate extends Served {
  readonly requests: readonly ReceivedRequest[];
  /** The number of refused requests. */
  readonly refused: number;
}

export const RUNTIME_ARN = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/calculator-Ab12Cd34Ef';
const INVOCATIONS = `/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=`;
const PATH = `${INVOCATIONS}DEFAULT`;

/** @param check returns why a request is refused; undefined accepts it */
export async function startGate(
  proxyPort: number,
  check: (request: ReceivedRequest) => Promise<Refusal | undefined> | Refusal | undefined,
): Promise<Gate> {
  const requests: ReceivedRequest[] = [];
  let refused = 0;
  const served = await serve(async (request, response, incoming) => {
    requests.push(request);
    const refusal = request.target.startsWith(INVOCATIONS)
      ? await check(request)
      : { status: 404, message: 'no such runtime' };
    if (refusal !== undefined) {
      refused += 1;
      response
        .writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers })
        .end(JSON.stringify({ message: refusal.message }));
      return;
    }
    const { authorization: _, ...headers } = incoming.headers;
    const onward = http.request(
      {
        port: proxyPort,
        host: '127.0.0.1',
        path: '/mcp',
        method: request.method,
        headers: { ...headers, host: '127.0.0.1' },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(request.body);
  });
  return {
    url: `${served.url}${PATH}`,
    requests,
    get refused() {
      return refused;
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** The values of a header over all requests. */
export function headerOf({ requests }: Gate, name: string): readonly string[] {
  return requests.flatMap(({ rawHeaders }) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name),
  );
}
