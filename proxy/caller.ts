/** Who calls. Where that knowledge comes from is said once, in the config; there is no guessing. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError } from './errors.ts';
import { deepFreeze, isObject, type JsonObject } from './json/lossless.ts';
import { checkJson } from './json/strict.ts';

export interface Caller {
  /** The stable name of the caller (a token's `sub`, or its client id); undefined where nobody said. */
  readonly subject: string | undefined;
  /** Everything that was claimed. Frozen. */
  readonly claims: JsonObject;
  /** Distinguishes callers from one another: issuer and subject. Sessions are bound to it. */
  readonly key: string;
}

/** Says who sent a request, from its headers. Synchronous where it can be; throws `unauthenticated-caller`. */
export interface CallerSource {
  readonly kind: 'none' | 'agentcore-jwt' | 'jwks' | 'header' | 'fixed';
  /** Request headers this source reads: they must be on the runtime's header allowlist. Lower case. */
  readonly headers: readonly string[];
  /** Environment it needs, by name, with what it is for. */
  readonly bindings: Readonly<Record<string, string>>;
  /** Runs once at start-up; returns the function that reads a request. */
  prepare(environment: Readonly<Record<string, string | undefined>>): ReadCaller;
}

export type ReadCaller = (headers: IncomingHttpHeaders) => Caller | Promise<Caller>;

export const NOBODY: Caller = Object.freeze({ subject: undefined, claims: Object.freeze({}), key: '' });

export function callerOf(claims: JsonObject): Caller {
  const pick = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = claims[name];
      if (typeof value === 'string' && value !== '') return value;
    }
    return undefined;
  };
  const subject = pick('sub', 'client_id', 'azp');
  return { subject, claims: deepFreeze(claims), key: JSON.stringify([pick('iss') ?? '', subject ?? '']) };
}

/** Nobody is told apart. The default. */
export function none(): CallerSource {
  return { kind: 'none', headers: [], bindings: {}, prepare: () => () => NOBODY };
}

/** The same caller for every call: for local use and tests. */
export function fixed(claims: JsonObject): CallerSource {
  const caller = callerOf(claims);
  return { kind: 'fixed', headers: [], bindings: {}, prepare: () => () => caller };
}

/**
 * A header that something in front sets: either a JSON object of claims, or a plain text taken as `sub`.
 * Whoever may reach the proxy may claim to be anybody through it: it identifies, it doesn't authenticate.
 */
export function header(name: string): CallerSource {
  const lower = name.toLowerCase();
  return {
    kind: 'header',
    headers: [lower],
    bindings: {},
    prepare: () => (headers) => {
      const value = headers[lower];
      if (value === undefined || value === '') {
        throw new ProxyError('unauthenticated-caller', `no caller: expected the header ${lower}, got none`);
      }
      if (typeof value !== 'string') throw new ProxyError('unauthenticated-caller', `the header ${lower} came more than once`);
      return value.startsWith('{') ? callerOf(parseClaims(value, `the header ${lower}`)) : callerOf({ sub: value });
    },
  };
}

/**
 * The JWT that AgentCore Runtime has already verified (a runtime with a JWT authorizer, `Authorization` on its header
 * allowlist). The token is decoded and **not verified here**, so this source refuses to start unless `INBOUND_AUTH=jwt`
 * is bound, which the CDK construct does together with the authorizer and nothing else should.
 */
export function agentcoreJwt(): CallerSource {
  return {
    kind: 'agentcore-jwt',
    headers: ['authorization'],
    bindings: { INBOUND_AUTH: 'must be "jwt": set together with the JWT authorizer that verifies the token' },
    prepare: (environment) => {
      if (environment['INBOUND_AUTH'] !== 'jwt') {
        throw new Error(
          `caller agentcore-jwt trusts a token that the platform verified: expected INBOUND_AUTH=jwt, got ${environment['INBOUND_AUTH'] ?? 'nothing'}; use jwks({ issuer }) where no authorizer stands in front`,
        );
      }
      return (headers) => callerOf(decodeJwt(bearerToken(headers)));
    },
  };
}

export interface JwksOptions {
  /** The token's expected `iss`; its keys are found through `/.well-known/openid-configuration`. https, or http on loopback. */
  readonly issuer: string;
  /** The token's expected `aud`. @default - not checked (Cognito's client-credentials tokens have none) */
  readonly audience?: string;
  /** Where the keys are, if not where the issuer's metadata says. */
  readonly jwksUri?: string;
}

/** A JWT verified here against the issuer's published keys (RFC 7519, RFC 7517). */
export function jwks(options: JwksOptions): CallerSource {
  return {
    kind: 'jwks',
    headers: ['authorization'],
    bindings: {},
    prepare: () => {
      let verifier: Promise<(token: string) => Promise<JsonObject>> | undefined;
      return async (headers) => {
        const token = bearerToken(headers);
        verifier ??= import('./jwks.ts').then((module) => module.createVerifier(options));
        try {
          return callerOf(await (await verifier)(token));
        } catch (error) {
          if (error instanceof ProxyError) throw error;
          verifier = undefined;
          throw new ProxyError('internal', `the keys of issuer ${options.issuer} can't be had`, { cause: error });
        }
      };
    },
  };
}

function bearerToken(headers: IncomingHttpHeaders): string {
  const match = /^bearer +([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '');
  if (match?.[1] === undefined) {
    throw new ProxyError('unauthenticated-caller', `no caller: expected "Authorization: Bearer <JWT>", got ${headers.authorization === undefined ? 'no such header' : 'something else'}`);
  }
  return match[1];
}

function decodeJwt(token: string): JsonObject {
  const payload = token.split('.')[1];
  if (payload === undefined) throw new ProxyError('unauthenticated-caller', 'the bearer token is no JWT');
  return parseClaims(Buffer.from(payload, 'base64url').toString('utf8'), "the bearer token's payload");
}

function parseClaims(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    checkJson(text, 16);
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw new ProxyError('unauthenticated-caller', `${what} is no JSON object`);
  return value;
}
