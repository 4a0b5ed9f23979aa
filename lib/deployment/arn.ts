/** ARNs of one kind, and whether they suit the entry that names them. */
import type { Shape } from '../arn.ts';
import { type Parse, text } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { partitionOf } from './regions.ts';

export function arn({ what, pattern, example }: Shape): Parse<string> {
  return text(pattern, `${what} (${example})`);
}

/** The account and region that an entry deploys to. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

export interface ArnParts extends Home {
  readonly partition: string;
}

/** Splits a parsed ARN. */
export function partsOf(arn: string): ArnParts {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, region, account };
}

/**
 * Checks an ARN against the entry's account and region. Another partition is a fault: no permission crosses that
 * border. Another account or region is possible but rare, so it causes one warning.
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
