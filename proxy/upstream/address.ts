/** The address of the upstream: a URL, or an ARN that stands for one. */
import { agentCoreHost, isAwsHost, suffixIn } from '../base/aws-hosts.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { forbiddenAddress } from '../network/forbidden-address.ts';

export interface Address {
  readonly url: URL;
  /** The AWS service that hosts it. Decides the default of `UPSTREAM_AUTH` and whether a runtime session header is sent. */
  readonly service: 'gateway' | 'runtime' | undefined;
  /** Region in the ARN or host name, if there is one. */
  readonly region: string | undefined;
  /** The gateway that the ARN or host name is of. */
  readonly gatewayId: string | undefined;
  /** The host is AWS's, in a form that says neither whether nor how calls are signed. */
  readonly isUnclear: boolean;
}

const ARN =
  /^arn:(aws[a-z-]*):bedrock-agentcore:([a-z0-9-]+):(\d{12}):(gateway|runtime)\/([A-Za-z0-9_-]+)(?:\/runtime-endpoint\/([A-Za-z0-9_-]+))?$/;
const RUNTIME_PATH = /^\/runtimes\/[^/]+\/invocations$/;

/** Returns the address that an ARN stands for, or a string that says what is wrong with the ARN. */
export function addressOfArn(arn: string): Address | string {
  const [, partition, region, , type, id, endpoint] = ARN.exec(arn) ?? [];
  if (partition === undefined || region === undefined || (type === 'gateway' && endpoint !== undefined)) {
    return `expected the ARN of an AgentCore gateway or runtime (arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID or …:runtime/ID), got ${JSON.stringify(shownUrl(arn))}`;
  }
  const suffix = suffixIn(partition, region);
  if (suffix === undefined) return `expected an ARN with a region of its partition, got ${region} in ${partition}`;
  if (type === 'gateway') {
    return {
      url: new URL(`https://${id}.gateway.bedrock-agentcore.${region}.${suffix}/mcp`),
      service: 'gateway',
      region,
      gatewayId: id?.toLowerCase(),
      isUnclear: false,
    };
  }
  const runtime = encodeURIComponent(arn.replace(/\/runtime-endpoint\/.*/, ''));
  const qualifier = endpoint ?? 'DEFAULT';
  return {
    url: new URL(
      `https://bedrock-agentcore.${region}.${suffix}/runtimes/${runtime}/invocations?qualifier=${qualifier}`,
    ),
    service: 'runtime',
    region,
    gatewayId: undefined,
    isUnclear: false,
  };
}

/**
 * Returns the address that a URL gives, or a string that says what is wrong with the URL.
 * @param plainHosts hosts that may be reached without TLS, besides this machine
 */
export function addressOfUrl(text: string, plainHosts: readonly string[] = []): Address | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return `expected an absolute URL, got ${JSON.stringify(shownUrl(text))}`;
  const mayBePlain = isLoopback(url.hostname) || plainHosts.includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) {
    const got =
      url.host === '' ? `${url.protocol}…: begin it with https:// or http://` : `${url.protocol}//${url.host}`;
    return `expected an https URL (http only to loopback, or to a host that PLAIN_HTTP_HOSTS names), got ${got}`;
  }
  if (url.username !== '' || url.password !== '')
    return 'expected a URL without user name and password (credentials come from UPSTREAM_SECRET)';
  if (url.hash !== '') return 'expected a URL without a fragment';
  const forbidden = forbiddenAddress(url.hostname);
  if (forbidden !== undefined) return `expected a host other than ${url.hostname}: ${forbidden}`;
  const host = agentCoreHost(url.hostname);
  if (host?.kind === 'gateway')
    return { url, service: 'gateway', region: host.region, gatewayId: host.gatewayId, isUnclear: false };
  // On loopback, a server with a runtime's path counts as a runtime.
  const isRuntime = RUNTIME_PATH.test(url.pathname) && (host !== undefined || isLoopback(url.hostname));
  return {
    url,
    service: isRuntime ? 'runtime' : undefined,
    region: host?.region,
    gatewayId: undefined,
    isUnclear: !isRuntime && isAwsHost(url.hostname),
  };
}
