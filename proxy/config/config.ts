/** What a proxy does, as code: `defineProxy` in `proxy.config.ts`. The bindings say where it runs. */
import { kindOf } from '../base/kind-of.ts';
import type { CallerSource } from '../call/caller.ts';
import type { ToolRefusals } from '../call/wire.ts';
import { none } from '../callers/none.ts';
import { HIGHEST_DEPTH, MAX_DEPTH } from '../json/strict.ts';
import { ATTENTIONS, type DefinedControl } from '../pipeline/control.ts';

export interface UpstreamConfig {
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

export interface Limits {
  /** Bytes of a request's body, at most 100 MiB. @default 4 MiB */
  readonly maxBody?: number;
  /** Levels of nesting in a request's body, at most 1,000. @default 128 */
  readonly maxDepth?: number;
  /** Bytes of an inspected reply; larger ones are refused. @default 16 MiB */
  readonly maxInspectedReply?: number;
  /** Milliseconds for a request's headers to arrive. @default 10_000 */
  readonly headersMs?: number;
  /**
   * Milliseconds for a whole request to arrive, and for a client to read more of a reply that has arrived completely.
   * @default 60_000
   */
  readonly requestMs?: number;
}

export interface ProxyConfig {
  /**
   * Upstreams by name. `default` is bound by `UPSTREAM_*`, any other by `UPSTREAM_<NAME>_*`.
   * @default { default: {} }
   */
  readonly upstreams?: Readonly<Record<string, UpstreamConfig>>;
  /** The controls, outermost first: the first sees a call first and its reply last. */
  readonly controls: readonly DefinedControl[];
  /** Who calls. @default none() */
  readonly caller?: CallerSource;
  readonly limits?: Limits;
  /**
   * The answer to a tool call that a control denies or throttles, or whose tool this caller may not use: a JSON-RPC
   * error, at which many agents end their run, or a tool result with `isError`, which the model reads and can act on.
   * @default 'error'
   */
  readonly toolRefusals?: ToolRefusals;
}

/** Declares what a proxy does. Only returns its argument: faults are reported when the proxy is built or started. */
export function defineProxy(config: ProxyConfig): ProxyConfig {
  return config;
}

/** A config with all defaults filled in. */
export interface Settings {
  readonly upstream: { readonly name: string } & Required<UpstreamConfig>;
  readonly controls: readonly DefinedControl[];
  readonly caller: CallerSource;
  readonly limits: Required<Limits>;
  readonly toolRefusals: ToolRefusals;
}

const LIMITS: Readonly<Record<keyof Limits, readonly [standard: number, highest: number]>> = {
  maxBody: [4 * 1024 ** 2, 100 * 1024 ** 2],
  maxDepth: [MAX_DEPTH, HIGHEST_DEPTH],
  maxInspectedReply: [16 * 1024 ** 2, 1024 ** 3],
  headersMs: [10_000, 3_600_000],
  requestMs: [60_000, 3_600_000],
};

const UPSTREAM: Readonly<
  Record<Exclude<keyof UpstreamConfig, 'reopen' | 'caseSensitiveTools'>, readonly [standard: number, highest: number]>
> = {
  maxConnections: [256, 65_535],
  connectMs: [10_000, 3_600_000],
  firstByteMs: [900_000, 3_600_000],
  idleMs: [900_000, 3_600_000],
  maxSessions: [100, 10_000],
  sessionIdleMs: [1_800_000, 86_400_000],
};

const KNOWN: readonly string[] = ['upstreams', 'controls', 'caller', 'limits', 'toolRefusals'];

/** Checks a config and appends its faults to `errors`. The result may be used only if there are none. */
export function settingsOf(config: ProxyConfig, errors: string[]): Settings {
  if (!isRecord(config)) {
    errors.push(`config: expected what defineProxy returns (as the default export), got ${kindOf(config)}`);
    return settingsOf({ controls: [] }, []);
  }
  for (const key of Object.keys(config)) {
    if (!KNOWN.includes(key)) errors.push(`config: expected ${KNOWN.join(', ')}, got ${JSON.stringify(key)}`);
  }
  const controls = Array.isArray(config.controls) ? (config.controls as readonly DefinedControl[]) : [];
  if (!Array.isArray(config.controls))
    errors.push('config.controls: expected a list of controls, got none ([] is a proxy without controls)');
  const names = new Set<string>();
  controls.forEach((control, i) => {
    if (!isControl(control))
      errors.push(`config.controls[${i}]: expected a control made by defineControl, got ${otherThan(control)}`);
    else if (names.has(control.name))
      errors.push(`config.controls[${i}]: expected a name used once, got a second ${control.name}`);
    else names.add(control.name);
  });
  const upstreams = Object.entries(record(config.upstreams ?? { default: {} }, 'config.upstreams', errors));
  const [first] = upstreams;
  if (upstreams.length !== 1) {
    errors.push(
      `config.upstreams: expected one upstream (this version of the proxy has one), got ${upstreams.length === 0 ? 'none' : upstreams.map(([name]) => name).join(', ')}`,
    );
  }
  for (const [name] of upstreams) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
      errors.push(
        `config.upstreams: expected a name of lower-case letters, digits and hyphens, got ${JSON.stringify(name)}`,
      );
  }
  const caller = config.caller ?? none();
  if (!isRecord(caller) || typeof caller.prepare !== 'function') {
    errors.push(
      `config.caller: expected none(), header(…), jwks(…), agentcoreJwt() or fixed(…), got ${otherThan(caller)}`,
    );
  }
  if (isRecord(caller) && caller.kind === 'none') {
    for (const { name } of controls.filter((control) => isControl(control) && control.perCaller)) {
      errors.push(
        `control ${name} decides by who calls: expected config.caller to be header(…), jwks(…), agentcoreJwt() or fixed(…), got none()`,
      );
    }
  }
  return {
    upstream: {
      name: first?.[0] ?? 'default',
      ...upstreamOf(first?.[1] ?? {}, `config.upstreams.${first?.[0] ?? 'default'}`, errors),
    },
    controls: controls.filter(isControl),
    caller: isRecord(caller) && typeof caller.prepare === 'function' ? caller : none(),
    limits: limitsOf(config.limits ?? {}, errors),
    toolRefusals: refusalsOf(config.toolRefusals, errors),
  };
}

function upstreamOf(given: UpstreamConfig, where: string, errors: string[]): Required<UpstreamConfig> {
  const { reopen = false, caseSensitiveTools = [], ...rest } = record(given, where, errors);
  if (typeof reopen !== 'boolean') errors.push(`${where}.reopen: expected true or false, got ${kindOf(reopen)}`);
  const names: unknown = caseSensitiveTools;
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '');
  if (!isList) errors.push(`${where}.caseSensitiveTools: expected a list of names of tools, got ${kindOf(names)}`);
  return {
    reopen,
    caseSensitiveTools: isList ? caseSensitiveTools : [],
    ...numbers(rest, UPSTREAM, where, errors, ['reopen', 'caseSensitiveTools']),
  };
}

function refusalsOf(given: unknown, errors: string[]): ToolRefusals {
  if (given === undefined || given === 'error' || given === 'result') return given ?? 'error';
  errors.push(`config.toolRefusals: expected error or result, got ${JSON.stringify(given)}`);
  return 'error';
}

function limitsOf(given: Limits, errors: string[]): Required<Limits> {
  const limits = numbers(given, LIMITS, 'config.limits', errors);
  if (limits.headersMs <= limits.requestMs) return limits;
  // The headers are part of the request: a tighter limit for the request applies to them, too.
  if (record(given, '', []).headersMs === undefined) return { ...limits, headersMs: limits.requestMs };
  errors.push(`config.limits.headersMs: expected at most requestMs (${limits.requestMs}), got ${limits.headersMs}`);
  return limits;
}

function isControl(control: unknown): control is DefinedControl {
  return (
    isRecord(control) &&
    typeof control['setup'] === 'function' &&
    typeof control['name'] === 'string' &&
    isRecord(control['bindings']) &&
    ATTENTIONS.includes(control['replies'])
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Describes a value that is not the expected object. */
function otherThan(value: unknown): string {
  if (typeof value === 'function') return `a function: call it, as in ${value.name === '' ? 'audit' : value.name}()`;
  return isRecord(value) ? 'another object' : kindOf(value);
}

/** A config may come from a file without types. */
function record<T extends object>(value: T, where: string, errors: string[]): Partial<T> {
  if (isRecord(value)) return value;
  errors.push(`${where}: expected an object, got ${kindOf(value)}`);
  return {};
}

function numbers<K extends string>(
  given: Readonly<Partial<Record<K, number>>>,
  known: Readonly<Record<K, readonly [number, number]>>,
  where: string,
  errors: string[],
  others: readonly string[] = [],
): Record<K, number> {
  const values: Readonly<Partial<Record<string, number>>> = record(given, where, errors);
  for (const key of Object.keys(values))
    if (!Object.hasOwn(known, key))
      errors.push(`${where}: expected ${[...Object.keys(known), ...others].join(', ')}, got ${JSON.stringify(key)}`);
  const result = {} as Record<K, number>;
  for (const key of Object.keys(known) as K[]) {
    const [standard, highest] = known[key];
    const value = values[key] ?? standard;
    if (!Number.isInteger(value) || value < 1 || value > highest)
      errors.push(`${where}.${key}: expected a whole number from 1 to ${highest}, got ${String(value)}`);
    result[key] = value;
  }
  return result;
}
