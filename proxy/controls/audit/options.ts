/** How calls are recorded, and what is wrong with what was said of it. */
import { kindOf } from '../../base/kind-of.ts';

export type AuditFormat = 'json' | 'ocsf' | 'cloudevents' | 'cef';

export interface AuditOptions {
  /**
   * What a line is: JSON of this proxy's own, OCSF 1.8 (API Activity), CloudEvents 1.0, or CEF.
   * @default 'json'
   */
  readonly format?: AuditFormat;
  /**
   * Keyed fingerprints (HMAC-SHA-256): equal values have equal ones, and nobody without the key learns which value it
   * was.
   */
  readonly fingerprints?: {
    /** The environment variable that says where the keyring is. */
    readonly keyring: string;
    /** The caller's, in place of who it is. @default false */
    readonly caller?: boolean;
    /** Of these arguments of tools, by path: `customerId`, `order.email`. Written beside the path. @default none */
    readonly arguments?: readonly string[];
  };
  /**
   * Chains the lines of a process by their hashes, and signs the chain's state now and then: `npm run audit -- verify`
   * finds a line that was removed, changed, moved or cut off.
   */
  readonly chain?: {
    /** Signs with HMAC-SHA-256: the environment variable that says where the keyring is. */
    readonly keyring?: string;
    /**
     * Signs with Ed25519, so that who verifies can't forge: the environment variable that says where the private key
     * (PEM) is.
     */
    readonly signingKey?: string;
    /** Lines from one signature to the next, at most. @default 100 */
    readonly everyLines?: number;
    /** Seconds that a line waits for a signature, at most. @default 10 */
    readonly everySeconds?: number;
  };
  /** A Firehose stream that gets all lines: the environment variable that holds its ARN. @default none */
  readonly firehose?: string;
  /** Whether lines go to standard output. @default true */
  readonly stdout?: boolean;
  /**
   * `deny`: before a call is forwarded, a record of that must have been taken by every sink, else the call is refused.
   * The record of how it ended follows when it has, and is buffered. `go-on`: what a sink can't take is lost, and the
   * log says so.
   * @default 'go-on'
   */
  readonly onSinkFailure?: 'deny' | 'go-on';
}

const FORMATS: readonly string[] = ['json', 'ocsf', 'cloudevents', 'cef'] satisfies AuditFormat[];
const OPTIONS: readonly string[] = [
  'format',
  'fingerprints',
  'chain',
  'firehose',
  'stdout',
  'onSinkFailure',
] satisfies (keyof AuditOptions)[];
const KNOWN: Readonly<Record<'fingerprints' | 'chain', readonly string[]>> = {
  fingerprints: ['keyring', 'caller', 'arguments'],
  chain: ['keyring', 'signingKey', 'everyLines', 'everySeconds'],
};

/** All that is wrong, in words. A config may come from a file without types. */
export function faultsOf(options: AuditOptions): string[] {
  if (typeof options !== 'object' || options === null)
    return [`expected options, such as { format: 'ocsf' }, or nothing, got ${kindOf(options)}`];
  const faults = strangers(options, OPTIONS, '');
  for (const name of ['fingerprints', 'chain'] as const) {
    const group: unknown = options[name];
    if (group === undefined) continue;
    if (typeof group !== 'object' || group === null || Array.isArray(group))
      return [...faults, `${name}: expected an object with ${KNOWN[name].join(', ')}, got ${kindOf(group)}`];
    faults.push(...strangers(group, KNOWN[name], `${name}: `));
  }
  return [...faults, ...valueFaults(options)];
}

function strangers(given: object, known: readonly string[], where: string): string[] {
  return Object.keys(given).flatMap((key) =>
    known.includes(key) ? [] : [`${where}expected ${known.join(', ')}, got ${JSON.stringify(key)}`],
  );
}

function valueFaults({
  format = 'json',
  fingerprints,
  chain,
  firehose,
  stdout = true,
  onSinkFailure = 'go-on',
}: AuditOptions): string[] {
  const faults: string[] = [];
  const whole = (what: string, value: number | undefined): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= 1e6))
      faults.push(`${what}: expected a whole number from 1 to 1000000, got ${String(value)}`);
  };
  const variable = (what: string, value: unknown): void => {
    if (typeof value !== 'string' || value === '')
      faults.push(
        `${what}: expected the name of an environment variable, got ${value === '' ? 'an empty text' : kindOf(value)}`,
      );
  };
  if (!FORMATS.includes(format))
    faults.push(`format: expected one of ${FORMATS.join(', ')}, got ${JSON.stringify(format)}`);
  if (onSinkFailure !== 'deny' && onSinkFailure !== 'go-on')
    faults.push(`onSinkFailure: expected 'deny' or 'go-on', got ${JSON.stringify(onSinkFailure)}`);
  if (typeof stdout !== 'boolean') faults.push(`stdout: expected true or false, got ${kindOf(stdout)}`);
  if (!stdout && firehose === undefined) faults.push('stdout: false leaves no sink; expected a firehose then');
  if (firehose !== undefined) variable('firehose', firehose);
  if (fingerprints !== undefined) {
    variable('fingerprints.keyring', fingerprints.keyring);
    const { caller = false, arguments: paths = [] }: { readonly caller?: unknown; readonly arguments?: unknown } =
      fingerprints;
    if (typeof caller !== 'boolean') faults.push(`fingerprints.caller: expected true or false, got ${kindOf(caller)}`);
    if (!Array.isArray(paths)) faults.push(`fingerprints.arguments: expected a list of paths, got ${kindOf(paths)}`);
    else if (caller === false && paths.length === 0)
      faults.push('fingerprints: expected caller: true, or arguments, got neither');
    else
      for (const path of paths as readonly unknown[])
        if (typeof path !== 'string' || !/^[\w-]+(?:\.[\w-]+)*$/.test(path))
          faults.push(`fingerprints.arguments: expected a path such as order.email, got ${JSON.stringify(path)}`);
  }
  if (chain !== undefined) {
    if ((chain.keyring === undefined) === (chain.signingKey === undefined))
      faults.push('chain: expected a keyring or a signingKey, and not both');
    else variable('chain', chain.keyring ?? chain.signingKey);
    whole('chain.everyLines', chain.everyLines);
    whole('chain.everySeconds', chain.everySeconds);
  }
  return faults;
}
