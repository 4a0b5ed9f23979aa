/** Collects what is wrong, so that one synth names all of it. */
import { Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

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

/** What was got, as it stands in an error. */
export function got(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

export function checkRegion(region: string, where: string, faults: Faults): void {
  if (!known(region) || RegionInfo.regions.some(({ name }) => name === region)) return;
  faults.add(`${where}: expected an AWS region such as eu-west-1, got ${got(region)}`);
}

/** Why a host can't be anybody's upstream: the machine itself, or where credentials are handed out. The proxy refuses them, too. */
export function checkReachable(url: string, where: string, faults: Faults): void {
  const host = known(url) ? (URL.parse(url)?.hostname ?? '') : '';
  if (/^(?:localhost|.*\.localhost|127\.[\d.]+|0\.[\d.]+|169\.254\.[\d.]+|100\.100\.100\.200|\[(?:::1?|::ffff:(?:7f|a9fe)[0-9a-f:]*|fe[89ab][0-9a-f]:.*|fd00:ec2::.*)\])$/.test(host)) {
    faults.add(`${where}: expected a host that the runtime can reach (not loopback, link-local or a metadata service), got ${host}`);
  }
}

/** An https URL without user name, password and fragment; `undefined` with a fault where it is another. A token passes. */
export function checkHttps(url: string, where: string, faults: Faults): void {
  if (!known(url)) return;
  const parsed = URL.parse(url);
  if (parsed === null) return faults.add(`${where}: expected an absolute https URL, got ${got(url)}`);
  if (parsed.protocol !== 'https:') return faults.add(`${where}: expected an https URL, got ${parsed.protocol}//${parsed.host}`);
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') faults.add(`${where}: expected a URL without user name, password and fragment`);
}
