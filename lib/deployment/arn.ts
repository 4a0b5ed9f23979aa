/** ARNs of one kind, and whether they fit the entry that names them. */
import { SECRET, type Shape } from '../arn.ts';
import { type Parse, text, unshown } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { partitionOf } from './regions.ts';

export function arn({ what, pattern, example }: Shape): Parse<string> {
  return text(pattern, `${what} (${example})`);
}

/** The complete one, which IAM compares; with `#KEY` at its end, one member of a secret that holds JSON. */
export const secretArn: Parse<string> = unshown(
  new RegExp(SECRET.pattern.source.replace(/\$$/, '(?:#.+)?$')),
  `${SECRET.what} (${SECRET.example}), and #KEY for one member of a JSON secret`,
);

/** Where an entry deploys to. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

export interface ArnParts extends Home {
  readonly partition: string;
}

/** Of an ARN that was parsed. */
export function partsOf(arn: string): ArnParts {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}

/**
 * What an ARN that leads out of the entry's account or region means. Another partition is a fault: nothing crosses that
 * border. Another account or region is possible and rare, so it is said once, as a warning.
 * @param elsewhere what the other account has to allow
 */
export function checkHome(arn: string, home: Home, place: Place, elsewhere: string): undefined {
  const { partition, region, account } = partsOf(arn);
  const own = partitionOf(home.region);
  if (partitionOf(region) === undefined)
    return place.fault(`expected an ARN in one of AWS's regions, got one in ${JSON.stringify(region)}`);
  if (partition !== partitionOf(region))
    return place.fault(`expected arn:${partitionOf(region)}: for ${region}, got arn:${partition}:`);
  if (own !== undefined && partition !== own)
    return place.fault(`expected an ARN of partition ${own}, which ${home.region} belongs to, got one of ${partition}`);
  if (account !== home.account) place.warn(`is in account ${account}, the deployment in ${home.account}: ${elsewhere}`);
  if (region !== home.region) place.warn(`is in ${region}, the deployment in ${home.region}: calls cross regions`);
}
