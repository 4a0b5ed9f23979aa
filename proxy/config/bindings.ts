/**
 * Bindings of the upstream: the values that differ between deployments, from the environment. All faults are reported in
 * one run, each with what was got and expected. No binding holds a secret: `UPSTREAM_SECRET` says where it is.
 */
import { type Environment, Faults, given } from '../base/environment.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownBinding } from '../base/shown-binding.ts';
import type { TokenKind } from '../call/caller-tokens.ts';
import { parseSecretSource, type SecretSource } from '../credentials/secret.ts';
import { type Address, addressOfArn, addressOfUrl } from '../upstream/address.ts';
import type { Load, Way, WayBindings } from '../upstream/auth/way.ts';
import { isWay, variablesOfWays, WAY_NAMES, type WayName, WAYS, waysInWords } from '../upstream/auth/ways.ts';

export interface AuthBindings {
  readonly way: WayName;
  readonly forbiddenIsOurs: boolean;
  /** The token of the caller that it needs, if any. */
  readonly callerToken: TokenKind | undefined;
  /** What is got with that token is the caller's own. */
  readonly isPersonal: boolean;
  /** Also for callers that nothing verifies. */
  readonly allowsUnverified: boolean;
  /** Callers may have to give access on a page first. */
  readonly asksCallers: boolean;
  readonly load: Load;
}

export interface UpstreamBindings {
  readonly address: Address;
  readonly auth: AuthBindings;
  /** Where the client certificate with its private key is. */
  readonly certificate: SecretSource | undefined;
}

/** What each variable is for; `<PREFIX>` is `UPSTREAM`, or `UPSTREAM_<NAME>` for a named upstream. */
export const UPSTREAM_VARIABLES: Readonly<Record<string, string>> = {
  URL: "the upstream's MCP endpoint (https, or http on loopback)",
  ARN: 'instead of the URL: the ARN of an AgentCore gateway or runtime; with a URL: what answers there (a custom domain)',
  AUTH: `${WAY_NAMES.join(' | ')}; default: iam for an AWS address, else none`,
  CLIENT_CERTIFICATE:
    'where a client certificate with its private key is, as PEM or JSON (arn:… | file:… | env:NAME); shown to the upstream and its token endpoint if they ask',
  ...variablesOfWays(),
};

/** The environment prefix of an upstream. */
export function prefixOf(upstream: string): string {
  return upstream === 'default' ? 'UPSTREAM' : `UPSTREAM_${upstream.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Faults of names of upstreams that would read the same variable: `UPSTREAM_A_TOKEN_URL` is the address of `a-token`, and
 * where `a` sends its client's secret.
 */
export function sharedVariables(upstreams: readonly string[]): string[] {
  const reader = new Map<string, string>();
  const faults: string[] = [];
  for (const upstream of upstreams)
    for (const name of Object.keys(UPSTREAM_VARIABLES)) {
      const variable = `${prefixOf(upstream)}_${name}`;
      const other = reader.get(variable);
      if (other === undefined) reader.set(variable, upstream);
      else
        faults.push(
          `config.upstreams: expected names whose variables differ, got ${other} and ${upstream}, which both read ${variable}: rename one of them`,
        );
    }
  return faults;
}

/** The way that is bound, or the one that its address implies. */
function wayFor(bound: string | undefined, address: Address | undefined): string {
  return bound ?? (address?.service === undefined ? 'none' : 'iam');
}

/** How an upstream is authenticated to, also if its bindings have faults. */
export function wayOf(environment: Environment, upstream: string): string {
  const prefix = prefixOf(upstream);
  const get = (name: string): string | undefined => given(environment, `${prefix}_${name}`);
  return wayFor(get('AUTH'), readAddress(prefix, get('URL'), get('ARN'), [], new Faults()));
}

/** @param plainHosts that it may be reached at without TLS */
export function readUpstream(
  environment: Environment,
  upstream: string,
  faults: Faults,
  plainHosts: readonly string[] = [],
): UpstreamBindings | undefined {
  const prefix = prefixOf(upstream);
  const get = (name: string): string | undefined => given(environment, `${prefix}_${name}`);
  const address = readAddress(prefix, get('URL'), get('ARN'), plainHosts, faults);
  if (get('AUTH') === undefined && address?.isUnclear === true)
    return faults.error(
      `${prefix}_AUTH: expected iam or none, since ${address.url.host} is AWS's but no known address of a gateway or runtime, got nothing: sign with ${prefix}_AUTH=iam (and ${prefix}_SERVICE), or bind none`,
    );
  const auth = readAuth(wayFor(get('AUTH'), address), {
    prefix,
    get,
    address,
    hasCertificate: get('CLIENT_CERTIFICATE') !== undefined,
    environment,
    faults,
  });
  const certificate = readCertificate(prefix, get('CLIENT_CERTIFICATE'), address, faults);
  if (auth === undefined || address === undefined) return undefined;
  const { protocol, hostname } = address.url;
  if (protocol === 'http:' && !isLoopback(hostname))
    faults.warnings.push(
      `${prefix}_URL: calls to ${hostname} cross the network without TLS (PLAIN_HTTP_HOSTS), and with them ${CROSSES[auth.way] ?? 'the credentials'}: anyone on the way can read and change them`,
    );
  return { address, auth, certificate };
}

function readCertificate(
  prefix: string,
  text: string | undefined,
  address: Address | undefined,
  faults: Faults,
): SecretSource | undefined {
  if (text === undefined) return undefined;
  const name = `${prefix}_CLIENT_CERTIFICATE`;
  const parsed = parseSecretSource(text, (warning) => faults.warnings.push(`${name}: ${warning}`));
  if ('error' in parsed) return faults.error(`${name}: ${parsed.error}`);
  if (parsed.source.kind === 'cognito')
    return faults.error(
      `${name}: expected arn:…, file:PATH or env:NAME, got a Cognito client, which has no certificate`,
    );
  if (address?.url.protocol === 'http:')
    return faults.error(`${name}: expected an upstream with https, which alone asks for a certificate, got http`);
  return parsed.source;
}

/** What is sent besides calls and replies. */
const CROSSES: Readonly<Partial<Record<WayName, string>>> = {
  none: 'no credentials',
  iam: 'signatures, which are good for that call only',
};

function readAddress(
  prefix: string,
  url: string | undefined,
  arn: string | undefined,
  plainHosts: readonly string[],
  faults: Faults,
): Address | undefined {
  if (url === undefined && arn === undefined)
    return faults.error(`${prefix}_URL: expected the upstream's URL (or ${prefix}_ARN), got nothing`);
  if (url !== undefined && arn !== undefined) return readBoth(prefix, url, arn, plainHosts, faults);
  const [name, address] =
    url === undefined ? [`${prefix}_ARN`, addressOfArn(arn ?? '')] : [`${prefix}_URL`, addressOfUrl(url, plainHosts)];
  return typeof address === 'string' ? faults.error(`${name}: ${address}`) : address;
}

/** A gateway or runtime at a custom domain: the URL says where it answers, the ARN how calls are signed. */
function readBoth(
  prefix: string,
  url: string,
  arn: string,
  plainHosts: readonly string[],
  faults: Faults,
): Address | undefined {
  const address = addressOfUrl(url, plainHosts);
  const named = addressOfArn(arn);
  if (typeof address === 'string') faults.error(`${prefix}_URL: ${address}`);
  if (typeof named === 'string') faults.error(`${prefix}_ARN: ${named}`);
  if (typeof address === 'string' || typeof named === 'string') return undefined;
  // An address of AWS's own names what is behind it. A VPC endpoint's names only the region.
  const isOther =
    (address.region !== undefined && address.region !== named.region) ||
    (address.service !== undefined && address.service !== named.service) ||
    (address.gatewayId !== undefined && address.gatewayId !== named.gatewayId);
  if (isOther)
    return faults.error(
      `${prefix}_URL and ${prefix}_ARN: expected the URL of what the ARN names, or a custom domain for it, got ${address.url.host} for ${arn}`,
    );
  return { ...address, service: named.service, region: named.region, isUnclear: false };
}

function readAuth(name: string, bindings: WayBindings<string>): AuthBindings | undefined {
  if (!isWay(name))
    return bindings.faults.error(`${bindings.prefix}_AUTH: expected ${waysInWords()}, got ${shownBinding(name)}`);
  const way: Way<never> = WAYS[name];
  const load = way.read(bindings);
  const { callerToken = way.callerTokenOf?.(bindings), forbiddenIsOurs = false, asksCallers = false } = way;
  const isPersonal = way.isPersonalOf?.(bindings) ?? callerToken !== undefined;
  const allowsUnverified = way.allowsUnverified?.(bindings) === true;
  return load && { way: name, forbiddenIsOurs, callerToken, isPersonal, allowsUnverified, asksCallers, load };
}
