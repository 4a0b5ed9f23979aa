import type { Parse } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { saying, textSchema } from '../rules/schema.ts';
import { TEXTS } from '../rules/texts.ts';
import type { Home } from './arn.ts';
import { partitionOf } from './regions.ts';

/** The first part of the id is the pool's region. */
const { pattern, expected } = TEXTS.userPoolId;

export const userPoolId: Parse<string> = saying(
  () => textSchema(pattern, expected),
  (value, place) => {
    const [, region] = typeof value === 'string' ? (TEXTS.userPoolId.pattern.exec(value) ?? []) : [];
    return region !== undefined && partitionOf(region) !== undefined && typeof value === 'string'
      ? value
      : place.expected(TEXTS.userPoolId.expected, value);
  },
);

/**
 * Checks where a pool is. Another region is possible but rarely meant, so it causes one warning. In another partition,
 * the role can't request a client.
 */
export function checkPoolHome(id: string, home: Home, place: Place, asked: boolean): undefined {
  const region = id.split('_', 1)[0] ?? '';
  const [pool, own] = [partitionOf(region), partitionOf(home.region)];
  if (asked && own !== undefined && pool !== own)
    return place.fault(
      `expected a user pool of partition ${own}, which ${home.region} belongs to, got one in ${region}`,
    );
  if (region !== home.region)
    place.warn(
      `is in ${region}, the deployment in ${home.region}: ${asked ? 'calls cross regions' : 'its tokens and keys come from there'}`,
    );
}
