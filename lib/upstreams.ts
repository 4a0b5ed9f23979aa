/**
 * The upstreams of a proxy in a stack: the variables of each under the config's name for it, and the union of their
 * permissions.
 */
import { hash } from 'node:crypto';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Described } from './described.ts';
import type { Faults } from './faults.ts';
import type { McpProxyProps, NamedUpstream } from './props.ts';
import { type BoundSecret, bindSecret } from './secret-source.ts';
import { UpstreamAuth } from './upstream-auth.ts';
import type { AuthSite } from './upstream-auth/way.ts';

export type GivenUpstreams = Pick<McpProxyProps, 'upstream' | 'upstreamAuth' | 'upstreams'>;

type Site = Pick<AuthSite, 'scope' | 'stack' | 'allGateways' | 'runtimeName' | 'faults'> & {
  readonly plainHttpHosts?: readonly string[];
};

/** One upstream with how the proxy authenticates there. */
export interface BoundOne {
  /** Undefined: the only one, whatever the config calls it. */
  readonly name: string | undefined;
  /** Without the prefix that the config gives the variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its variable AUTH says what the proxy does without it. */
  readonly impliesAuth: boolean;
  /** The region to sign for, if the address doesn't contain it. */
  readonly region: string | undefined;
  readonly statements: readonly PolicyStatement[];
  /** The proxy needs the verified token of each caller. */
  readonly onBehalf: boolean;
  readonly shown: string;
}

/** Binds all of them. That one form is given, and not both, is checked before. */
export function bindUpstreams({ upstream, upstreamAuth, upstreams }: GivenUpstreams, site: Site): readonly BoundOne[] {
  if (upstreams !== undefined)
    return Object.entries(upstreams).map(([name, { upstream, auth, ...rest }]) => {
      rest satisfies Record<string, never>;
      const where = { upstream: `upstreams.${name}`, auth: `upstreams.${name}.auth` };
      return {
        name,
        ...bindOne(upstream, auth, { ...site, where, statementId: `InvokeUpstream${inStatementId(name)}` }),
      };
    });
  if (upstream === undefined) return [];
  const where = { upstream: 'upstream', auth: 'upstreamAuth' };
  return [{ name: undefined, ...bindOne(upstream, upstreamAuth, { ...site, where, statementId: 'InvokeUpstream' }) }];
}

function bindOne(
  upstream: NamedUpstream['upstream'],
  given: UpstreamAuth | undefined,
  site: Omit<AuthSite, 'upstream' | 'hasCertificate'> & Pick<Site, 'plainHttpHosts'>,
): Omit<BoundOne, 'name'> {
  const bound = upstream.bind({ ...site, where: site.where.upstream });
  if (given === undefined && bound.isUnclear && !bound.onAgentCore)
    site.faults.add(
      `${site.where.auth}: expected iam or none, since ${bound.shown} is AWS's but no known address of a gateway or runtime, got nothing`,
    );
  const certificate = boundCertificate(upstream, site);
  const auth = (given ?? (bound.onAgentCore ? UpstreamAuth.iam() : UpstreamAuth.none())).bind({
    ...site,
    upstream: bound,
    hasCertificate: certificate !== undefined,
  });
  const environment: Readonly<Record<string, string>> = {
    ...bound.environment,
    ...auth.environment,
    ...(certificate === undefined ? {} : { CLIENT_CERTIFICATE: certificate.source }),
  };
  return {
    environment,
    impliesAuth: environment['AUTH'] === bound.impliedAuth,
    region: auth.region,
    statements: [...auth.statements, ...(certificate?.statements ?? [])],
    onBehalf: auth.onBehalf,
    shown: bound.shown,
  };
}

function boundCertificate(
  { connection: { clientCertificate, ...rest } }: NamedUpstream['upstream'],
  { stack, where, faults }: Omit<AuthSite, 'upstream' | 'hasCertificate'>,
): BoundSecret | undefined {
  rest satisfies Record<string, never>;
  if (clientCertificate === undefined) return undefined;
  const at = `${where.upstream}: clientCertificate`;
  const bound = bindSecret(stack, clientCertificate, at, faults);
  if (bound.cognito)
    faults.add(`${at}: secret: expected a Secrets Manager secret, got a Cognito client, which has no certificate`);
  return bound;
}

/** Names of variables that may be left out: the proxy does the same without them. */
export function impliedVariables(bound: readonly BoundOne[], described: Described['upstreams']): ReadonlySet<string> {
  return new Set(
    bound.flatMap(({ name, impliesAuth }) => {
      const prefix = prefixOf(name, described);
      return prefix === undefined || !impliesAuth ? [] : [`${prefix}_AUTH`];
    }),
  );
}

function prefixOf(name: string | undefined, described: Described['upstreams']): string | undefined {
  return described.find((upstream) => name === undefined || upstream.name === name)?.bindings;
}

/** The variables of all, by the names that the built config reads. `AWS_REGION` is one of them only if an address needs it. */
export function upstreamVariables(
  bound: readonly BoundOne[],
  described: Described['upstreams'],
): Record<string, string> {
  const region = bound.find((one) => one.region !== undefined)?.region;
  return {
    ...Object.fromEntries(
      bound.flatMap(({ name, environment }) => {
        const prefix = prefixOf(name, described);
        return prefix === undefined
          ? []
          : Object.entries(environment).map(([variable, value]) => [`${prefix}_${variable}`, value]);
      }),
    ),
    ...(region === undefined ? {} : { AWS_REGION: region }),
  };
}

/** A phrase for the description. */
export function shownUpstreams(bound: readonly BoundOne[]): string {
  return bound.map(({ name, shown }) => name ?? shown).join(', ');
}

/** Adds a fault for a name that only one side has: an upstream without an address, or one that no call would reach. */
export function checkNames(
  { upstream, upstreams }: GivenUpstreams,
  described: Described['upstreams'],
  faults: Faults,
): void {
  const expected = described.map(({ name }) => name);
  if (upstreams === undefined) {
    if (upstream !== undefined && expected.length > 1)
      faults.add(
        `upstream: expected upstreams with ${listed(expected)}, one for each upstream of the config, got only one upstream`,
      );
    return;
  }
  const names = Object.keys(upstreams);
  const missing = expected.filter((name) => !names.includes(name));
  const surplus = names.filter((name) => !expected.includes(name));
  if (missing.length + surplus.length === 0) return;
  const differing = [
    ...(missing.length === 0 ? [] : [`missing: ${listed(missing)}`]),
    ...(surplus.length === 0 ? [] : [`not in the config: ${listed(surplus)}`]),
  ];
  faults.add(
    `upstreams: expected ${listed(expected)}, as in the config, got ${listed(names)} (${differing.join('; ')})`,
  );
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

/**
 * `crm-eu` becomes `CrmEu`: a statement's id has only letters and digits. A name that loses a hyphen otherwise also gets
 * its hash, since `a-1` isn't `a1`.
 */
function inStatementId(name: string): string {
  const plain = `-${name}`.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return plain.includes('-') ? `${plain.replaceAll('-', '')}${hash('sha256', name).slice(0, 8)}` : plain;
}
