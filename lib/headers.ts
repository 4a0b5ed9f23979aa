/** The runtime's request-header allowlist: the headers that the config reads, as far as the platform passes them on. */
import type { Described } from './described.ts';
import type { Faults } from './faults.ts';

const MOST = 20;
const CUSTOM = 'x-amzn-bedrock-agentcore-runtime-custom-';

/**
 * Request headers that the platform never passes to a container.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-header-allowlist.html
 */
const RESTRICTED: ReadonlySet<string> = new Set(
  `proxy-authorization www-authenticate accept accept-charset accept-encoding accept-language content-type content-length content-encoding
  content-language content-location content-range cache-control etag expires if-match if-modified-since if-none-match if-range
  if-unmodified-since last-modified pragma vary connection keep-alive proxy-connection upgrade host user-agent referer from range
  accept-ranges transfer-encoding te trailer server date location retry-after set-cookie cookie content-security-policy
  content-security-policy-report-only strict-transport-security x-content-type-options x-frame-options x-xss-protection referrer-policy
  permissions-policy cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy access-control-allow-origin
  access-control-allow-methods access-control-allow-headers access-control-allow-credentials access-control-expose-headers
  access-control-max-age access-control-request-method access-control-request-headers origin accept-ch accept-ch-lifetime dpr width
  viewport-width downlink ect rtt save-data clear-site-data feature-policy expect-ct public-key-pins public-key-pins-report-only via forwarded
  x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip x-requested-with x-csrf-token true-client-ip x-client-ip x-cluster-client-ip
  x-originating-ip x-source-ip x-original-url x-original-host x-rewrite-url cf-ray cf-connecting-ip x-cache x-served-by link
  sec-websocket-key sec-websocket-accept sec-websocket-version sec-websocket-protocol sec-websocket-extensions`.split(
    /\s+/,
  ),
);

/** Tokens of the platform for the container. A client that could set one would act for somebody else. */
const SET_BY_RUNTIME: ReadonlySet<string> = new Set(['workloadaccesstoken', 'oauth2callbackurl']);

/** Returns why the platform withholds a header; undefined if it may be allowlisted. */
function whyWithheld(name: string, jwt: boolean): string | undefined {
  const header = name.toLowerCase();
  if (SET_BY_RUNTIME.has(header)) return 'AgentCore Runtime sets it itself, and no client may';
  if (RESTRICTED.has(header)) return 'AgentCore Runtime never passes it to a container';
  if (/^x-amzn?-/.test(header) && !header.startsWith(CUSTOM))
    return `of the headers beginning with x-amz- and x-amzn- only ${CUSTOM}* reach a container`;
  if (!/^[a-z][a-z0-9_-]{0,255}$/.test(header))
    return 'the allowlist accepts names of letters, digits, hyphens and underscores that begin with a letter';
  if (header === 'authorization' && !jwt) return 'with IAM it is the signature, which never reaches a container';
  return undefined;
}

/** All required headers, and as many of the others as fit. */
export function allowlist(headers: Described['headers'], jwt: boolean, faults: Faults): string[] {
  const wanted = new Map<string, (typeof headers)[number]>();
  for (const header of headers) {
    const name = header.name.toLowerCase();
    if (wanted.get(name)?.required !== true) wanted.set(name, header);
  }
  const allowed = [...wanted].filter(([name, header]) => {
    const why = whyWithheld(name, jwt);
    if (why !== undefined && header.required && !(name === 'authorization' && !jwt))
      faults.add(`header ${name}: needed for ${header.for}, but ${why}`);
    return why === undefined;
  });
  const required = allowed.filter(([, header]) => header.required);
  if (required.length > MOST)
    faults.add(
      `headers: expected at most ${MOST} that the config needs (the limit of the runtime's allowlist), got ${required.length}`,
    );
  return [...required, ...allowed.filter(([, header]) => !header.required)].slice(0, MOST).map(([name]) => name);
}
