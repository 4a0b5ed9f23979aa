/** When the tokens of a request are forgotten: once its call needs none, and its reply has left. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CallerToken, CallerTokens } from '../../proxy/call/caller-tokens.ts';
import { forgetAfter } from '../../proxy/ingress/forget-tokens.ts';
import { connect, request } from '../support/raw.ts';

/** A response that is being written, to a client that reads it. */
async function responding(use: (response: ServerResponse, ended: () => Promise<void>) => Promise<void>): Promise<void> {
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => arrived.resolve(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using connection = await connect((server.address() as AddressInfo).port);
  connection.send(request('GET', '/', [], undefined));
  const response = await arrived.promise;
  await use(response, async () => {
    const closed = new Promise((resolve) => response.once('close', resolve));
    response.end();
    await closed;
  });
  server.closeAllConnections();
  server.close();
}

const TOKEN = 'a token';
const made = (): [CallerToken, CallerTokens] => {
  const bearer = new CallerToken(TOKEN);
  return [bearer, new CallerTokens({ bearer })];
};

test.each([
  ['is done', (): Promise<void> => Promise.resolve()],
  ['has failed', (): Promise<void> => Promise.reject(new Error('failed'))],
])('they are kept until the reply has left, though the call %s', (_, dispatched) =>
  responding(async (response, ended) => {
    const [bearer, tokens] = made();
    forgetAfter(dispatched(), response, tokens);
    await setImmediate();
    expect(bearer.reveal()).toBe(TOKEN);
    await ended();
    expect(bearer.reveal()).toBeUndefined();
  }),
);

test('they are kept until the call is done, though the reply has left', () =>
  responding(async (response, ended) => {
    const [bearer, tokens] = made();
    const dispatched = Promise.withResolvers<void>();
    forgetAfter(dispatched.promise, response, tokens);
    await ended();
    await setImmediate();
    expect(bearer.reveal()).toBe(TOKEN);
    dispatched.resolve();
    await setImmediate();
    expect(bearer.reveal()).toBeUndefined();
  }));
