/** The place of a value in an entry or in a construct's properties, and the faults found there. */
import { shownUrl } from '../../proxy/base/shown-url.ts';

export interface Findings {
  /** One line each, beginning with the entry. */
  readonly faults: string[];
  /** One line each, without the entry. */
  readonly warnings: string[];
  /** The entry's members that have faults. */
  readonly members: Set<string>;
  /** Whether a value is only known at deploy time, and allowed to be. */
  readonly isLater: (value: unknown) => boolean;
}

/**
 * @param isLater whether a value is only known at deploy time; plain data has no such values, whatever they look like
 */
export function noFindings(isLater: Findings['isLater'] = () => false): Findings {
  return { faults: [], warnings: [], members: new Set(), isLater };
}

/** One key on the path to a value: `deployments[3] orders: upstream.url`. */
export class Place {
  readonly #entry: string;
  readonly #path: string;
  readonly #findings: Findings;

  /** @param entry how the line begins, if not with the path; @param path keys from there, joined by dots */
  constructor(entry: string, findings: Findings, path = '') {
    this.#entry = entry;
    this.#path = path;
    this.#findings = findings;
  }

  at(key: string | number): Place {
    const path =
      typeof key === 'number' ? `${this.#path}[${key}]` : `${this.#path === '' ? '' : `${this.#path}.`}${key}`;
    return new Place(this.#entry, this.#findings, path);
  }

  /** Whether a value can't be checked yet, which is no fault. */
  isLater(value: unknown): boolean {
    return this.#findings.isLater(value);
  }

  /** `undefined` means that there is no value. */
  expected(what: string, got: unknown): undefined {
    return this.fault(`expected ${what}, got ${shown(got)}`);
  }

  fault(message: string): undefined {
    this.#findings.members.add(/^[^.[]*/.exec(this.#path)?.[0] ?? '');
    this.#findings.faults.push(`${this.#entry === '' ? '' : `${this.#entry}: `}${this.#line(message)}`);
    return undefined;
  }

  warn(message: string): void {
    this.#findings.warnings.push(this.#line(message));
  }

  #line(message: string): string {
    // Anyone may have written the file that keys and values come from. Whatever they hold, a report has one line per
    // fault.
    return [...(this.#path === '' ? [] : [this.#path]), message].join(': ').replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  }
}

/** Formats a value for an error: as JSON and shortened. Of a URL it shows only where it leads. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(typeof value === 'string' && value.includes('//') ? shownUrl(value) : value);
  return text.length <= 120 ? text : `${text.slice(0, 100)}… (${text.length} characters)`;
}
