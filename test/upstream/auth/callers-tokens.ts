/** Tokens of callers, as an issuer in front of the proxy gives them. */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { CallerToken, CallerTokens } from '../../../proxy/call/caller-tokens.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { NO_HEADERS } from '../../../proxy/call/inbound.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Verifies them. */
export const CALLERS_KEY = publicKey;

let issued = 0;

/** Each one is another text, also for the same person. */
export function tokenOf(sub: string, claims: Readonly<Record<string, unknown>> = {}, seconds = 3600): Promise<string> {
  return new SignJWT({ ...claims, jti: String(++issued) })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(typeof claims['iss'] === 'string' ? claims['iss'] : 'https://people.example.com')
    .setSubject(sub)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(privateKey);
}

/** The part of an exchange that an authenticator reads. */
export function exchangeOf(token: string | undefined, exp?: number): NonNullable<Outgoing['exchange']> {
  const claims = token === undefined ? {} : JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return {
    caller: callerOf(exp === undefined ? claims : { ...claims, exp }),
    inbound: { ...NO_HEADERS, tokens: new CallerTokens(token === undefined ? {} : { bearer: new CallerToken(token) }) },
  };
}
