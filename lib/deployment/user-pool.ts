import { type Parse } from './parse.ts';
import { partitionOf } from './regions.ts';

const FORM = "a Cognito user pool's id (REGION_ID, such as eu-west-1_AbCdEfGhI)";

/** Its first part is the region that the pool is in. */
export const userPoolId: Parse<string> = (value, place) => {
  const [, region] = typeof value === 'string' ? (/^([a-z0-9-]+)_[0-9A-Za-z]{1,55}$/.exec(value) ?? []) : [];
  return region !== undefined && partitionOf(region) !== undefined && typeof value === 'string' ? value : place.expected(FORM, value);
};
