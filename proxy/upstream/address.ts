/** Where the upstream is: a URL, or an ARN that stands for one. */
import { isLoopback } from '../loopback.ts';
import { shownUrl } from '../shown-url.ts';

export interface Address {
  readonly url: URL;
  /** Service that AWS hosts here: decides the default of `UPSTREAM_AUTH`, and whether a runtime session header is sent. */
  readonly service: 'gateway' | 'runtime' | undefined;
  /** Region in the ARN or host name, where there is one. */
  readonly region: string | undefined;
}

const ARN = /^arn:(aws[a-z-]*):bedrock-agentcore:([a-z0-9-]+):(\d{12}):(gateway|runtime)\/([A-Za-z0-9_-]+)(?:\/runtime-endpoint\/([A-Za-z0-9_-]+))?$/;
const GATEWAY_HOST = /^[a-z0-9-]+\.gateway\.bedrock-agentcore\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const RUNTIME_HOST = /^bedrock-agentcore\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const RUNTIME_PATH = /^\/runtimes\/[^/]+\/invocations$/;

/** The address behind an ARN; a string says what is wrong with it. */
export function addressOfArn(arn: string): Address | string {
  const match = ARN.exec(arn);
  const [, partition, region, , type, id, endpoint] = match ?? [];
  if (partition === undefined || region === undefined || type === undefined || id === undefined || (type === 'gateway' && endpoint !== undefined)) {
    return `expected the ARN of an AgentCore gateway or runtime (arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID or …:runtime/ID), got ${JSON.stringify(shownUrl(arn))}`;
  }
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  if (type === 'gateway') {
    return { url: new URL(`https://${id}.gateway.bedrock-agentcore.${region}.${suffix}/mcp`), service: 'gateway', region };
  }
  const runtime = encodeURIComponent(arn.replace(/\/runtime-endpoint\/.*$/, ''));
  const qualifier = endpoint ?? 'DEFAULT';
  return {
    url: new URL(`https://bedrock-agentcore.${region}.${suffix}/runtimes/${runtime}/invocations?qualifier=${qualifier}`),
    service: 'runtime',
    region,
  };
}

/** The address that a URL gives; a string says what is wrong with it. */
export function addressOfUrl(text: string): Address | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return `expected an absolute URL, got ${JSON.stringify(shownUrl(text))}`;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return `expected an https URL (http only towards loopback), got ${url.protocol}//${url.host}`;
  }
  if (url.username !== '' || url.password !== '') return 'expected a URL without user name and password (credentials come from UPSTREAM_SECRET)';
  if (url.hash !== '') return 'expected a URL without a fragment';
  const forbidden = forbiddenAddress(url.hostname.replace(/^\[|\]$/g, ''));
  if (forbidden !== undefined) return `expected a host other than ${url.hostname}: ${forbidden}`;
  const gateway = GATEWAY_HOST.exec(url.hostname);
  if (gateway?.[1] !== undefined) return { url, service: 'gateway', region: gateway[1] };
  const runtime = RUNTIME_HOST.exec(url.hostname);
  // On loopback, whatever serves a runtime's path stands for one.
  const isRuntime = RUNTIME_PATH.test(url.pathname) && (runtime !== null || isLoopback(url.hostname));
  return { url, service: isRuntime ? 'runtime' : undefined, region: runtime?.[1] };
}

/**
 * Why an IP address must never be connected to: link-local ones hold the metadata services, whose answers are credentials.
 * @param ip an address in text form; anything else is not forbidden here (its look-up's results will be checked)
 */
export function forbiddenAddress(ip: string): string | undefined {
  const low = ip.toLowerCase();
  const mapped = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/.exec(low)?.[1] ?? hexMapped(low);
  const address = mapped ?? low;
  if (address.startsWith('169.254.') || /^fe[89ab][0-9a-f]?:/.test(address)) return 'a link-local address';
  if (address === 'fd00:ec2::254' || address === 'fd00:ec2::23' || address === '100.100.100.200') return 'a metadata service';
  if (address.startsWith('0.') || address === '::') return 'an unspecified address';
  return undefined;
}

/** `::ffff:a9fe:a9fe` is 169.254.169.254 in the form that `URL` normalizes to; `64:ff9b::` is its way through NAT64 (RFC 6052). */
function hexMapped(address: string): string | undefined {
  const match = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const [high, low] = [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
