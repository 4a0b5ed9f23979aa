/** Who calls. Where that knowledge comes from is said once, in the config; there is no guessing. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { deepFreeze, isObject, type JsonObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import { checkJson } from '../json/strict.ts';
import { weightOf } from '../json/weight.ts';
import { log } from '../base/log.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';

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
  /** Runs once at start-up; returns the function that reads a request. Throws, saying what was got and expected, where it can't work. */
  prepare(environment: Readonly<Record<string, string | undefined>>): ReadCaller;
}

/** The part of a request that says who sent it. */
export type Sent = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

export type ReadCaller = (sent: Sent) => Caller | Promise<Caller>;

export const NOBODY: Caller = Object.freeze({ subject: undefined, claims: Object.freeze({}), key: '' });

/** Characters of a caller's key that are kept as they are. */
const MAX_KEY = 256;

/** Claims that name the caller: a person or a client. The first that is there counts. */
const SUBJECT = ['sub', 'client_id', 'azp'];

export function callerOf(claims: JsonObject): Caller {
  const text = (name: string): string | undefined => {
    const value = claims[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const by = SUBJECT.find((name) => text(name) !== undefined);
  const issuer = text('iss') ?? '';
  const subject = by === undefined ? undefined : text(by);
  // Two who are named by no claim must not pass for one: only the very same claims are the same caller then.
  const named = JSON.stringify(by === undefined ? [issuer, claims] : [issuer, by, subject]);
  // Much of what is kept is kept by it: it must not be as long as its caller likes.
  const key = named.length <= MAX_KEY ? flat(named) : `#${digestOf(named)}`;
  return Object.freeze({ subject, claims: deepFreeze(claims), key });
}

const weights = new WeakMap<Caller, number>();

/** About how many bytes a caller takes, for whoever keeps one. */
export function weightOfCaller(caller: Caller): number {
  let weight = weights.get(caller);
  if (weight === undefined) weights.set(caller, (weight = 2 * caller.key.length + weightOf(caller.claims)));
  return weight;
}

/** One who calls again is the same object again: what controls know of a caller they find by it, and nothing is read twice. */
const recentCallers = (): Cache<Caller> =>
  new Cache({ maxBytes: 8 * 1024 * 1024, maxKey: 2048, weigh: weightOfCaller });

/** A text that isn't kept, only recognized: a token, or a name that is too long. */
function digestOf(text: string): string {
  // Not imported: most callers need none of it, and it takes its time to load.
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
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
    prepare: () => {
      if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(lower)) throw new Error(`caller header: expected the name of a header, got ${JSON.stringify(name)}`);
      const known = recentCallers();
      const read = (value: string): Caller => {
        const text = utf8Of(value, lower);
        return text.startsWith('{') ? callerOf(parseClaims(text, `the header ${lower}`)) : callerOf({ sub: text });
      };
      return (sent) => known.getOrMake(onlyOne(sent, lower), read);
    },
  };
}

/** A header that is there once, as Node reads it. */
function onlyOne({ headers, rawHeaders }: Sent, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '') throw new ProxyError('unauthenticated-caller', `no caller: expected the header ${name}, got none`);
  // Node joins repeated ones; whoever sets it in front may have meant another than a client that came with its own.
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const other = rawHeaders[i];
    if (other?.length === name.length && other.toLowerCase() === name) count++;
  }
  if (count !== 1 || typeof value !== 'string') throw new ProxyError('unauthenticated-caller', `expected the header ${name} once, got it ${count} times`);
  return value;
}

function utf8Of(value: string, name: string): string {
  const bytes = Buffer.from(value, 'latin1');
  if (!isUtf8(bytes)) throw new ProxyError('unauthenticated-caller', `expected the header ${name} in UTF-8, got other bytes`);
  return bytes.toString('utf8');
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
      const known = recentCallers();
      return ({ headers }) => {
        const token = bearerToken(headers.authorization);
        return known.getOrMake(digestOf(token), () => callerOf(decodeJwt(token)));
      };
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
      for (const member of ['issuer', 'jwksUri'] as const) checkEndpoint(options[member], `caller jwks: ${member}`);
      const known = recentCallers();
      let verifier: Promise<Verify> | undefined;
      const create = (): Promise<Verify> => {
        const created = import('../callers/jwt-verifier.ts').then((module) => module.createVerifier(options));
        // Looked for again with the next call; once had, the keys stay.
        created.catch(() => {
          if (verifier === created) verifier = undefined;
        });
        return created;
      };
      return async ({ headers }) => {
        const token = bearerToken(headers.authorization);
        try {
          const verify = await (verifier ??= create());
          // Verified each time: it expires, and keys are withdrawn.
          const claims = await verify(token);
          return known.getOrMake(digestOf(token), () => callerOf(claims));
        } catch (error) {
          if (error instanceof ProxyError && error.code === 'unauthenticated-caller') throw error;
          log.error("the caller's token can't be verified", { event: 'caller-keys', issuer: options.issuer, reason: error instanceof ProxyError ? error.message : undefined, error });
          throw new ProxyError('internal', 'the keys that would verify the bearer token cannot be had at the moment', { cause: error });
        }
      };
    },
  };
}

/** Verifies a token; its claims. Throws `unauthenticated-caller` where it isn't good, anything else where that can't be said. */
export type Verify = (token: string) => Promise<JsonObject>;

/** Keys fetched in the clear are anybody's keys. */
function checkEndpoint(text: string | undefined, what: string): void {
  if (text === undefined && what.endsWith('jwksUri')) return;
  const url = URL.parse(text ?? '');
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return;
  throw new Error(`${what}: expected an https URL (http on loopback only), got ${text === undefined ? 'nothing' : JSON.stringify(shownUrl(text))}`);
}

function bearerToken(authorization: string | undefined): string {
  const match = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '');
  if (match?.[1] === undefined) {
    throw new ProxyError('unauthenticated-caller', `no caller: expected "Authorization: Bearer <JWT>", got ${authorization === undefined ? 'no such header' : 'something else'}`);
  }
  return match[1];
}

function decodeJwt(token: string): JsonObject {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  const bytes = Buffer.from(payload ?? '', 'base64url');
  if (payload === undefined || !isUtf8(bytes)) throw new ProxyError('unauthenticated-caller', 'expected the bearer token to be a signed JWT, got something else');
  return parseClaims(bytes.toString('utf8'), "the bearer token's payload");
}

function parseClaims(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    checkJson(text, 16);
    value = parseJson(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw new ProxyError('unauthenticated-caller', `${what} is no JSON object`);
  return value;
}
