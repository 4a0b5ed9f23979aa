/** ARNs of one kind, and whether they fit the entry that names them. */
import { type Parse, text, unshown } from './parse.ts';
import type { Place } from './place.ts';
import { partitionOf } from './regions.ts';

interface Kind {
  readonly what: string;
  readonly service: string;
  /** A regular expression's source. */
  readonly resource: string;
  /** How it is written, for the error. */
  readonly form: string;
}

const KINDS = {
  gateway: { what: 'an AgentCore gateway', service: 'bedrock-agentcore', resource: 'gateway/[A-Za-z0-9-]+', form: 'gateway/ID' },
  runtime: { what: 'an AgentCore runtime', service: 'bedrock-agentcore', resource: 'runtime/[A-Za-z0-9_-]+', form: 'runtime/ID' },
  topic: { what: 'an SNS topic', service: 'sns', resource: '[A-Za-z0-9_-]{1,256}', form: 'NAME' },
  secret: { what: 'a Secrets Manager secret', service: 'secretsmanager', resource: 'secret:[\\w/+=.@!-]+-[A-Za-z0-9]{6}', form: 'secret:NAME-AbCdEf' },
} as const satisfies Record<string, Kind>;

export function arn(kind: Exclude<keyof typeof KINDS, 'secret'>): Parse<string> {
  const { service, resource } = KINDS[kind];
  return text(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`), expected(kind));
}

/** The complete one, which IAM compares; with `#KEY` at its end, one member of a secret that holds JSON. */
export const secretArn: Parse<string> = unshown(
  new RegExp(`^arn:aws[a-z-]*:${KINDS.secret.service}:[a-z0-9-]+:\\d{12}:${KINDS.secret.resource}(?:#.+)?$`),
  `${expected('secret')}, complete with the six characters at its end, and #KEY for one member of a JSON secret`,
);

function expected(kind: keyof typeof KINDS): string {
  const { what, service, form } = KINDS[kind];
  return `the ARN of ${what} (arn:aws:${service}:REGION:ACCOUNT:${form})`;
}

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
 * What an ARN that leads out of the entry's account or region means. Another partition is a fault: nothing crosses that border.
 * Another account or region is possible and rare, so it is said once, as a warning.
 * @param elsewhere what the other account has to allow
 */
export function checkHome(arn: string, home: Home, place: Place, elsewhere: string): undefined {
  const { partition, region, account } = partsOf(arn);
  const own = partitionOf(home.region);
  if (partitionOf(region) === undefined) return place.fault(`expected an ARN in one of AWS's regions, got one in ${JSON.stringify(region)}`);
  if (partition !== partitionOf(region)) return place.fault(`expected arn:${partitionOf(region)}: for ${region}, got arn:${partition}:`);
  if (own !== undefined && partition !== own) return place.fault(`expected an ARN of partition ${own}, which ${home.region} belongs to, got one of ${partition}`);
  if (account !== home.account) place.warn(`is in account ${account}, the deployment in ${home.account}: ${elsewhere}`);
  if (region !== home.region) place.warn(`is in ${region}, the deployment in ${home.region}: calls cross regions`);
}
