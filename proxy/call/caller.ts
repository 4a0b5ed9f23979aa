/** Who calls. Where that knowledge comes from is said once, in the config; there is no guessing. */
import type { IncomingMessage } from 'node:http';
import { flat } from '../base/flat.ts';
import { deepFreeze } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import { weightOf } from '../json/weight.ts';

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
  /**
   * Runs once at start-up; returns the function that reads a request. Throws, saying what was got and expected, where
   * it can't work.
   */
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

/** A text that isn't kept, only recognized: a token, or a name that is too long. */
export function digestOf(text: string): string {
  // Not imported: most callers need none of it, and it takes its time to load.
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'base64');
}
