/** Collects faults, so that one synth reports all of them. */
import { type Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { shownUrl } from '../proxy/base/shown-url.ts';
import type { Shape } from './arn.ts';
import type { TextRule } from './rules/texts.ts';
import { httpsFault, reachFault } from './url.ts';

/** All faults of a proxy. */
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
    // Two checks can find the same fault: an upstream's ARN decides its address and its permission.
    if (!this.#found.includes(fault)) this.#found.push(fault);
    return undefined;
  }

  get found(): readonly string[] {
    return this.#found;
  }

  /** Throws all of them in one error, one per line. */
  error(where: string): FaultsError {
    return new FaultsError(where, this.#found);
  }

  throwIfAny(where: string): void {
    if (this.#found.length > 0) throw this.error(where);
  }
}

/** Whether a value is known at synth. A value that is only known at deploy time can't be checked, and is no fault. */
export function known(value: string | undefined): value is string {
  return value !== undefined && !Token.isUnresolved(value);
}

/** A value for an error's "got". If it is a URL, perhaps given by mistake, only where it leads is shown. */
export function got(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(typeof value === 'string' && value.includes('//') ? shownUrl(value) : value);
}

export function checkRegion(region: string, where: string, faults: Faults): void {
  if (!known(region) || RegionInfo.regions.some(({ name }) => name === region)) return;
  faults.add(`${where}: expected an AWS region such as eu-west-1, got ${got(region)}`);
}

/** Adds a fault if the host can't be an upstream. A token passes. */
export function checkReachable(url: string, where: string, faults: Faults): void {
  const fault = known(url) ? reachFault(url) : undefined;
  if (fault !== undefined) faults.add(`${where}: ${fault}`);
}

/** Adds a fault if a text breaks a rule. A token passes. */
export function checkText(
  value: string | undefined,
  { pattern, expected }: TextRule,
  where: string,
  faults: Faults,
): void {
  if (known(value) && !pattern.test(value)) faults.add(`${where}: expected ${expected}, got ${got(value)}`);
}

/** Adds a fault if a list is empty, or holds a text that doesn't match a rule. Undefined and tokens pass. */
export function checkTexts(
  values: readonly string[] | undefined,
  rule: TextRule,
  what: string,
  where: string,
  faults: Faults,
): void {
  if (values === undefined || Token.isUnresolved(values)) return;
  if (values.length === 0) faults.add(`${where}: expected at least 1 ${what}, got none`);
  for (const value of values) checkText(value, rule, where, faults);
}

/** Adds a fault if the value isn't an https URL without user name, password and fragment. A token passes. */
export function checkHttps(url: string, where: string, faults: Faults, plainHosts: readonly string[] = []): void {
  const fault = known(url) ? httpsFault(url, plainHosts) : undefined;
  if (fault !== undefined) faults.add(`${where}: ${fault}`);
}

/**
 * Adds a fault if a value that is known at synth has another form, or another partition than its region or the stack's:
 * no permission crosses partitions.
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

/** Returns `aws`, `aws-cn`, …; undefined if the region isn't known. */
function partitionOf(region: string): string | undefined {
  return known(region) ? RegionInfo.get(region).partition : undefined;
}
