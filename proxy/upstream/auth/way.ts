/** The declaration of a way to authenticate at an upstream, and the bindings that it reads. */
import type { Environment, Faults } from '../../base/environment.ts';
import type { TokenKind } from '../../call/caller-tokens.ts';
import { parseEndpoint } from '../../credentials/endpoint.ts';
import { parseSecretSource, type SecretSource } from '../../credentials/secret.ts';
import type { Address } from '../address.ts';
import type { Authenticator } from './auth.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** `Variable`: the names of its variables, without the prefix of the upstream (`UPSTREAM_`). */
export interface Way<Variable extends string = string> {
  /** What each variable is for. */
  readonly variables: Readonly<Record<Variable, string>>;
  /** A 403 from the upstream refuses the credentials and not the call, as with AWS's own services. @default false */
  readonly forbiddenIsOurs?: boolean;
  /** The token of the caller that credentials are got with. @default - credentials don't depend on the caller */
  readonly callerToken?: TokenKind;
  /** The same where it depends on the bindings, which may have faults. */
  callerTokenOf?(bindings: WayBindings<Variable>): TokenKind | undefined;
  /** What the caller's token gets is the caller's own, where that depends on the bindings. */
  isPersonalOf?(bindings: WayBindings<Variable>): boolean;
  /** What is a caller's own may be got for callers that nothing verifies. @default - never */
  allowsUnverified?(bindings: WayBindings<Variable>): boolean;
  /** Callers may have to give access on a page first. @default false */
  readonly asksCallers?: boolean;
  /** Checks the bindings; returns undefined after a fault. Only `Load` loads code. */
  read(bindings: WayBindings<Variable>): Load | undefined;
}

/** Loads the code of a way from its chunk. Resolves to undefined if the way adds nothing to a request. */
export type Load = (connection?: Connecting) => Promise<Authenticator | undefined>;

/** What connections to the upstream and to its token endpoint have in common. */
export interface Connecting {
  readonly certificate?: ClientCertificate | undefined;
}

export interface WayBindings<Variable extends string> {
  /** Prefix of the variables' names, for errors: `UPSTREAM`. */
  readonly prefix: string;
  readonly get: (name: Variable) => string | undefined;
  /** Undefined if the address is a fault, which is reported already. */
  readonly address: Address | undefined;
  /** A client certificate is bound. */
  readonly hasCertificate: boolean;
  /** For variables that belong to no single upstream, such as `AWS_REGION`. */
  readonly environment: Environment;
  readonly faults: Faults;
}

/** A way whose `read` can ask only for the variables that it declares. */
export function way<Variable extends string>(declared: Way<Variable>): Way<Variable> {
  return declared;
}

export const SECRET_WORDS = 'where the secret is: arn:… | cognito:POOL/CLIENT | file:… | env:NAME';

/** Reads `…_SECRET`. Warns if the source is for local use only. */
export function readSecretSource({ prefix, get, faults }: WayBindings<'SECRET'>): SecretSource | undefined {
  const text = get('SECRET');
  if (text === undefined)
    return faults.error(
      `${prefix}_SECRET: expected where the secret is (arn:…, cognito:POOL/CLIENT, file:… or env:NAME), got nothing`,
    );
  const parsed = parseSecretSource(text, (warning) => faults.warnings.push(`${prefix}_SECRET: ${warning}`));
  return 'error' in parsed ? faults.error(`${prefix}_SECRET: ${parsed.error}`) : parsed.source;
}

/** Reads the URL of an issuer or a token endpoint; undefined also if none is bound. */
export function readEndpoint<Variable extends string>(
  name: Variable,
  { prefix, get, faults }: WayBindings<Variable>,
): URL | undefined {
  const text = get(name);
  if (text === undefined) return undefined;
  const parsed = parseEndpoint(text, `${prefix}_${name}`);
  return 'error' in parsed ? faults.error(parsed.error) : parsed.url;
}
