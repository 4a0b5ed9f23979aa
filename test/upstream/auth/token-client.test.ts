/** What the proxy as a client of one issuer keeps between its requests, and what it reads again after a refusal. */
import { text } from 'node:stream/consumers';
import type { ClientAuth } from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CertificateRefused } from '../../../proxy/base/refused-certificate.ts';
import type { AssertionOptions } from '../../../proxy/upstream/auth/client-assertion.ts';
import type { ClientCertificate } from '../../../proxy/upstream/auth/client-certificate.ts';
import type { ClientKeyPair } from '../../../proxy/upstream/auth/key-pair.ts';
import { TokenClient, type TokenClientOptions } from '../../../proxy/upstream/auth/token-client.ts';
import { Lines } from '../../dispatch/lines.ts';
import { serve } from './loopback.ts';

const NOW = Date.UTC(2026, 11, 2);
const lines = new Lines();
beforeEach(() => {
  lines.start();
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => {
  lines.stop();
  vi.useRealTimers();
});

/** The answer to one token request: an error's code or status, or a token. */
type Answer = 'invalid_client' | 'invalid_scope' | 404 | 503 | 'token';

/** An issuer that answers its token requests so, one after the other, and then with tokens. */
async function issuer(...answers: Answer[]) {
  const forms: URLSearchParams[] = [];
  const secrets: string[] = [];
  const times: number[] = [];
  const server = await serve((request, response) => {
    const own = `http://${request.headers.host}`;
    response.setHeader('date', new Date(times.shift() ?? Date.now()).toUTCString());
    if (request.method === 'GET')
      return void response.end(
        JSON.stringify({
          issuer: own,
          token_endpoint: `${own}/token`,
          mtls_endpoint_aliases: { token_endpoint: `${own}/mtls` },
        }),
      );
    void text(request).then((form) => {
      forms.push(new URLSearchParams(form));
      const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
      secrets.push(Buffer.from(basic, 'base64').toString());
      const answer = answers.shift() ?? 'token';
      if (answer === 'token')
        return void response.end(JSON.stringify({ access_token: `t-${forms.length}`, token_type: 'Bearer' }));
      const body = typeof answer === 'number' ? '' : JSON.stringify({ error: answer });
      response.writeHead(typeof answer === 'number' ? answer : 400).end(body);
    });
  });
  /** What it was asked for, by the first letter of the path. */
  const asked = (): string => server.requests.map((line) => /\/(.)/.exec(line)?.[1]).join('');
  return { url: new URL(server.url), forms, secrets, times, asked, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

type Issuer = Awaited<ReturnType<typeof issuer>>;

const clientOf = ({ url }: Issuer, options: Partial<TokenClientOptions> = {}): TokenClient =>
  new TokenClient({ server: { issuer: url }, clientId: 'me', secret: async () => 's', ...options });
const ask = async (client: TokenClient): Promise<string> => {
  const grant = { type: 'client_credentials', parameters: new URLSearchParams() };
  return client.request(grant).then(
    ({ accessToken }) => accessToken,
    (error: unknown) =>
      /invalid_\w+|status 404|is failing|client certificate/.exec(String(error))?.[0] ?? String(error),
  );
};

/** Reads one text after the other, and then the last one. */
function reading(...texts: string[]) {
  let reads = 0;
  return { read: async () => texts[Math.min(reads++, texts.length - 1)] ?? '', count: () => reads };
}

describe('the server', () => {
  test.each<[Answer, string, string]>([
    ['token', 't-1', '.tt'],
    ['invalid_scope', 'invalid_scope', '.tt'],
    ['invalid_client', 'invalid_client', '.t.t'],
    [404, 'status 404', '.t.t'],
    [503, 'is failing', '.t.t'],
  ])('is discovered again unless what it answered is about the grant: %s', async (answer, got, asked) => {
    await using at = await issuer(answer);
    const client = clientOf(at);
    expect([await ask(client), await ask(client)]).toEqual([got, 't-2']);
    expect(at.asked()).toBe(asked);
  });

  test('is known by its token endpoint, and by its issuer as well', async () => {
    await using at = await issuer();
    const tokenEndpoint = new URL('/token', at.url);
    const audiences: string[] = [];
    const proof = async (): Promise<ClientAuth> => (server) => void audiences.push(server.issuer);
    await ask(clientOf(at, { server: { tokenEndpoint }, proof }));
    await ask(clientOf(at, { server: { tokenEndpoint, issuer: new URL('https://idp.example.com/a') }, proof }));
    expect(audiences).toEqual([tokenEndpoint.href, 'https://idp.example.com/a']);
    expect(at.asked()).toBe('tt');
  });
});

describe('the secret', () => {
  test('is read once', async () => {
    await using at = await issuer('token', 'invalid_scope', 503);
    const { read, count } = reading('one');
    const client = clientOf(at, { secret: read });
    for (let n = 0; n < 4; n++) await ask(client);
    expect([count(), at.secrets]).toEqual([1, Array(4).fill('me:one')]);
  });

  test('is read again after a refusal, and sent if it is another one, which is kept', async () => {
    await using at = await issuer('token', 'invalid_client');
    const { read, count } = reading('one', 'two');
    const client = clientOf(at, { secret: read });
    expect([await ask(client), await ask(client), await ask(client)]).toEqual(['t-1', 't-3', 't-4']);
    expect([count(), at.secrets]).toEqual([2, ['one', 'one', 'two', 'two'].map((secret) => `me:${secret}`)]);
  });

  test('that is the same is not sent again by the same request, and read again by the next', async () => {
    await using at = await issuer('invalid_client');
    const { read, count } = reading('one', 'one', 'two');
    const client = clientOf(at, { secret: read });
    expect([await ask(client), await ask(client)]).toEqual(['invalid_client', 't-2']);
    expect([count(), at.secrets]).toEqual([3, ['me:one', 'me:two']]);
  });

  test('that is refused as well is read again by the next request', async () => {
    await using at = await issuer('invalid_client', 'invalid_client');
    const { read, count } = reading('one', 'two', 'three');
    const client = clientOf(at, { secret: read });
    expect([await ask(client), await ask(client)]).toEqual(['invalid_client', 't-3']);
    expect([count(), at.secrets]).toEqual([3, ['me:one', 'me:two', 'me:three']]);
  });
});

describe('an assertion', () => {
  /** A client that shows at which time it asserts. */
  function asserting(at: Issuer, options: Partial<TokenClientOptions> = {}) {
    const moments: number[] = [];
    const proof = async ({ now = () => NaN }: AssertionOptions): Promise<ClientAuth> => {
      moments.push(now() - NOW);
      return (_server, client, body) => body.set('client_id', client.client_id);
    };
    return { client: clientOf(at, { secret: undefined, proof, ...options }), moments };
  }

  test('that was refused at another time of the server is made once more, at that time', async () => {
    await using at = await issuer('invalid_client');
    at.times.push(NOW, NOW + 60_000);
    const { client, moments } = asserting(at);
    expect([await ask(client), await ask(client)]).toEqual(['t-2', 't-3']);
    expect(moments).toEqual([0, 60_000, 60_000]);
  });

  test('that is refused at the server’s time, too, is made at this machine’s again', async () => {
    await using at = await issuer('invalid_client', 'invalid_client');
    at.times.push(NOW, NOW + 60_000, NOW, NOW + 60_000);
    const { client, moments } = asserting(at);
    expect([await ask(client), await ask(client)]).toEqual(['invalid_client', 't-3']);
    expect(moments).toEqual([0, 60_000, 0]);
  });

  test('that then fails for another reason is made at the server’s time', async () => {
    await using at = await issuer('invalid_client', 503);
    at.times.push(NOW, NOW + 60_000);
    const { client, moments } = asserting(at);
    expect([await ask(client), await ask(client)]).toEqual(['is failing', 't-3']);
    expect(moments).toEqual([0, 60_000, 60_000]);
  });

  test('that is refused at the same time is not made again, nor after another error', async () => {
    await using at = await issuer('invalid_client', 503);
    at.times.push(NOW, NOW, NOW, NOW + 60_000);
    const { client, moments } = asserting(at);
    expect([await ask(client), await ask(client), moments]).toEqual(['invalid_client', 'is failing', [0, 0]]);
  });

  test('with a private key is made once more as well, as it is configured; a secret is not sent again', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await using at = await issuer('invalid_client', 'token', 'invalid_client');
    at.times.push(NOW, NOW + 60_000, NOW, NOW, NOW, NOW + 60_000);
    const options = {
      secret: async () => key,
      authMethod: 'private_key_jwt',
      assertion: { audience: 'urn:a' },
    } as const;
    expect(await ask(clientOf(at, options))).toBe('t-2');
    const claims = at.forms.map((form) => form.get('client_assertion')?.split('.')[1] ?? '');
    const [first, second] = claims.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect([first, second]).toMatchObject([{ aud: 'urn:a', iat: NOW / 1_000 }, { iat: NOW / 1_000 + 60 }]);
    expect(await ask(clientOf(at))).toBe('invalid_client');
  });
});

describe('a certificate', () => {
  const pair = (id: string): ClientKeyPair => ({ id, cert: '', key: '', shown: id, expiresAt: Infinity });

  /** The certificates `1`, `2`, …: another one if that which was refused has a successor. */
  function certificates(last: number) {
    const log: string[] = [];
    let now = 1;
    const certificate: Pick<ClientCertificate, 'current' | 'refused'> = {
      current: () => (log.push(`shows ${now}`), pair(String(now))),
      refused: async ({ id }) => (log.push(`refused ${id}`), now++ < last),
    };
    return { certificate: certificate as ClientCertificate, log };
  }

  test('is shown to the endpoint for such clients', async () => {
    await using at = await issuer();
    const { certificate, log } = certificates(1);
    expect(await ask(clientOf(at, { secret: undefined, certificate }))).toBe('t-1');
    expect([at.asked(), log]).toEqual(['.m', ['shows 1']]);
  });

  test.each<[number, string, string[]]>([
    [2, 't-2', ['shows 1', 'refused 1', 'shows 2']],
    [1, 'invalid_client', ['shows 1', 'refused 1']],
  ])('that the server refuses is followed by the next one, if there is one: %i', async (last, got, shown) => {
    await using at = await issuer('invalid_client');
    const { certificate, log } = certificates(last);
    expect(await ask(clientOf(at, { secret: undefined, certificate }))).toBe(got);
    expect(log).toEqual(shown);
  });

  test('that the connection refuses is followed by the next one', async () => {
    await using at = await issuer();
    const { certificate, log } = certificates(2);
    let proofs = 0;
    const proof = async (): Promise<ClientAuth> => {
      if (proofs++ === 0) throw new CertificateRefused('upstream-auth', 'refused the client certificate');
      return () => undefined;
    };
    expect(await ask(clientOf(at, { secret: undefined, certificate, proof }))).toBe('t-1');
    expect(log).toEqual(['shows 1', 'refused 1', 'shows 2']);
  });

  test('is not another one after another error', async () => {
    await using at = await issuer(503);
    const { certificate, log } = certificates(2);
    expect(await ask(clientOf(at, { secret: undefined, certificate }))).toBe('is failing');
    expect(log).toEqual(['shows 1']);
  });
});
