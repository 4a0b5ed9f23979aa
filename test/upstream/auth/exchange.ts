/**
 * One call with an authenticator over a real socket, as the router makes it: adds credentials, sends, and retries once
 * if they are refused.
 */
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import type { Authenticator, Outgoing } from '../../../proxy/upstream/auth/auth.ts';

export async function exchange(
  auth: Authenticator,
  url: string,
): Promise<{ readonly status: number; readonly attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    const { request, response, body } = await attempt(auth, url);
    const status = response.statusCode ?? 0;
    const isRefused = status === 401 || status === 403;
    if (attempts < 2 && isRefused && (await reportRefused(auth, response, request, body))) continue;
    if (attempts === 2 && isRefused) auth.refusedAgain?.();
    return { status, attempts };
  }
}

/** Also passes on which request was refused, so that the authenticator knows whether it still holds that credential. */
export async function reportRefused(
  auth: Authenticator,
  response: http.IncomingMessage,
  request: Outgoing,
  body?: Buffer,
): Promise<boolean> {
  return auth.refused(response.statusCode ?? 0, response.headers, request, body);
}

export async function attempt(
  auth: Authenticator,
  url: string,
): Promise<{ readonly request: Outgoing; readonly response: http.IncomingMessage; readonly body: Buffer }> {
  const { host, pathname, search } = new URL(url);
  const request: Outgoing = {
    method: 'POST',
    host,
    path: `${pathname}${search}`,
    body: Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'),
    headers: ['content-type', 'application/json'],
  };
  await auth.apply(request);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http
      .request(url, { method: 'POST', headers: ['host', host, ...request.headers] }, resolve)
      .on('error', reject)
      .end(request.body);
  });
  return { request, response, body: await buffer(response) };
}

/** Everything that a careless log line could print of an error. */
export function everythingOf(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true });
}
