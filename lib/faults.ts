/** Collects what is wrong, so that one synth names all of it. */
import { type Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { shownUrl } from '../proxy/base/shown-url.ts';
import type { Shape } from './arn.ts';
import type { TextRule } from './rules/texts.ts';
import { httpsFault, reachFault } from './url.ts';

/** What is wrong with a proxy, all of it. */
export class FaultsError extends Error {
  readonly faults: readonly string[];
  constructor(where: string, faults: readonly string[]) {
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    super(`${count} in ${where}:\n${faults.map((fault) => `  - ${fault.replaceAll('\n', '\n    ')}`).join('\n')}`);
    this.name = 'FaultsError';
    this.faults = faults;
  }
}

export class Faults {
  readonly #found: string[] = [];

  add(fault: string): undefined {
    // The same fault may be met on two ways (an upstream's ARN decides its address and its permission).
    if (!this.#found.includes(fault)) this.#found.push(fault);
    return undefined;
  }

  get found(): readonly string[] {
    return this.#found;
  }

  /** All of them in one error, a line each. */
  error(where: string): FaultsError {
    return new FaultsError(where, this.#found);
  }

  throwIfAny(where: string): void {
    if (this.#found.length > 0) throw this.error(where);
  }
}

/** A value that is known at synth. What is only known at deploy time can't be checked, and is no fault. */
export function known(value: string | undefined): value is string {
  return value !== undefined && !Token.isUnresolved(value);
}

/**
 * What was got, as it stands in an error; of a URL, that stands there by mistake perhaps, no more than where it leads.
 */
export function got(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(typeof value === 'string' && value.includes('//') ? shownUrl(value) : value);
}

export function checkRegion(region: string, where: string, faults: Faults): void {
  if (!known(region) || RegionInfo.regions.some(({ name }) => name === region)) return;
  faults.add(`${where}: expected an AWS region such as eu-west-1, got ${got(region)}`);
}

/** A fault where the host can't be anybody's upstream. A token passes. */
export function checkReachable(url: string, where: string, faults: Faults): void {
  const fault = known(url) ? reachFault(url) : undefined;
  if (fault !== undefined) faults.add(`${where}: ${fault}`);
}

/** A fault where a text isn't what a rule says. A token passes. */
export function checkText(
  value: string | undefined,
  { pattern, expected }: TextRule,
  where: string,
  faults: Faults,
): void {
  if (known(value) && !pattern.test(value)) faults.add(`${where}: expected ${expected}, got ${got(value)}`);
}

/** A fault where it isn't an https URL without user name, password and fragment. A token passes. */
export function checkHttps(url: string, where: string, faults: Faults): void {
  const fault = known(url) ? httpsFault(url) : undefined;
  if (fault !== undefined) faults.add(`${where}: ${fault}`);
}

/**
 * A fault where a value that is known at synth has another shape, or another partition than its region and the stack's:
 * no permission crosses that.
 */
export function checkArn(
  value: string,
  { what, pattern, example }: Shape,
  where: string,
  stack: Stack,
  faults: Faults,
): void {
  if (!known(value)) return;
  if (!pattern.test(value)) return faults.add(`${where}: expected ${what} (${example}), got ${got(value)}`);
  const [, partition, , region = ''] = value.split(':');
  const [its, ours] = [partitionOf(region), partitionOf(stack.region)];
  if (its !== undefined && partition !== its)
    faults.add(`${where}: expected arn:${its}: for ${region}, got arn:${partition}:`);
  else if (ours !== undefined && partition !== ours)
    faults.add(
      `${where}: expected an ARN of partition ${ours}, which ${stack.region} belongs to, got one of ${partition}`,
    );
}

/** `aws`, `aws-cn`, …; undefined where the region isn't known. */
function partitionOf(region: string): string | undefined {
  return known(region) ? RegionInfo.get(region).partition : undefined;
}
