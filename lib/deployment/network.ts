/** `network` of an entry. Everything is given by id, so that synth makes no request. */
import { PER_RUNTIME } from '../rules/counts.ts';
import { isRecord, listOf, type MembersOf, needed, object, optional, type Parse, textBy } from '../rules/parse.ts';
import { saying, type Schema, schemaOf } from '../rules/schema.ts';
import { SECURITY_GROUP_ID, SUBNET_ID, TEXTS } from '../rules/texts.ts';

export interface VpcNetwork {
  readonly vpcId: string;
  /**
   * 1 to 16 ids. Each subnet is in an availability zone that AgentCore Runtime supports, and can reach the upstream and
   * AWS's endpoints.
   */
  readonly subnetIds: readonly string[];
  /**
   * 1 to 16 ids.
   * @default - a new one, which allows all outbound traffic
   */
  readonly securityGroupIds?: readonly string[];
}

/** `public`: AgentCore's own network, with access to the internet. */
export type NetworkEntry = 'public' | VpcNetwork;

const vpc = object({
  vpcId: needed(textBy(TEXTS.vpcId)),
  subnetIds: needed(listOf(textBy(SUBNET_ID), 'subnet ids', PER_RUNTIME)),
  securityGroupIds: optional(listOf(textBy(SECURITY_GROUP_ID), 'security group ids', PER_RUNTIME)),
} satisfies MembersOf<VpcNetwork>);

const publicOrVpc = (): Schema => ({ anyOf: [{ const: 'public' }, schemaOf(vpc)] });

export const network: Parse<NetworkEntry> = saying(publicOrVpc, (value, place) => {
  if (value === 'public') return value;
  return isRecord(value) ? vpc(value, place) : place.expected('"public" or an object with vpcId and subnetIds', value);
});
