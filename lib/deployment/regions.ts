/** AWS's regions and partitions, as the installed CDK knows them. */
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { nearest } from '../rules/nearest.ts';
import type { Parse } from '../rules/parse.ts';
import { saying } from '../rules/schema.ts';

const PARTITIONS: ReadonlyMap<string, string | undefined> = new Map(
  RegionInfo.regions.map(({ name, partition }) => [name, partition]),
);

export const region: Parse<string> = saying(
  () => ({ enum: [...PARTITIONS.keys()] }),
  (value, place) => {
    if (typeof value === 'string' && PARTITIONS.has(value)) return value;
    const meant = (typeof value === 'string' ? nearest(value, [...PARTITIONS.keys()]) : undefined) ?? 'eu-west-1';
    return place.expected(`one of AWS's regions (such as ${meant})`, value);
  },
);

/** Returns `aws`, `aws-cn`, …; undefined for an unknown region. */
export function partitionOf(region: string): string | undefined {
  return PARTITIONS.get(region);
}
