/** The options of `validation`, and their checks. */
import { kindOf } from '../../base/kind-of.ts';
import { gotForNames } from '../shared/members.ts';
import { type Scope, Scopes } from '../shared/surfaces/scope.ts';
import { SANITIZERS, type SanitizerName } from './sanitizers.ts';

/** Refuses strings at these places that contain any of `what`. */
export interface Refusing extends Scope {
  readonly what: readonly SanitizerName[];
}

export interface ResultOptions {
  /**
   * Removes invisible characters from everything that goes to the client: control characters, direction marks,
   * zero-width characters, tags, fillers. Keeps those that emoji and scripts need.
   * @default false
   */
  readonly stripHiddenUnicode?: boolean;
  /**
   * Maximum characters of a result as JSON. A longer one is cut, with a notice.
   * @default - as many as `limits.maxInspectedReply` allows
   */
  readonly maxCharacters?: number;
  /** Refuses a result that does not match the tool's `outputSchema`. @default false */
  readonly checkOutputSchema?: boolean;
}

export interface ValidationOptions {
  /** Whether tool arguments are checked against the tool's `inputSchema`. @default true */
  readonly checkInputSchema?: boolean;
  /**
   * Tools whose schemas are not used, by the upstream's names; `*` stands for any characters. A tool whose schema can't
   * be used for checks can only be called if it is listed here.
   * @default - none
   */
  readonly unchecked?: readonly string[];
  /** Maximum characters of a call's parameters as JSON. @default - as many as `limits.maxBody` allows */
  readonly maxCharacters?: number;
  /** Maximum nesting depth of a call's parameters. @default - as many levels as `limits.maxDepth` allows */
  readonly maxDepth?: number;
  /** Content that is refused at places of a call. @default - none */
  readonly refuse?: readonly Refusing[];
  /** Checks of results. @default - results are not read */
  readonly results?: ResultOptions;
}

const KNOWN = ['checkInputSchema', 'unchecked', 'maxCharacters', 'maxDepth', 'refuse', 'results'];
const RESULTS = ['stripHiddenUnicode', 'maxCharacters', 'checkOutputSchema'];

/** Returns all faults. Checks types, too, because a config may come from a file without types. */
export function faultsOf(options: ValidationOptions): string[] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const faults: string[] = [];
  members(given, KNOWN, '', faults);
  booleanAt(given, 'checkInputSchema', '', faults);
  countAt(given, 'maxCharacters', 1, '', faults);
  countAt(given, 'maxDepth', 1, '', faults);
  const { unchecked = [], refuse = [], results = {} } = given;
  if (!Array.isArray(unchecked) || !unchecked.every((name) => typeof name === 'string' && name !== ''))
    faults.push(`unchecked: expected a list of names of tools, got ${gotForNames(unchecked)}`);
  if (!Array.isArray(refuse)) faults.push(`refuse: expected a list, got ${kindOf(refuse)}`);
  else refuse.forEach((scope: unknown, i) => refusingFaults(scope, `refuse[${i}]`, faults));
  if (typeof results !== 'object' || results === null)
    faults.push(`results: expected an object, got ${kindOf(results)}`);
  else {
    const of: Readonly<Record<string, unknown>> = { ...results };
    members(of, RESULTS, 'results.', faults);
    booleanAt(of, 'stripHiddenUnicode', 'results.', faults);
    booleanAt(of, 'checkOutputSchema', 'results.', faults);
    // Fewer would leave no room for the notice.
    countAt(of, 'maxCharacters', 1_000, 'results.', faults);
  }
  return faults;
}

function members(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix: string,
  faults: string[],
): void {
  for (const key of Object.keys(given))
    if (!known.includes(key))
      faults.push(`expected ${known.map((name) => prefix + name).join(', ')}, got ${JSON.stringify(prefix + key)}`);
}

function booleanAt(given: Readonly<Record<string, unknown>>, key: string, prefix: string, faults: string[]): void {
  const value = given[key];
  if (value !== undefined && typeof value !== 'boolean')
    faults.push(`${prefix}${key}: expected true or false, got ${JSON.stringify(value)}`);
}

function countAt(
  given: Readonly<Record<string, unknown>>,
  key: string,
  least: number,
  prefix: string,
  faults: string[],
): void {
  const value = given[key];
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= least))
    faults.push(`${prefix}${key}: expected a whole number, ${least} or more, got ${JSON.stringify(value)}`);
}

function refusingFaults(scope: unknown, where: string, faults: string[]): void {
  const fault = Scopes.fault(scope, ['what']);
  if (fault !== undefined) return void faults.push(`${where}: ${fault}`);
  const { what }: { readonly what?: unknown } = scope as object;
  const names = Object.keys(SANITIZERS);
  if (!Array.isArray(what) || what.length === 0 || !what.every((name) => names.includes(name as string)))
    faults.push(`${where}.what: expected a list of ${names.join(', ')}, got ${JSON.stringify(what)}`);
}
