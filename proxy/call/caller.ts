/** Who calls. The config names the only source of this. */
import type { IncomingMessage } from 'node:http';
import { crypto } from '../base/crypto.ts';
import { Unauthenticated } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { deepFreeze } from '../json/freeze.ts';
import type { JsonObject } from '../json/value.ts';
import { weightOf } from '../json/weight.ts';

export interface Caller {
  /** The stable name of the caller (a token's `sub`, or its client id); undefined if unknown. */
  readonly subject: string | undefined;
  /** All claims. Frozen. */
  readonly claims: JsonObject;
  /** Identifies the caller: issuer and subject. Sessions are bound to it. */
  readonly key: string;
}

/** Reads who sent a request from its headers. Synchronous if possible; throws `unauthenticated-caller`. */
export interface CallerSource {
  readonly kind: 'none' | 'agentcore-jwt' | 'jwks' | 'header' | 'fixed';
  /** Request headers that this source reads, in lower case. They must be on the runtime's header allowlist. */
  readonly headers: readonly string[];
  /** Each call has a bearer token that this source, or the platform for it, verified. @default false */
  readonly verifiesToken?: boolean;
  /**
   * Clients should get tokens from these issuers (RFC 9728).
   * @default - clients get tokens elsewhere, or need none
   */
  readonly authorization?: { readonly issuers: readonly string[]; readonly scopes: readonly string[] };
  /** Environment variables that it needs, with what each is for. */
  readonly bindings: Readonly<Record<string, string>>;
  /**
   * Runs once at start-up; returns the function that reads a request. If the source can't work, throws with what was got
   * and what was expected.
   */
  prepare(environment: Readonly<Record<string, string | undefined>>): ReadCaller;
  /** Loads what the first request would load; connects to nothing. */
  readonly warm?: () => Promise<unknown>;
}

/** The part of a request that says who sent it. */
export type Sent = Pick<IncomingMessage, 'headers' | 'rawHeaders'>;

export type ReadCaller = (sent: Sent) => Caller | Promise<Caller>;

export const NOBODY: Caller = Object.freeze({ subject: undefined, claims: Object.freeze({}), key: '' });

/** Longest key of a caller, in characters; a longer one is replaced by its digest. */
const MAX_KEY = 256;

/** Claims that name the caller: a person or a client. The first one that is there counts, whatever it is. */
const SUBJECT = ['sub', 'client_id', 'azp'];

/** Throws `unauthenticated-caller` if a claim that names the caller is no text: other claims must not take its place. */
export function callerOf(claims: JsonObject): Caller {
  const by = SUBJECT.find((name) => Object.hasOwn(claims, name));
  const issuer = nameIn(claims, 'iss') ?? '';
  const subject = by === undefined ? undefined : nameIn(claims, by);
  // If no claim names the caller, all claims make the key: only callers with the same claims are the same.
  const named = JSON.stringify(by === undefined ? [issuer, claims] : [issuer, by, subject]);
  // Caches keep much data under this key, so the caller must not decide its length.
  const key = named.length <= MAX_KEY ? flat(named) : `#${digestOf(named)}`;
  return Object.freeze({ subject, claims: deepFreeze(claims), key });
}

/** RFC 7519 §4.1.1, §4.1.2: a text. */
function nameIn(claims: JsonObject, name: string): string | undefined {
  if (!Object.hasOwn(claims, name)) return undefined;
  const value = claims[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Unauthenticated(
    `expected the claim ${name}, which names the caller, to be a text that is not empty, got ${value === '' ? 'an empty one' : kindOf(value)}: have the issuer write it as text`,
    { hadToken: true },
  );
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

const weights = new WeakMap<Caller, number>();

/** Returns the approximate bytes that a caller takes, for caches. */
export function weightOfCaller(caller: Caller): number {
  let weight = weights.get(caller);
  if (weight === undefined) weights.set(caller, (weight = 2 * caller.key.length + weightOf(caller.claims)));
  return weight;
}

/** Returns a digest of a text that must only be recognized: a token, or a name that is too long. */
export function digestOf(text: string): string {
  return crypto().hash('sha256', text, 'base64');
}
