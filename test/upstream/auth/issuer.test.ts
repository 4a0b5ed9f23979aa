import type http from 'node:http';
import { expect, test } from 'vitest';
import { discover } from '../../../proxy/upstream/auth/issuer.ts';
/** What is asked of an issuer, and what of its metadata is used. Odd ones: `odd-issuers.test.ts`. */
import { startElsewhere } from '../../support/elsewhere.ts';
import { serve } from './loopback.ts';

type Answer = (self: string, response: http.ServerResponse) => void;
const OAUTH = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';

/** An issuer that answers at some paths, and 404 at others. */
async function issuerWith(answers: Readonly<Record<string, Answer>>) {
  const accepted: (string | undefined)[] = [];
  let self = '';
  const server = await serve((request, response) => {
    accepted.push(request.headers.accept);
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(self, response);
  });
  self = server.url;
  return { ...server, accepted };
}

const json =
  (of: (self: string) => object, status = 200): Answer =>
  (self, response) =>
    void response.writeHead(status).end(JSON.stringify(of(self)));
const valid = json((self) => ({ issuer: self, token_endpoint: `${self}/token` }));

test('an issuer without a path is asked at two places, for JSON', async () => {
  await using issuer = await issuerWith({});
  await expect(discover(new URL(issuer.url))).rejects.toMatchObject({
    code: 'upstream-auth',
    message: expect.stringContaining('has no metadata (got 404, 404, expected 200 with JSON') as string,
  });
  expect(issuer.requests).toEqual([`GET ${OAUTH}`, `GET ${OIDC}`]);
  expect(issuer.accepted).toEqual(['application/json', 'application/json']);
});

test('an issuer with a path is asked at three places', async () => {
  await using issuer = await issuerWith({
    [`${OAUTH}/a`]: (_self, response) => void response.end('<html>'),
    [`/a${OIDC}`]: (_self, response) => void response.writeHead(302, { location: '/' }).end(),
  });
  await expect(discover(new URL(`${issuer.url}/a`))).rejects.toThrow('(got no JSON object, 302, 404, expected 200');
  expect(issuer.requests).toEqual([`GET ${OAUTH}/a`, `GET /a${OIDC}`, `GET ${OIDC}/a`]);
});

test('metadata that came with an error status is not used', async () => {
  await using issuer = await issuerWith({
    [OAUTH]: json((self) => ({ issuer: self, token_endpoint: `${self}/stolen` }), 500),
    [OIDC]: valid,
  });
  expect(await discover(new URL(issuer.url))).toEqual({ issuer: issuer.url, token_endpoint: `${issuer.url}/token` });
});

test.each([
  [
    ['client_secret_post', 7, 'x'],
    ['client_secret_post', 'x'],
  ],
  [[], undefined],
  [[7], undefined],
  ['x', undefined],
])('the methods %j become %j', async (methods, used) => {
  await using issuer = await issuerWith({
    [OAUTH]: json((self) => ({
      issuer: self,
      token_endpoint: `${self}/token`,
      token_endpoint_auth_methods_supported: methods,
      jwks_uri: `${self}/keys`,
    })),
  });
  expect(await discover(new URL(issuer.url))).toEqual({
    issuer: issuer.url,
    token_endpoint: `${issuer.url}/token`,
    ...(used === undefined ? {} : { token_endpoint_auth_methods_supported: used }),
  });
});

test.each([[undefined], [7], ['elsewhere'], ['https://other.example.test']])(
  'metadata of the issuer %j is that of another',
  async (named) => {
    await using issuer = await issuerWith({
      [OAUTH]: json((self) => ({ issuer: named, token_endpoint: `${self}/t` })),
    });
    await expect(discover(new URL(issuer.url))).rejects.toMatchObject({
      code: 'upstream-auth',
      message: expect.stringContaining("is not valid, or is another issuer's") as string,
    });
  },
);

test.each([[undefined], [7], ['no url']])('a token endpoint of %j is an error', async (endpoint) => {
  await using issuer = await issuerWith({ [OAUTH]: json((self) => ({ issuer: self, token_endpoint: endpoint })) });
  await expect(discover(new URL(issuer.url))).rejects.toMatchObject({
    code: 'upstream-auth',
    message: `the metadata of ${issuer.url} names no token_endpoint: set UPSTREAM_TOKEN_URL`,
  });
});

test('a token endpoint of this machine that an issuer elsewhere names is an error', async () => {
  const issuer = 'https://idp.example.com';
  await using _elsewhere = await startElsewhere(['idp.example.com'], (_request, response) => {
    response.end(JSON.stringify({ issuer, token_endpoint: 'http://127.0.0.1:9/token' }));
  });
  await expect(discover(new URL(issuer))).rejects.toThrow('names a token_endpoint without TLS, expected https');
});

test('an issuer that cannot be reached is an error that names it, and no other place is asked', async () => {
  await using issuer = await issuerWith({ [OAUTH]: (_self, response) => void response.destroy() });
  await expect(discover(new URL(issuer.url))).rejects.toMatchObject({
    code: 'upstream-auth',
    message: expect.stringContaining('the issuer') as string,
  });
  expect(issuer.requests).toEqual([`GET ${OAUTH}`]);
});
