/** The options of `validation`, and what may be wrong with them. */
import { type Scope, Scopes } from '../shared/surfaces/scope.ts';
import { SANITIZERS, type SanitizerName } from './sanitizers.ts';

/** Strings at these places are refused where they hold any of `what`. */
export interface Refusing extends Scope {
  readonly what: readonly SanitizerName[];
}

export interface ResultOptions {
  /**
   * Takes invisible characters out of everything that goes to the client: control characters, marks of direction,
   * zero-width characters, tags, fillers. Those that emoji and scripts need stay.
   * @default false
   */
  readonly stripHiddenUnicode?: boolean;
  /**
   * Characters that a result may have as JSON. A longer one is cut, and says so.
   * @default - as many as `limits.maxInspectedReply` allows
   */
  readonly maxCharacters?: number;
  /** Refuses a result that the tool's own `outputSchema` doesn't allow. @default false */
  readonly checkOutputSchema?: boolean;
}

export interface ValidationOptions {
  /** Whether arguments of tools are checked against the tool's `inputSchema`. @default true */
  readonly checkInputSchema?: boolean;
  /**
   * Tools whose schemas aren't looked at, by the names that the upstream gives them; `*` stands for any characters. For
   * one whose schema can't be checked against: without this it can't be called.
   * @default - none
   */
  readonly unchecked?: readonly string[];
  /** Characters that a call's parameters may have as JSON. @default - as many as `limits.maxBody` allows */
  readonly maxCharacters?: number;
  /** Levels that a call's parameters may have. @default - as many as `limits.maxDepth` allows */
  readonly maxDepth?: number;
  /** What may not stand where in a call. @default - nothing is looked for */
  readonly refuse?: readonly Refusing[];
  /** What is done with results. @default - they aren't looked at */
  readonly results?: ResultOptions;
}

const KNOWN = ['checkInputSchema', 'unchecked', 'maxCharacters', 'maxDepth', 'refuse', 'results'];
const RESULTS = ['stripHiddenUnicode', 'maxCharacters', 'checkOutputSchema'];

/** All that is wrong, in words. A config may come from a file without types. */
export function faultsOf(options: ValidationOptions): string[] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const faults: string[] = [];
  members(given, KNOWN, '', faults);
  booleanAt(given, 'checkInputSchema', '', faults);
  countAt(given, 'maxCharacters', 1, '', faults);
  countAt(given, 'maxDepth', 1, '', faults);
  const { unchecked = [], refuse = [], results = {} } = given;
  if (!Array.isArray(unchecked) || !unchecked.every((name) => typeof name === 'string' && name !== ''))
    faults.push('unchecked: expected a list of names');
  if (!Array.isArray(refuse)) faults.push('refuse: expected a list');
  else refuse.forEach((scope: unknown, i) => refusingFaults(scope, `refuse[${i}]`, faults));
  if (typeof results !== 'object' || results === null) faults.push('results: expected an object');
  else {
    const of: Readonly<Record<string, unknown>> = { ...results };
    members(of, RESULTS, 'results.', faults);
    booleanAt(of, 'stripHiddenUnicode', 'results.', faults);
    booleanAt(of, 'checkOutputSchema', 'results.', faults);
    // Less has no room for the notice that it was cut.
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
    if (!known.includes(key)) faults.push(`${prefix}${key}: expected ${known.join(', ')}`);
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
    faults.push(`${where}: expected what to be a list of ${names.join(', ')}, got ${JSON.stringify(what)}`);
}
