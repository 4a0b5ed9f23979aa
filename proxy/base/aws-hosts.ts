/**
 * Host names of AWS in all partitions: regional, FIPS, dual-stack and VPC endpoints. The table is that of AWS's SDKs
 * (their endpoint rules); a test compares it with the one that is installed.
 */

interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  readonly suffix: string;
  readonly dualStack: string;
}

export const PARTITIONS: readonly Partition[] = [
  partition('aws', /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition('aws-cn', /^cn-\w+-\d+$/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'),
  partition('aws-us-gov', /^us-gov-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition('aws-eusc', /^eusc-(?:de)-\w+-\d+$/, 'amazonaws.eu', 'api.amazonwebservices.eu'),
  partition('aws-iso', /^us-iso-\w+-\d+$/, 'c2s.ic.gov', 'api.aws.ic.gov'),
  partition('aws-iso-b', /^us-isob-\w+-\d+$/, 'sc2s.sgov.gov', 'api.aws.scloud'),
  partition('aws-iso-e', /^eu-isoe-\w+-\d+$/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'),
  partition('aws-iso-f', /^us-isof-\w+-\d+$/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'),
];

function partition(id: string, regions: RegExp, suffix: string, dualStack: string): Partition {
  return { id, regions, suffix, dualStack };
}

/** The suffix of services' host names in a region; undefined if no partition has such a region. */
export function suffixOf(region: string): string | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region))?.suffix;
}

/** The form of regions' names. A region that is newer than the table has it, too. */
const REGION = /^[a-z]{2,8}(?:-[a-z]+)+-\d{1,2}$/;

/** Whether a region may be in a partition: it is in the table, or newer than it. */
function mayHave(each: Partition, region: string): boolean {
  return each.regions.test(region) || (REGION.test(region) && partitionOf(region) === undefined);
}

/** The suffix of host names in a partition, by its name in ARNs. Undefined if it can't have such a region. */
export function suffixIn(partitionId: string, region: string): string | undefined {
  return PARTITIONS.find((each) => each.id === partitionId && mayHave(each, region))?.suffix;
}

/** The partition of a region, as ARNs name it; undefined if none has such a region. */
export function partitionOf(region: string): string | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region))?.id;
}

/** Functions' own URLs, which AWS serves under another name. */
const FUNCTION_URLS = /(?:^|\.)on\.aws$/;

/** Whether AWS serves this host itself. A trailing dot doesn't make it another (RFC 1034, 3.1). */
export function isAwsHost(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  return FUNCTION_URLS.test(name) || PARTITIONS.some((each) => labelsBelow(name, each) !== undefined);
}

/** The region of a service's own host, such as `xray.eu-west-1.amazonaws.com`; undefined for any other host. */
export function regionOfHost(hostname: string, service: string): string | undefined {
  for (const each of PARTITIONS) {
    const [name, region, ...rest] = labelsBelow(hostname, each) ?? [];
    const isService = name === service || name === `${service}-fips`;
    if (isService && region !== undefined && rest.length === 0 && mayHave(each, region)) return region;
  }
  return undefined;
}

/** AgentCore's host that a name is of. */
export interface AgentCoreHost {
  /** `data`: the data plane, where runtimes are invoked. */
  readonly kind: 'gateway' | 'data';
  /** Of the gateway; undefined for the data plane, and for the name of a VPC endpoint. */
  readonly gatewayId: string | undefined;
  readonly region: string;
}

const SERVICE = /^bedrock-agentcore(?:-fips)?$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const ENDPOINT = /^vpce-[a-z0-9-]+$/;

/** Undefined for any other host, also for one whose region is of another partition. */
export function agentCoreHost(hostname: string): AgentCoreHost | undefined {
  for (const each of PARTITIONS) {
    const labels = labelsBelow(hostname, each);
    if (labels === undefined) continue;
    const isEndpoint = labels.at(-1) === 'vpce';
    const [service, region] = labels.slice(isEndpoint ? -3 : -2, isEndpoint ? -1 : undefined);
    if (service === undefined || region === undefined || !SERVICE.test(service) || !mayHave(each, region)) continue;
    const before = labels.slice(0, isEndpoint ? -3 : -2);
    const found = servedAt(before, isEndpoint);
    if (found !== undefined) return { ...found, region };
  }
  return undefined;
}

/** @param before the labels before the service's name */
function servedAt(before: readonly string[], isEndpoint: boolean): Omit<AgentCoreHost, 'region'> | undefined {
  const [first, second, ...rest] = before;
  if (rest.length > 0) return undefined;
  if (first === undefined) return isEndpoint ? undefined : { kind: 'data', gatewayId: undefined };
  if (!LABEL.test(first) || ENDPOINT.test(first) !== isEndpoint) return undefined;
  if (second === 'gateway') return { kind: 'gateway', gatewayId: isEndpoint ? undefined : first };
  return second === undefined && isEndpoint ? { kind: 'data', gatewayId: undefined } : undefined;
}

/** The labels before a partition's suffix; undefined if the name doesn't end in it. */
function labelsBelow(name: string, { suffix, dualStack }: Partition): readonly string[] | undefined {
  const end = [suffix, dualStack].find((each) => name.endsWith(`.${each}`));
  return end === undefined ? undefined : name.slice(0, -end.length - 1).split('.');
}
