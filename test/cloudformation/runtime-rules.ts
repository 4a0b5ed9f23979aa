/**
 * The documented requirements of AgentCore Runtime beyond single values: the life of a session, the header allowlist,
 * the environment of platform V2. They are written from the documentation and not from `lib/`, which has its own lists,
 * so that each shows errors in the other.
 */
import { isObject, type Properties, type Report, type Value } from './template.ts';

/** https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-lifecycle-settings.html */
const LIFE = { shortest: 60, microVm: 28_800, instances: 1_209_600, idle: 900 } as const;

/**
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-header-allowlist.html, "Restricted headers",
 * row by row.
 */
export const RESTRICTED: ReadonlySet<string> = new Set(
  [
    'proxy-authorization www-authenticate',
    'accept accept-charset accept-encoding accept-language content-type content-length content-encoding content-language content-location content-range',
    'cache-control etag expires if-match if-modified-since if-none-match if-range if-unmodified-since last-modified pragma vary',
    'connection keep-alive proxy-connection upgrade',
    'host user-agent referer from',
    'range accept-ranges transfer-encoding te trailer',
    'server date location retry-after',
    'set-cookie cookie',
    'content-security-policy content-security-policy-report-only strict-transport-security x-content-type-options x-frame-options x-xss-protection',
    'referrer-policy permissions-policy cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy',
    'access-control-allow-origin access-control-allow-methods access-control-allow-headers access-control-allow-credentials',
    'access-control-expose-headers access-control-max-age access-control-request-method access-control-request-headers origin',
    'accept-ch accept-ch-lifetime dpr width viewport-width downlink ect rtt save-data',
    'clear-site-data feature-policy expect-ct public-key-pins public-key-pins-report-only',
    'via forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip x-requested-with x-csrf-token',
    'true-client-ip x-client-ip x-cluster-client-ip x-originating-ip x-source-ip x-original-url x-original-host x-rewrite-url',
    'cf-ray cf-connecting-ip x-amz-cf-id x-cache x-served-by link',
    'sec-websocket-key sec-websocket-accept sec-websocket-version sec-websocket-protocol sec-websocket-extensions',
  ].flatMap((row) => row.split(' ')),
);
const CUSTOM = 'x-amzn-bedrock-agentcore-runtime-custom-';

export function checkRuntime(id: string, properties: Properties, report: Report): void {
  checkLife(id, properties, report);
  checkAllowlist(id, properties, report);
  checkSnapshotEnvironment(id, properties, report);
}

/**
 * A session in a microVM lives at most 8 hours; longer ones need the Instances compute type, which a capacity provider
 * gives.
 */
function checkLife(
  id: string,
  { LifecycleConfiguration, CapacityProviderConfiguration }: Properties,
  report: Report,
): void {
  if (!isObject(LifecycleConfiguration)) return;
  const longest = CapacityProviderConfiguration === undefined ? LIFE.microVm : LIFE.instances;
  for (const name of ['IdleRuntimeSessionTimeout', 'MaxLifetime']) {
    const seconds = numberOf(LifecycleConfiguration[name]);
    if (seconds !== undefined && (seconds < LIFE.shortest || seconds > longest))
      report(`${id}.LifecycleConfiguration.${name}`, `expected ${LIFE.shortest} to ${longest}, got ${seconds}`);
  }
  const idle = numberOf(LifecycleConfiguration['IdleRuntimeSessionTimeout'] ?? LIFE.idle);
  const life = numberOf(LifecycleConfiguration['MaxLifetime'] ?? LIFE.microVm);
  if (idle !== undefined && life !== undefined && idle > life)
    report(
      `${id}.LifecycleConfiguration.IdleRuntimeSessionTimeout`,
      `expected at most MaxLifetime (${life}), got ${idle}`,
    );
}

/** Undefined for a function, and for a value that is not a number, which its type reports. */
function numberOf(value: Value | undefined): number | undefined {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

function checkAllowlist(
  id: string,
  { RequestHeaderConfiguration, AuthorizerConfiguration }: Properties,
  report: Report,
): void {
  const list = isObject(RequestHeaderConfiguration) ? RequestHeaderConfiguration['RequestHeaderAllowlist'] : undefined;
  const names = Array.isArray(list)
    ? list.filter((name: Value) => typeof name === 'string').map((name: string) => name.toLowerCase())
    : [];
  const jwt = isObject(AuthorizerConfiguration) && AuthorizerConfiguration['CustomJWTAuthorizer'] !== undefined;
  for (const [i, name] of names.entries()) {
    const why = whyNot(name, jwt) ?? (names.indexOf(name) < i ? 'is already on it' : undefined);
    if (why !== undefined) report(`${id}.RequestHeaderConfiguration.RequestHeaderAllowlist`, `${name} ${why}`);
  }
}

function whyNot(name: string, jwt: boolean): string | undefined {
  if (RESTRICTED.has(name)) return 'is a restricted header: it never reaches a container';
  if (/^x-amzn?-/.test(name) && !name.startsWith(CUSTOM))
    return `is reserved: of x-amz- and x-amzn- only ${CUSTOM}* is taken`;
  return name === 'authorization' && !jwt ? 'needs a CustomJWTAuthorizer' : undefined;
}

/** Platform V2 accepts 2.5 KB of environment in total. */
function checkSnapshotEnvironment(
  id: string,
  { PlatformVersion, EnvironmentVariables = {} }: Properties,
  report: Report,
): void {
  if (PlatformVersion !== 'V2' || !isObject(EnvironmentVariables)) return;
  const bytes = Object.entries(EnvironmentVariables).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 0),
    0,
  );
  if (bytes > 2560) report(`${id}.EnvironmentVariables`, `expected at most 2560 bytes on platform V2, got ${bytes}`);
}
