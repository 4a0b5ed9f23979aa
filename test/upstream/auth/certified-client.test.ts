/** A client that authenticates with its certificate (RFC 8705), at a certified server over real TLS. */
import { hash, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ClientCertificate } from '../../../proxy/upstream/auth/client-certificate.ts';
import { clientCredentials, type ClientCredentialsOptions } from '../../../proxy/upstream/auth/client-credentials.ts';
import { getHeader } from '../../../proxy/upstream/auth/header-list.ts';
import { type Certificate, createAuthority } from '../../support/certificate.ts';
import { startTokenIssuer, type TokenIssuer, type TokenIssuerOptions } from '../../support/token-issuer.ts';

const authority = createAuthority();
const trusted = tls.getCACertificates('default');
beforeAll(() => tls.setDefaultCACertificates([...trusted, authority.cert]));
afterAll(() => tls.setDefaultCACertificates(trusted));
afterEach(() => void vi.useRealTimers());

const NAME = 'proxy.client.test';
const start = (more: Partial<NonNullable<TokenIssuerOptions['tls']>> = {}, options: TokenIssuerOptions = {}) =>
  startTokenIssuer({
    authMethod: 'tls_client_auth',
    tls: { server: authority.issue(), authority: authority.cert, clientName: NAME, ...more },
    ...options,
  });
const digest = ({ cert }: Certificate): string => hash('sha256', new X509Certificate(cert).raw, 'base64url');

async function authorization(
  { issuer, clientId }: Pick<TokenIssuer, 'issuer' | 'clientId'>,
  read: () => Certificate,
  options: Partial<ClientCredentialsOptions> = {},
): Promise<string | undefined> {
  const auth = clientCredentials({
    server: { issuer },
    clientId,
    certificate: new ClientCertificate(async () => `${read().cert}${read().key}`),
    authMethod: 'tls_client_auth',
    scopes: ['mcp/invoke'],
    ...options,
  });
  const request = { method: 'POST' as const, host: 'a', path: '/', body: undefined, headers: [] as string[] };
  await auth.apply(request);
  return getHeader(request.headers, 'authorization');
}

test('gets a token that is bound to the certificate, with its id and no secret in the request', async () => {
  await using issuer = await start();
  const own = authority.issue([NAME]);
  const claims = await issuer.verify(await authorization(issuer, () => own));
  expect(claims).toMatchObject({ client_id: 'm2m', cnf: { 'x5t#S256': digest(own) } });
  const [request] = issuer.tokenRequests;
  expect(request?.authorization).toBeUndefined();
  expect(Object.fromEntries(request?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'm2m',
    scope: 'mcp/invoke',
  });
  // The metadata is asked for with it as well: it is often behind the same listener.
  expect(issuer.certificates).toEqual(issuer.certificates.map(() => digest(own)));
});

test.each([
  ["with another client's name", () => authority.issue(['other.client.test'])],
  ['of another authority', () => createAuthority('other').issue([NAME])],
])('a certificate %s is refused, and the error says what to check', async (_, issue) => {
  await using issuer = await start();
  const own = issue();
  await expect(authorization(issuer, () => own)).rejects.toThrow(
    /invalid_client.*: check UPSTREAM_CLIENT_ID and what is registered there of the client certificate/,
  );
});

test('a certificate that was replaced is read again when the server refuses the old one', async () => {
  await using issuer = await start();
  const old = authority.issue(['old.test']);
  const next = authority.issue([NAME]);
  let reads = 0;
  const claims = await issuer.verify(await authorization(issuer, () => (reads++ < 2 ? old : next)));
  expect(claims).toMatchObject({ cnf: { 'x5t#S256': digest(next) } });
});

test('a certificate that takes too long to read is named in the error', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const read = Promise.resolve(new ClientCertificate(() => new Promise(() => {})).current());
  vi.advanceTimersByTime(15_000);
  await expect(read).rejects.toThrow('fetching the client certificate took more than 15 s');
});

test('a server that ends connections without a certificate is asked for its metadata with one, too', async () => {
  await using issuer = await start({ required: true });
  const own = authority.issue([NAME]);
  expect(await issuer.verify(await authorization(issuer, () => own))).toMatchObject({ client_id: 'm2m' });
  await expect(
    authorization(issuer, () => own, {
      certificate: undefined,
      authMethod: 'client_secret_post',
      secret: async () => 'x',
    }),
  ).rejects.toThrow(
    'wants a client certificate (TLS alert: certificate required), got none: bind UPSTREAM_CLIENT_CERTIFICATE',
  );
});

test("the token endpoint for clients with a certificate is used, and without one it isn't", async () => {
  await using real = await start();
  await using issuer = await start({ alias: () => real.tokenEndpoint.href });
  const own = authority.issue([NAME]);
  await issuer.verify(await authorization(issuer, () => own)).catch(() => {});
  expect([real.tokenRequests.length, issuer.tokenRequests.length]).toEqual([1, 0]);
  await expect(
    authorization(issuer, () => own, {
      certificate: undefined,
      authMethod: 'client_secret_post',
      secret: async () => 'x',
    }),
  ).rejects.toThrow('without-certificates.test');
});

test('a client with a secret shows its certificate, too, so that its tokens are bound', async () => {
  await using issuer = await startTokenIssuer({ tls: { server: authority.issue(), authority: authority.cert } });
  const own = authority.issue();
  const claims = await issuer.verify(
    await authorization(issuer, () => own, { authMethod: undefined, secret: async () => 'first-secret' }),
  );
  expect(claims).toMatchObject({ cnf: { 'x5t#S256': digest(own) } });
});
