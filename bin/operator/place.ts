/** Finds the region of a deployment: from the deployments file, an option, or AWS's own configuration. */
import { readDeployments } from './deployments-file.ts';
import { EXIT, Failure } from './failure.ts';

export interface PlaceOptions {
  /** A deployments file other than the one at the root. */
  readonly deployments?: string | undefined;
  /** Takes precedence over the deployments file. */
  readonly region?: string | undefined;
}

export interface Place {
  readonly account: string | undefined;
  /** Undefined: from AWS_REGION or the profile. */
  readonly region: string | undefined;
  /** The name is in the deployments file. */
  readonly listed: boolean;
}

/** A stack that isn't in the file may still exist: the walk-through's, or one of another checkout. */
export async function placeOf(name: string, { deployments, region }: PlaceOptions): Promise<Place> {
  checkStackName(name);
  if (region !== undefined) checkRegion(region);
  const { entries, faults, path } = await readDeployments(deployments);
  const entry = entries.find(({ stack }) => stack === name);
  // A faulty entry may be the one that was meant.
  if (entry === undefined && region === undefined && faults.length > 0)
    throw new Failure(
      `${name} is not among the deployments of ${path} that have no fault:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
      EXIT.usage,
    );
  return { account: entry?.account, region: region ?? entry?.region, listed: entry !== undefined };
}

function checkRegion(region: string): void {
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region))
    throw new Failure(`--region: expected an AWS region such as eu-west-1, got ${JSON.stringify(region)}`, EXIT.usage);
}

function checkStackName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) return;
  const advice = name.includes('_') ? ` (the stack of ${name} is called ${name.replaceAll('_', '-')})` : '';
  throw new Failure(
    `expected the name of a stack: letters, digits and hyphens, got ${JSON.stringify(name)}${advice}`,
    EXIT.usage,
  );
}

/** Sets the region for everything in this process and its children that uses AWS's own configuration. */
export function useRegion(region: string | undefined): void {
  if (region === undefined) return;
  checkRegion(region);
  process.env['AWS_REGION'] = region;
}
