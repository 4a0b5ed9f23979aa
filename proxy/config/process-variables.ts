/**
 * Variables of the process itself, besides those of its upstream, controls and caller. All are optional. A variable that
 * is declared here and not read below does not compile.
 */
import { type Environment, type Faults, textsOf } from '../base/environment.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { parseSecretSource, type SecretSource } from '../credentials/secret.ts';
import type { NETWORK_VARIABLES } from '../network/forward-proxies.ts';
import type { TELEMETRY_VARIABLES } from '../telemetry/bindings.ts';
import { ALLOWED_HOST } from './allowed-host.ts';
import type { CaBundle } from './ca-bundle.ts';
import { PLAIN_HOST } from './plain-host.ts';

/** What each variable is for. */
export const PROCESS_VARIABLES = {
  HOST: 'address to listen on; default 0.0.0.0',
  PORT: 'port to listen on; default 8000',
  ALLOWED_HOSTS: 'hosts that Host and Origin may name, separated by commas',
  ALLOWED_ORIGINS: 'origins of web pages that may call (CORS), separated by commas; default none',
  PUBLIC_URL: 'the URL at which clients reach /mcp, where the proxy verifies tokens itself (jwks)',
  PLAIN_HTTP_HOSTS:
    'hosts of upstreams that may be reached without TLS, inside a private network, separated by commas; default none',
  CA_BUNDLE:
    'certificates of private authorities (PEM), trusted besides the public ones: file:PATH, arn:… or built (caFile)',
  FORWARD_PROXY_SECRET:
    'where USER:PASSWORD of the forward proxy is (HTTPS_PROXY, HTTP_PROXY): arn:…, file:PATH or env:NAME',
  SESSION_SECRET: 'where the key of sealed session ids is, if processes share one',
  WARM_UP: 'start | hook: load everything before it listens, or at POST /warm-up; for snapshots of the process',
} as const satisfies Readonly<Record<string, string>>;

/** The only process variables that a deployment may bind; a name that the proxy doesn't know doesn't compile there. */
export type ProcessVariable =
  | keyof typeof PROCESS_VARIABLES
  | keyof typeof TELEMETRY_VARIABLES
  | keyof typeof NETWORK_VARIABLES;

/** `startProxy` destructures all members: one that it doesn't use does not compile. */
export interface ProcessBindings {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
  readonly publicUrl: URL | undefined;
  /** As URLs have them: in lower case, IPv6 in brackets. */
  readonly plainHttpHosts: readonly string[];
  /** Undefined: only the public authorities are trusted. */
  readonly caBundle: CaBundle | undefined;
  /** Undefined: they are in the forward proxy's URL, or it wants none. */
  readonly forwardProxySecret: SecretSource | undefined;
  /** Undefined: each process has its own key. */
  readonly sessionSecret: SecretSource | undefined;
  /** Undefined: no snapshot is taken of the process, and each part is loaded on first use. */
  readonly warmUp: 'start' | 'hook' | undefined;
}

export function readProcess(environment: Environment, faults: Faults): ProcessBindings {
  const {
    HOST,
    PORT,
    ALLOWED_HOSTS,
    ALLOWED_ORIGINS,
    PUBLIC_URL,
    PLAIN_HTTP_HOSTS,
    CA_BUNDLE,
    FORWARD_PROXY_SECRET,
    SESSION_SECRET,
    WARM_UP,
    ...unread
  } = textsOf(environment, PROCESS_VARIABLES);
  unread satisfies Record<string, never>;
  return {
    host: HOST ?? '0.0.0.0',
    port: readPort(PORT ?? '8000', faults),
    allowedHosts: readHosts(ALLOWED_HOSTS ?? '', faults),
    allowedOrigins: readOrigins(ALLOWED_ORIGINS ?? '', faults),
    publicUrl: PUBLIC_URL === undefined ? undefined : readPublicUrl(PUBLIC_URL, faults),
    plainHttpHosts: readPlainHosts(PLAIN_HTTP_HOSTS ?? '', faults),
    caBundle: CA_BUNDLE === undefined ? undefined : parseCaBundle(CA_BUNDLE, faults),
    forwardProxySecret:
      FORWARD_PROXY_SECRET === undefined ? undefined : readSource('FORWARD_PROXY_SECRET', FORWARD_PROXY_SECRET, faults),
    sessionSecret: SESSION_SECRET === undefined ? undefined : readSource('SESSION_SECRET', SESSION_SECRET, faults),
    warmUp: readWarmUp(WARM_UP, faults),
  };
}

function readPort(text: string, faults: Faults): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    faults.error(`PORT: expected 0 to 65535, got ${JSON.stringify(text)}`);
  return Number(text);
}

function readWarmUp(text: string | undefined, faults: Faults): ProcessBindings['warmUp'] {
  if (text === undefined || text === 'start' || text === 'hook') return text;
  return faults.error(`WARM_UP: expected start or hook, got ${JSON.stringify(text)}`);
}

function readHosts(text: string, faults: Faults): readonly string[] {
  const hosts = text.split(/[\s,]+/).filter((host) => host !== '');
  for (const host of hosts) {
    if (!ALLOWED_HOST.test(host))
      faults.error(`ALLOWED_HOSTS: expected host or host:port, separated by commas, got ${JSON.stringify(host)}`);
  }
  return hosts;
}

/** Exact hosts, without a port: neither domains nor networks. */
function readPlainHosts(text: string, faults: Faults): readonly string[] {
  const hosts = text.split(/[\s,]+/).filter((host) => host !== '');
  for (const host of hosts)
    if (!PLAIN_HOST.test(host))
      faults.error(
        `PLAIN_HTTP_HOSTS: expected exact hosts without scheme and port, such as mcp.mesh.internal, separated by commas, got ${JSON.stringify(shownUrl(host))}`,
      );
  return hosts.map((host) => host.toLowerCase());
}

/** In the form in which browsers send them: no path, and no port that the scheme implies. */
function readOrigins(text: string, faults: Faults): readonly string[] {
  const origins = text.split(/[\s,]+/).filter((origin) => origin !== '');
  for (const origin of origins) {
    const url = URL.parse(origin);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.origin !== origin)
      faults.error(
        `ALLOWED_ORIGINS: expected origins such as https://app.example.com, separated by commas, got ${JSON.stringify(shownUrl(origin))}`,
      );
  }
  return origins;
}

function readPublicUrl(text: string, faults: Faults): URL | undefined {
  const url = URL.parse(text);
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (isPlain && isSafe) return url;
  return faults.error(
    `PUBLIC_URL: expected the https URL of /mcp (http on this machine) without a query, such as https://tools.example.com/mcp, got ${JSON.stringify(shownUrl(text))}`,
  );
}

/** A file is as good as a secret here: certificates are public. */
function parseCaBundle(text: string, faults: Faults): CaBundle | undefined {
  if (text === 'built') return { kind: 'built' };
  const parsed = parseSecretSource(text);
  if ('source' in parsed && parsed.source.kind !== 'cognito') return parsed.source;
  return faults.error(
    'CA_BUNDLE: expected where certificates are: file:PATH, arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or built; got another text',
  );
}

function readSource(name: string, text: string, faults: Faults): SecretSource | undefined {
  const parsed = parseSecretSource(text, (warning) => faults.warnings.push(`${name}: ${warning}`));
  return 'error' in parsed ? faults.error(`${name}: ${parsed.error}`) : parsed.source;
}
