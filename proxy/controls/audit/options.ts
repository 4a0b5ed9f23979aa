/** The options of `audit`, and their checks. */
import { kindOf } from '../../base/kind-of.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../credentials/signing-algorithms.ts';

export type AuditFormat = 'json' | 'ocsf' | 'cloudevents' | 'cef';

export interface AuditOptions {
  /**
   * The format of a line: the proxy's own JSON, OCSF 1.8 (API Activity), CloudEvents 1.0, or CEF.
   * @default 'json'
   */
  readonly format?: AuditFormat;
  /**
   * Keyed fingerprints (HMAC-SHA-256): equal values have equal fingerprints, but without the key nobody can find the
   * value.
   */
  readonly fingerprints?: {
    /** The environment variable that says where the keyring is. */
    readonly keyring: string;
    /** Replaces the caller's identity by a fingerprint. @default false */
    readonly caller?: boolean;
    /**
     * Paths of tool arguments to fingerprint: `customerId`, `order.email`. The record has path and fingerprint.
     * @default none
     */
    readonly arguments?: readonly string[];
  };
  /**
   * Chains the lines of a process by hash, and signs the chain regularly. `npm run audit -- verify` detects lines that
   * were removed, changed, moved or cut off.
   */
  readonly chain?: {
    /** Signs with HMAC-SHA-256: the environment variable that says where the keyring is. */
    readonly keyring?: string;
    /**
     * Signs with Ed25519, so that a verifier can't forge signatures: the environment variable that says where the
     * private key (PEM) is.
     */
    readonly signingKey?: string;
    /**
     * Signs with a key of the process, for which a key in KMS vouches: the environment variable with that key's ARN. The
     * role gets `kms:Sign` on it.
     */
    readonly kmsKey?: string;
    /** How the key in KMS signs. @default 'ES256' */
    readonly kmsAlgorithm?: SigningAlgorithm;
    /** Maximum number of lines between two signatures. @default 100 */
    readonly everyLines?: number;
    /** Maximum seconds that a line waits for a signature. @default 10 */
    readonly everySeconds?: number;
  };
  /** The environment variable with the ARN of a Firehose stream that gets all lines. @default none */
  readonly firehose?: string;
  /** Whether lines go to standard output. @default true */
  readonly stdout?: boolean;
  /**
   * `deny`: before a call is forwarded, every sink must accept a record of that; otherwise the call is refused. The
   * record of its end follows later and is buffered. `go-on`: lines that a sink can't take are lost, and the log says
   * so.
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
  chain: ['keyring', 'signingKey', 'kmsKey', 'kmsAlgorithm', 'everyLines', 'everySeconds'],
};

/** Returns all faults. Checks types, too, because a config may come from a file without types. */
export function faultsOf(options: AuditOptions): string[] {
  if (typeof options !== 'object' || options === null)
    return [`expected options, such as { format: 'ocsf' }, or nothing, got ${kindOf(options)}`];
  const faults = unknownMembers(options, OPTIONS, '');
  for (const name of ['fingerprints', 'chain'] as const) {
    const group: unknown = options[name];
    if (group === undefined) continue;
    if (typeof group !== 'object' || group === null || Array.isArray(group))
      return [...faults, `${name}: expected an object with ${KNOWN[name].join(', ')}, got ${kindOf(group)}`];
    faults.push(...unknownMembers(group, KNOWN[name], `${name}: `));
  }
  return [...faults, ...valueFaults(options)];
}

function unknownMembers(given: object, known: readonly string[], where: string): string[] {
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
        `${what}: expected the name of an environment variable, got ${value === '' ? 'an empty string' : kindOf(value)}`,
      );
  };
  if (!FORMATS.includes(format))
    faults.push(`format: expected one of ${FORMATS.join(', ')}, got ${JSON.stringify(format)}`);
  if (onSinkFailure !== 'deny' && onSinkFailure !== 'go-on')
    faults.push(`onSinkFailure: expected 'deny' or 'go-on', got ${JSON.stringify(onSinkFailure)}`);
  if (typeof stdout !== 'boolean') faults.push(`stdout: expected true or false, got ${kindOf(stdout)}`);
  if (!stdout && firehose === undefined) faults.push('stdout: expected true, or a firehose, got false and no firehose');
  if (firehose !== undefined) variable('firehose', firehose);
  if (fingerprints !== undefined) {
    variable('fingerprints.keyring', fingerprints.keyring);
    const { caller = false, arguments: paths = [] }: { readonly caller?: unknown; readonly arguments?: unknown } =
      fingerprints;
    if (typeof caller !== 'boolean') faults.push(`fingerprints.caller: expected true or false, got ${kindOf(caller)}`);
    if (!Array.isArray(paths)) faults.push(`fingerprints.arguments: expected a list of paths, got ${kindOf(paths)}`);
    else if (caller === false && paths.length === 0)
      faults.push('fingerprints: expected caller: true or a list of arguments, got neither');
    else
      for (const path of paths as readonly unknown[])
        if (typeof path !== 'string' || !/^[\w-]+(?:\.[\w-]+)*$/.test(path))
          faults.push(`fingerprints.arguments: expected a path such as order.email, got ${JSON.stringify(path)}`);
  }
  if (chain !== undefined) {
    const { kmsAlgorithm } = chain;
    const given = [chain.keyring, chain.signingKey, chain.kmsKey].filter((one) => one !== undefined);
    if (given.length !== 1)
      faults.push(
        `chain: expected one of keyring, signingKey and kmsKey, got ${given.length === 0 ? 'none' : `${given.length} of them`}`,
      );
    else variable('chain', given[0]);
    if (kmsAlgorithm !== undefined && chain.kmsKey === undefined)
      faults.push('chain.kmsAlgorithm: expected none without kmsKey, got one');
    if (kmsAlgorithm !== undefined && !SIGNING_ALGORITHMS.includes(kmsAlgorithm))
      faults.push(
        `chain.kmsAlgorithm: expected one of ${SIGNING_ALGORITHMS.join(', ')}, got ${JSON.stringify(kmsAlgorithm)}`,
      );
    whole('chain.everyLines', chain.everyLines);
    whole('chain.everySeconds', chain.everySeconds);
  }
  return faults;
}
