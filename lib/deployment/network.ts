/** `network` of an entry. Everything is given by id, so that synth asks nobody. */
import { isRecord, listOf, needed, object, optional, type Parse, text } from './parse.ts';

export interface VpcNetwork {
  readonly vpcId: string;
  /**
   * 1 to 16; each in an availability zone that AgentCore Runtime supports, with a way out to the upstream and to AWS's
   * endpoints.
   */
  readonly subnetIds: readonly string[];
  /**
   * 1 to 16.
   * @default - one of its own, that may connect to anywhere
   */
  readonly securityGroupIds?: readonly string[];
}

/** `public`: AgentCore's own network, with access to the internet. */
export type NetworkEntry = 'public' | VpcNetwork;

const id = (prefix: string): Parse<string> =>
  text(new RegExp(`^${prefix}-[0-9a-z]{8,17}$`), `an id such as ${prefix}-0123456789abcdef0`);

const vpc = object({
  vpcId: needed(id('vpc')),
  subnetIds: needed(listOf(id('subnet'), 'subnet ids', { min: 1, max: 16 })),
  securityGroupIds: optional(listOf(id('sg'), 'security group ids', { min: 1, max: 16 })),
});

export const network: Parse<NetworkEntry> = (value, place) => {
  if (value === 'public') return value;
  return isRecord(value) ? vpc(value, place) : place.expected('"public" or an object with vpcId and subnetIds', value);
};
