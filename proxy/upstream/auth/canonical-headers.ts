/**
 * The canonical headers of SigV4. An upstream gets the same names in the same order call after call, so which are signed,
 * and how they are sorted, is worked out once for each list of names.
 */
import { isSigned, mayBeSigned } from './signed-headers.ts';

export interface CanonicalHeaders {
  /** `name:value` of each signed header, a line each. */
  readonly lines: string;
  readonly signedHeaders: string;
}

/** What a list of names leads to. */
interface Plan {
  /** All names of the list. */
  readonly names: readonly string[];
  /** Of the signed ones in their order: where the value is in the flat list, `HOST` for that of the host. */
  readonly values: readonly number[];
  /** What is before each of those values. */
  readonly before: readonly string[];
  readonly signedHeaders: string;
}
const HOST = -1;

/** Without spaces that are folded, and signed if its name is. */
const PLAIN = /^(?:[\x21-\x7e]+(?: [\x21-\x7e]+)*)?$/;

/** Reads the headers of one upstream's requests: flat lists of names in lower case and values. */
export class HeaderReader {
  #plan: Plan | undefined;

  read(host: string, headers: readonly string[]): CanonicalHeaders {
    const plan = this.#planFor(headers);
    if (plan === undefined) return inFull(host, headers);
    let lines = '';
    for (let i = 0; i < plan.values.length; i++) {
      const at = plan.values[i] ?? HOST;
      const value = at === HOST ? host : (headers[at] ?? '');
      if (!PLAIN.test(value)) return inFull(host, headers);
      lines += (plan.before[i] ?? '') + value;
    }
    return { lines, signedHeaders: plan.signedHeaders };
  }

  #planFor(headers: readonly string[]): Plan | undefined {
    const names = this.#plan?.names;
    if (names === undefined || names.length * 2 !== headers.length) return (this.#plan = planOf(headers));
    for (let i = 0; i < names.length; i++) if (names[i] !== headers[2 * i]) return (this.#plan = planOf(headers));
    return this.#plan;
  }
}

/** Undefined if a name is repeated: its values share a line. */
function planOf(headers: readonly string[]): Plan | undefined {
  const names = headers.filter((_, i) => i % 2 === 0);
  const signed = [{ name: 'host', value: HOST }];
  names.forEach((name, i) => mayBeSigned(name) && signed.push({ name, value: 2 * i + 1 }));
  signed.sort((a, b) => order(a.name, b.name));
  if (new Set(signed.map(({ name }) => name)).size < signed.length) return undefined;
  return {
    names,
    values: signed.map(({ value }) => value),
    before: signed.map(({ name }, i) => `${i === 0 ? '' : '\n'}${name}:`),
    signedHeaders: signed.map(({ name }) => name).join(';'),
  };
}

function inFull(host: string, headers: readonly string[]): CanonicalHeaders {
  const signed: [string, string][] = [['host', host]];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (isSigned(name, value)) signed.push([name, value]);
  }
  return canonicalHeaders(signed);
}

/** Step 4 and 5 of a canonical request. Sorts the list. */
export function canonicalHeaders(headers: (readonly [name: string, value: string])[]): CanonicalHeaders {
  // By name only: sorting "name:value" would put `x-amz-date-a` before `x-amz-date`. The sort is stable, so repeated
  // names keep their order.
  headers.sort(([a], [b]) => order(a, b));
  let lines = '';
  let signedHeaders = '';
  let previous = '';
  for (const [name, raw] of headers) {
    const value = canonicalValue(raw);
    if (name === previous) {
      lines += `,${value}`;
    } else {
      lines += previous === '' ? `${name}:${value}` : `\n${name}:${value}`;
      signedHeaders += previous === '' ? name : `;${name}`;
      previous = name;
    }
  }
  return { lines, signedHeaders };
}

function canonicalValue(value: string): string {
  return /[\t\r\n]| {2}|^ | $/.test(value) ? value.replaceAll(/[ \t\r\n]+/g, ' ').trim() : value;
}

/** By code unit, as AWS sorts. */
export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
