/** An HTTP server on loopback that reads each request completely before it answers. All fakes here use it. */
import type http from 'node:http';
import { type Loopback, startLoopback } from '../support/loopback.ts';
import type { ReceivedRequest } from '../support/sigv4-verifier.ts';

export type Served = Loopback;

export type Answer = (
  request: ReceivedRequest,
  response: http.ServerResponse,
  incoming: http.IncomingMessage,
) => void | Promise<void>;

export function serve(answer: Answer): Promise<Served> {
  return startLoopback((incoming, response) => {
    void incoming
      .toArray()
      .then((chunks: Buffer[]) =>
        answer(
          {
            method: incoming.method ?? '',
            target: incoming.url ?? '',
            rawHeaders: incoming.rawHeaders,
            body: Buffer.concat(chunks),
          },
          response,
          incoming,
        ),
      );
  });
}

/** A URL on loopback where nothing listens. */
export async function nowhere(): Promise<string> {
  const served = await serve(() => {});
  await served[Symbol.asyncDispose]();
  return `${served.url}/mcp`;
}
