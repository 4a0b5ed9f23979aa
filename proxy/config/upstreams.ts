/** The upstreams of a config, and the names under which clients see what they offer. */
import { SEPARATOR } from '../aggregate/separator.ts';
import { kindOf } from '../base/kind-of.ts';
import { lookOf, looksLikeStart } from '../base/name-shapes.ts';
import { sharedVariables } from './bindings.ts';
import { MAX_UPSTREAMS, UPSTREAM_NAME } from './upstream-name.ts';
import { isRecord, numbers, record } from './values.ts';

export interface UpstreamConfig {
  /**
   * What stands before the names of its tools and prompts. `true`: the upstream's name. A word: that word. `false`: nothing.
   * Between the prefix and the name stands `separator`. Required if there are several upstreams.
   * @default - none, if it is the only upstream
   */
  readonly prefix?: boolean | string;
  /** Maximum of connections to the upstream. @default 256 */
  readonly maxConnections?: number;
  /** Milliseconds until there is a connection. @default 10_000 */
  readonly connectMs?: number;
  /**
   * Milliseconds until the response headers arrive, including the connection.
   * @default 900_000, the platform's own limit for a request
   */
  readonly firstByteMs?: number;
  /**
   * Milliseconds between two chunks of one reply; streams that are silent by nature have an hour.
   * @default 900_000
   */
  readonly idleMs?: number;
  /**
   * The upstream keeps no state in its sessions (2025-11-25 and before). The proxy then replaces a session that the
   * upstream lost, or that this process never saw opened, without the client noticing. Otherwise the client gets 404 and
   * has to initialize again. @default false
   */
  readonly reopen?: boolean;
  /**
   * Maximum of sessions per caller that only the proxy can end: those kept under a platform's ids. Beyond it, a new one
   * is refused.
   * @default 100
   */
  readonly maxSessions?: number;
  /** Milliseconds without a request after which the proxy ends such a session at the upstream. @default 1_800_000 */
  readonly sessionIdleMs?: number;
  /**
   * Tools and prompts, by their upstream names, that distinguish argument names by case; `*` stands for any characters.
   * For all others, a call with `Amount` is refused if a control reads `amount`.
   * @default - none
   */
  readonly caseSensitiveTools?: readonly string[];
}

/** One upstream with everything filled in. */
export interface UpstreamSettings extends Required<Omit<UpstreamConfig, 'prefix'>> {
  readonly name: string;
  /** Without the separator; empty: none. */
  readonly prefix: string;
}

const NUMBERS: Readonly<
  Record<
    Exclude<keyof UpstreamConfig, 'prefix' | 'reopen' | 'caseSensitiveTools'>,
    readonly [standard: number, highest: number]
  >
> = {
  maxConnections: [256, 65_535],
  connectMs: [10_000, 3_600_000],
  firstByteMs: [900_000, 3_600_000],
  idleMs: [900_000, 3_600_000],
  maxSessions: [100, 10_000],
  sessionIdleMs: [1_800_000, 86_400_000],
};
const OTHERS = ['reopen', 'caseSensitiveTools', 'prefix'] as const;

/** What the APIs of models take in a tool's name. */
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$/;
const SEPARATORS = /^[A-Za-z0-9_.-]{1,8}$/;

/** Whether clients see one server made of several, or other names than the upstream's. */
export function isAggregate({ upstreams }: { readonly upstreams: readonly UpstreamSettings[] }): boolean {
  return upstreams.length !== 1 || upstreams.some(({ prefix }) => prefix !== '');
}

/** Checks the upstreams of a config; appends what is wrong to `errors`. At least one comes back. */
export function upstreamsOf(
  given: Readonly<Record<string, UpstreamConfig>> | undefined,
  separator: string,
  errors: string[],
): readonly UpstreamSettings[] {
  const upstreams = Object.entries(record(given ?? { default: {} }, 'config.upstreams', errors));
  if (upstreams.length === 0 || upstreams.length > MAX_UPSTREAMS)
    errors.push(`config.upstreams: expected 1 to ${MAX_UPSTREAMS} upstreams, got ${upstreams.length || 'none'}`);
  for (const [name] of upstreams)
    if (!UPSTREAM_NAME.test(name))
      errors.push(
        `config.upstreams: expected a name of lower-case letters, digits and hyphens, got ${JSON.stringify(name)}`,
      );
  const settings = upstreams.map(([name, upstream]) =>
    upstreamOf(name, upstream ?? {}, { separator, isOnly: upstreams.length === 1 }, errors),
  );
  errors.push(...clashes(settings, separator), ...sharedVariables(upstreams.map(([name]) => name)));
  return settings.length > 0 ? settings : [upstreamOf('default', {}, { separator, isOnly: true }, [])];
}

/** The separator of a config. */
export function separatorOf(given: unknown, errors: string[]): string {
  if (given === undefined) return SEPARATOR;
  if (typeof given === 'string' && SEPARATORS.test(given)) return given;
  errors.push(
    `config.separator: expected 1 to 8 letters, digits, underscores, dots or hyphens, got ${JSON.stringify(given)}`,
  );
  return SEPARATOR;
}

function upstreamOf(
  name: string,
  given: UpstreamConfig,
  { separator, isOnly }: { readonly separator: string; readonly isOnly: boolean },
  errors: string[],
): UpstreamSettings {
  const where = `config.upstreams.${name}`;
  const { prefix, reopen = false, caseSensitiveTools = [], ...rest } = record(given, where, errors);
  if (typeof reopen !== 'boolean') errors.push(`${where}.reopen: expected true or false, got ${kindOf(reopen)}`);
  const names: unknown = caseSensitiveTools;
  const limits = numbers(rest, NUMBERS, where, errors, OTHERS);
  // An option that is misspelt, or no object at all, is the fault to report: it may have been the prefix.
  const isUnclear = !isRecord(given) || Object.keys(rest).some((key) => !Object.hasOwn(NUMBERS, key));
  const isList = Array.isArray(names) && names.every((each) => typeof each === 'string' && each !== '');
  if (!isList) errors.push(`${where}.caseSensitiveTools: expected a list of names of tools, got ${kindOf(names)}`);
  return {
    name,
    prefix: prefixOf(prefix, { name, where, separator, isOnly }, isUnclear && prefix === undefined ? [] : errors),
    reopen,
    caseSensitiveTools: isList ? caseSensitiveTools : [],
    ...limits,
  };
}

function prefixOf(
  given: unknown,
  by: { readonly name: string; readonly where: string; readonly separator: string; readonly isOnly: boolean },
  errors: string[],
): string {
  const { name, where, separator, isOnly } = by;
  if (given === false || (given === undefined && isOnly)) return '';
  const word = given === true ? name : given;
  if (word === undefined) {
    errors.push(
      `${where}.prefix: expected true (its tools and prompts become ${name}${separator}NAME), a word (WORD${separator}NAME) or false (they keep their names), since there are several upstreams; got nothing`,
    );
    return name;
  }
  if (typeof word !== 'string' || !PREFIX.test(word) || word.includes(separator)) {
    errors.push(
      `${where}.prefix: expected true, false, or a word of at most 31 letters, digits, underscores and hyphens, first a letter or digit, without ${JSON.stringify(separator)}, got ${typeof word === 'string' ? JSON.stringify(word) : kindOf(word)}`,
    );
    return name;
  }
  return word;
}

/** Prefixes that can be confused: equal, alike to the eye, or one the beginning of another. */
function clashes(upstreams: readonly UpstreamSettings[], separator: string): string[] {
  const prefixed = upstreams.filter(({ prefix }) => prefix !== '');
  return prefixed.flatMap(({ name, prefix }, i) =>
    prefixed.slice(i + 1).flatMap((other) => {
      if (!mayBeMistaken(prefix + separator, other.prefix + separator)) return [];
      return [
        `config.upstreams: expected prefixes that can't be mistaken for each other, got ${JSON.stringify(prefix)} of ${name} and ${JSON.stringify(other.prefix)} of ${other.name}: choose two that look different (not only in case, dashes, or letters such as l and 1, o and 0, m and rn), and of which neither begins with the other`,
      ];
    }),
  );
}

function mayBeMistaken(prefix: string, other: string): boolean {
  const [one, two] = [lookOf(prefix), lookOf(other)];
  return looksLikeStart(one, two) || looksLikeStart(two, one);
}
