/** The form that URLs in deployments must have. */
import { agentCoreHost } from '../proxy/base/aws-hosts.ts';
import { shownUrl } from '../proxy/base/shown-url.ts';

/**
 * Returns the fault of a URL that must be https, without user name, password and fragment.
 * @param plainHosts hosts that may also be reached by http
 */
export function httpsFault(text: string, plainHosts: readonly string[] = []): string | undefined {
  const url = URL.parse(text);
  if (url === null) return `expected an absolute https URL, got ${JSON.stringify(shownUrl(text))}`;
  if (url.username !== '' || url.password !== '')
    return 'expected a URL without user name and password, got one with them';
  const isPlain = url.protocol === 'http:' && plainHosts.some((host) => host.toLowerCase() === url.hostname);
  if (url.protocol !== 'https:' && !isPlain) return `expected an https URL, got ${url.protocol}//${url.host}`;
  return url.hash === '' ? undefined : 'expected a URL without a fragment, got one with a #';
}

/**
 * Returns the fault of an issuer: its metadata is below it, so it has no query (OpenID Connect Core, 2: Issuer
 * Identifier).
 */
export function issuerFault(text: string): string | undefined {
  return text.includes('?') ? 'expected a URL without a query, got one with a ?' : undefined;
}

/** The path of an issuer's metadata below its URL (OpenID Connect Discovery, 4). */
export const WELL_KNOWN = '/.well-known/openid-configuration';

export function discoveryUrlFault(text: string): string | undefined {
  return text.endsWith(WELL_KNOWN)
    ? undefined
    : `expected a URL that ends in ${WELL_KNOWN}, got ${JSON.stringify(shownUrl(text))}`;
}

/** This machine, and services that issue credentials; also in IPv6 notation (RFC 4291, 2.5.5.2; RFC 6052). */
const UNREACHABLE =
  /^(?:localhost\.?|.*\.localhost\.?|127\.[\d.]+|0\.[\d.]+|169\.254\.[\d.]+|100\.100\.100\.200|\[(?:::1?|(?:::ffff:|64:ff9b::)(?:(?:0|7f[0-9a-f]{2}|a9fe):[0-9a-f]{1,4}|6464:64c8)|fe[89ab][0-9a-f]:.*|fd00:ec2::.*)\])$/;

/** Returns why a host can't be an upstream. The proxy refuses these hosts, too. */
export function reachFault(text: string): string | undefined {
  const host = URL.parse(text)?.hostname ?? '';
  return UNREACHABLE.test(host)
    ? `expected a host that the runtime can reach (not loopback, link-local or a metadata service), got ${host}`
    : undefined;
}

/** A gateway speaks MCP at one path, and its error for other paths doesn't say so. */
export function gatewayPathFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || agentCoreHost(url.hostname)?.kind !== 'gateway' || url.pathname === '/mcp') return undefined;
  return `expected the gateway's MCP endpoint, https://${url.hostname}/mcp, got the path ${JSON.stringify(url.pathname)}`;
}

/**
 * A gateway's own URL begins with its id: an ARN with another would grant the wrong one, and every call would be
 * refused.
 */
export function otherGatewayFault(text: string, gatewayArn: string): string | undefined {
  const host = agentCoreHost(URL.parse(text)?.hostname ?? '');
  if (host?.gatewayId === undefined) return undefined;
  const { gatewayId: id, region } = host;
  const [, , , arnRegion, , resource] = gatewayArn.split(':');
  return resource?.toLowerCase() === `gateway/${id}` && arnRegion === region
    ? undefined
    : `expected the gateway of the URL (${id} in ${region}), got ${resource?.replace('gateway/', '')} in ${arnRegion}`;
}
