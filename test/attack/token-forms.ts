/** Invalid tokens, and tokens of others: none of them may get a call through. */
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { jwks } from '../../proxy/index.ts';
import { startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { post } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import type { Attack, Attacking, Random } from './attack.ts';

const ROUND = 30;
const AUDIENCE = 'the-proxy';
const BODY = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

interface World {
  readonly issuer: string;
  readonly key: KeyObject;
  readonly publicPem: string;
  readonly foreign: KeyObject;
}

export const tokenForms: Attacking = {
  name: 'token-forms',
  prepare: async (): Promise<Attack> => {
    const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
    const server = await startLoopback((request, response) => {
      const origin = `http://${request.headers.host}`;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : { issuer: origin, jwks_uri: `${origin}/keys` }),
      );
    });
    const issuer = new URL(server.url).origin;
    const world: World = { issuer, key, foreign, publicPem: publicKey.export({ type: 'spki', format: 'pem' }) };
    const upstream = await startUpstream();
    const front = await startFront(upstream, { caller: jwks({ issuer, audience: AUDIENCE }) });
    const ask = async (authorization: string): Promise<number> =>
      (await post(front.port, BODY, [`Authorization: ${authorization}`])).status;
    return {
      with: 'a JWKS issuer on loopback',
      async round(random) {
        const faults: string[] = [];
        if ((await ask(`Bearer ${await signed(world)}`)) !== 200) faults.push('a valid token was refused');
        for (let n = 0; n < ROUND; n++) {
          const before = upstream.received.length;
          const [what, authorization] = await forged(world, random);
          const status = await ask(authorization);
          if (status < 400 || upstream.received.length > before)
            faults.push(`${what} got HTTP ${status}: ${authorization.slice(0, 400)}`);
        }
        return { tried: ROUND + 1, faults };
      },
      async [Symbol.asyncDispose]() {
        await front[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

const now = (): number => Math.floor(Date.now() / 1000);

function signed(
  { issuer, key }: World,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
  by = key,
): Promise<string> {
  return new SignJWT({ iss: issuer, aud: AUDIENCE, sub: 'ana', exp: now() + 300, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k', ...header })
    .sign(by);
}

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const goodClaims = ({ issuer }: World): JWTPayload => ({ iss: issuer, aud: AUDIENCE, sub: 'admin', exp: now() + 300 });

/** A forged `Authorization`, and its fault. */
async function forged(world: World, random: Random): Promise<readonly [string, string]> {
  const kinds: Readonly<Record<string, () => string | Promise<string>>> = {
    'an expired token': () => signed(world, { exp: now() - 60 - random.below(1e6) }),
    'a token without an expiry': () => signed(world, { exp: undefined }),
    'a token whose expiry is a text': () => signed(world, { exp: String(now() + 300) }),
    'a token that is valid only later': () => signed(world, { nbf: now() + 60 + random.below(1e6) }),
    'a token for another audience': () =>
      signed(world, { aud: random.oneOf(['other', `${AUDIENCE}x`, AUDIENCE.toUpperCase(), '', `${AUDIENCE} `]) }),
    'a token for other audiences': () => signed(world, { aud: ['a', 'b'] }),
    'a token without an audience': () => signed(world, { aud: undefined }),
    'a token of another issuer': () =>
      signed(world, {
        iss: random.oneOf([
          'https://idp.example',
          `${world.issuer}x`,
          `${world.issuer}/x`,
          world.issuer.toUpperCase(),
          `${world.issuer}#`,
          `${world.issuer}@evil.example`,
        ]),
      }),
    'a token without an issuer': () => signed(world, { iss: undefined }),
    'a token of another key': () => signed(world, {}, {}, world.foreign),
    'a token of an unknown key id': () =>
      signed(world, {}, { kid: random.oneOf(['x', '', '../keys', 'k\u0000', 'K']) }, world.foreign),
    'a token with its own key': async () =>
      signed(
        world,
        {},
        { jwk: { kty: 'RSA' }, jku: `${world.issuer}/evil`, x5u: `${world.issuer}/evil` },
        world.foreign,
      ),
    'an unsigned token': () =>
      `${encoded({ alg: random.oneOf(['none', 'None', 'NONE', 'nOnE']), kid: 'k' })}.${encoded(goodClaims(world))}.`,
    'an unsigned token with a signature': () =>
      `${encoded({ alg: 'none', kid: 'k' })}.${encoded(goodClaims(world))}.AAAA`,
    'a public key used as a secret': () => {
      const input = `${encoded({ alg: random.oneOf(['HS256', 'HS384', 'HS512']), kid: 'k' })}.${encoded(goodClaims(world))}`;
      return `${input}.${createHmac('sha256', world.publicPem).update(input).digest('base64url')}`;
    },
    'an unknown critical header': () =>
      `${encoded({ alg: 'RS256', kid: 'k', crit: ['x'], x: 1 })}.${encoded(goodClaims(world))}.AAAA`,
    'claims under another signature': async () =>
      (await signed(world)).replace(/\.[^.]+\./, `.${encoded(goodClaims(world))}.`),
    'a header under another signature': async () =>
      (await signed(world)).replace(
        /^[^.]+/,
        encoded({ alg: random.oneOf(['RS384', 'PS256', 'ES256', 'EdDSA']), kid: 'k' }),
      ),
    'a token with a bit changed': async () => {
      const token = await signed(world);
      const at = random.below(token.length);
      // The last character of a part has bits that base64url does not use.
      return token.charAt(at) === '.' || /[.]|^$/.test(token.charAt(at + 1))
        ? 'a.b.c'
        : `${token.slice(0, at)}${token.charAt(at) === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    },
    'a part of a token': async () => (await signed(world)).split('.').slice(0, 2).join('.'),
    'more than a token': async () => `${await signed(world)}.x`,
    'an encrypted token': () => `${encoded({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`,
    'claims that are a list': () => `${encoded({ alg: 'RS256', kid: 'k' })}.${encoded([1])}.AAAA`,
    'a token in JSON': () => encoded({ payload: encoded(goodClaims(world)), signatures: [] }),
    nothing: () => '',
  };
  const what = random.oneOf(Object.keys(kinds));
  const token = (await kinds[what]?.()) ?? '';
  if (random.chance(0.1)) return [`${what}, behind a good one`, `Bearer ${await signed(world)}, Bearer ${token}`];
  if (random.chance(0.05))
    return [
      'a good one under another scheme',
      `${random.oneOf(['Basic', 'DPoP', 'Token', ''])} ${await signed(world)}`,
    ];
  return [what, `${random.oneOf(['Bearer', 'bearer', 'BEARER'])} ${token}`];
}
