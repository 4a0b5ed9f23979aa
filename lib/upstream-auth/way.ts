/** A way to authenticate to an upstream at synth: in a stack, and as an entry of a deployments file. */
import type { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { VariableOf, WayName } from '../../proxy/upstream/auth/ways.ts';
import type { Home } from '../deployment/arn.ts';
import type { Faults } from '../faults.ts';
import type { Parse } from '../rules/parse.ts';
import { noFindings, Place } from '../rules/place.ts';
import type { BoundUpstream } from '../upstream.ts';

export interface AuthSite {
  readonly scope: Construct;
  readonly stack: Stack;
  readonly upstream: BoundUpstream;
  /** The upstream has a client certificate. */
  readonly hasCertificate: boolean;
  /** How faults about the upstream, and about how the proxy authenticates there, begin. */
  readonly where: { readonly upstream: string; readonly auth: string };
  /** The id of the statement that allows to invoke the upstream. */
  readonly statementId: string;
  readonly allGateways: boolean;
  /** The proxy's runtime, before it exists. */
  readonly runtimeName: string;
  readonly faults: Faults;
}

/** A way in a stack. Names of variables are without the prefix that the config gives them, except `AWS_REGION`. */
export interface BoundUpstreamAuth {
  readonly environment: Readonly<Record<string, string>>;
  /** The required value of `AWS_REGION`. */
  readonly region: string | undefined;
  readonly statements: readonly PolicyStatement[];
  /** The proxy needs the verified token of each caller. */
  readonly onBehalf: boolean;
}

/**
 * The same with the variables that the proxy declares for this way, and no others. Each is named, so that a forgotten one
 * does not compile; one that is undefined is not bound. `AUTH` is added.
 */
interface BoundWay<Name extends WayName> {
  readonly environment: { readonly [Variable in VariableOf<Name>]: string | undefined };
  readonly region?: string | undefined;
  readonly statements: readonly PolicyStatement[];
  /** The same as the way's own, where it depends on the options. @default - the way's own */
  readonly onBehalf?: boolean;
}

interface Declared<Name extends WayName, Options, Entry> {
  readonly name: Name;
  /** An entry names only the way (`'iam'`), or says more in an object (`{ oauth: … }`). */
  readonly written: 'as a word' | 'as an object';
  /** The word, or the object's one member. */
  readonly key: Entry extends string ? Entry : keyof Entry & string;
  /** The proxy needs the verified token of each caller. @default false */
  readonly onBehalf?: boolean;
  readonly entry: Parse<Entry>;
  /** Returns for an entry what `bind` accepts. */
  options(entry: Entry): Options;
  /** Reports faults and warnings about an entry that depend on where it deploys to. */
  checkHome?(entry: Entry, home: Home, place: Place): void;
  bind(options: Options, site: AuthSite): BoundWay<Name>;
}

export interface Way<Name extends WayName, Options, Entry> {
  readonly name: Name;
  readonly written: 'as a word' | 'as an object';
  readonly key: string;
  readonly onBehalf: boolean;
  readonly entry: Parse<Entry>;
  readonly bind: (options: Options, site: AuthSite) => BoundUpstreamAuth;
  /** Returns the meaning of an entry of this way; undefined for an entry of another. */
  readonly meaning: (entry: unknown) => Meaning | undefined;
}

export interface Meaning {
  readonly bind: (site: AuthSite) => BoundUpstreamAuth;
  readonly checkHome: (home: Home, place: Place) => void;
}

export type OptionsOf<W> = W extends { readonly bind: (options: infer Options, site: AuthSite) => unknown }
  ? Options
  : never;
export type EntryOf<W> = W extends { readonly entry: Parse<infer Entry> } ? Entry : never;

export function way<Name extends WayName, Options, Entry>(
  declared: Declared<Name, Options, Entry>,
): Way<Name, Options, Entry> {
  const { name, written, key, entry, onBehalf = false } = declared;
  const bind = (options: Options, site: AuthSite): BoundUpstreamAuth => {
    const bound = declared.bind(options, site);
    const { region, statements } = bound;
    const environment: Record<string, string> = { AUTH: name };
    for (const [variable, value] of Object.entries<string | undefined>(bound.environment))
      if (value !== undefined) environment[variable] = value;
    return { environment, region, statements, onBehalf: bound.onBehalf ?? onBehalf };
  };
  return {
    name,
    written,
    key,
    onBehalf,
    entry,
    bind,
    meaning: (value) => {
      const read = entry(value, new Place('', noFindings()));
      if (read === undefined) return undefined;
      return {
        bind: (site) => bind(declared.options(read), site),
        checkHome: (home, place) => declared.checkHome?.(read, home, place),
      };
    },
  };
}

/** Converts a kind's name to a TypeScript name: `api-key` becomes `apiKey`. */
export type CamelCase<Text extends string> = Text extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Text;
