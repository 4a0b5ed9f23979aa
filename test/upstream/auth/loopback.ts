import type http from 'node:http';
import { type Loopback, startLoopback } from '../../support/loopback.ts';

export interface LoopbackServer extends Loopback {
  /** `METHOD /path` of each request. */
  readonly requests: readonly string[];
}

export async function serve(listener: http.RequestListener): Promise<LoopbackServer> {
  const requests: string[] = [];
  const server = await startLoopback((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  return { ...server, requests };
}
