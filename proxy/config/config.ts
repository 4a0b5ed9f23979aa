/** What a proxy does, as code: `defineProxy` in `proxy.config.ts`. The bindings say where it runs. */
import { kindOf } from '../base/kind-of.ts';
import type { CallerSource } from '../call/caller.ts';
import type { ToolRefusals } from '../call/wire.ts';
import { none } from '../callers/none.ts';
import { HIGHEST_DEPTH, MAX_DEPTH } from '../json/json-error.ts';
import type { DefinedControl } from '../pipeline/control.ts';
import { isAttention } from '../pipeline/mapped.ts';
import type { SearchSettings } from '../tool-search/settings.ts';
import { type SearchConfig, searchOf } from './search.ts';
import { isAggregate, separatorOf, type UpstreamConfig, type UpstreamSettings, upstreamsOf } from './upstreams.ts';
import { isRecord, numbers, record } from './values.ts';

export type { SearchConfig, UpstreamConfig };

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
   * Milliseconds for a whole request to arrive, and for a client to read more of a reply that the proxy has for it.
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
  /**
   * Between a prefix and a name: 1 to 8 letters, digits, underscores, dots or hyphens.
   * @default '___', as AgentCore Gateway has it
   */
  readonly separator?: string;
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
  /**
   * Lists two tools in place of all: one that finds tools, and one that calls them. `true`, or an object with options.
   * @default false
   */
  readonly search?: boolean | SearchConfig;
}

/** Declares what a proxy does. Only returns its argument: faults are reported when the proxy is built or started. */
export function defineProxy(config: ProxyConfig): ProxyConfig {
  return config;
}

/** A config with all defaults filled in. */
export interface Settings {
  /** At least one, in the order of the config. */
  readonly upstreams: readonly UpstreamSettings[];
  readonly separator: string;
  readonly controls: readonly DefinedControl[];
  readonly caller: CallerSource;
  readonly limits: Required<Limits>;
  readonly toolRefusals: ToolRefusals;
  /** Undefined: all tools are listed. */
  readonly search: SearchSettings | undefined;
}

const LIMITS: Readonly<Record<keyof Limits, readonly [standard: number, highest: number]>> = {
  maxBody: [4 * 1024 ** 2, 100 * 1024 ** 2],
  maxDepth: [MAX_DEPTH, HIGHEST_DEPTH],
  maxInspectedReply: [16 * 1024 ** 2, 1024 ** 3],
  headersMs: [10_000, 3_600_000],
  requestMs: [60_000, 3_600_000],
};

const KNOWN: readonly string[] = ['upstreams', 'separator', 'controls', 'caller', 'limits', 'toolRefusals', 'search'];

/** Checks a config and appends its faults to `errors`. The result may be used only if there are none. */
export function settingsOf(config: ProxyConfig, errors: string[]): Settings {
  if (!isRecord(config)) {
    errors.push(`config: expected what defineProxy returns (as the default export), got ${kindOf(config)}`);
    return settingsOf({ controls: [] }, []);
  }
  for (const key of Object.keys(config)) {
    if (!KNOWN.includes(key)) errors.push(`config: expected one of ${KNOWN.join(', ')}, got ${JSON.stringify(key)}`);
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
  errors.push(...shownAgain(controls.filter(isControl)));
  const separator = separatorOf(config.separator, errors);
  const upstreams = upstreamsOf(config.upstreams, separator, errors);
  for (const control of controls) if (isControl(control)) errors.push(...otherUpstreams(control, upstreams, separator));
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
    upstreams,
    separator,
    controls: controls.filter(isControl),
    caller: isRecord(caller) && typeof caller.prepare === 'function' ? caller : none(),
    limits: limitsOf(config.limits ?? {}, errors),
    toolRefusals: refusalsOf(config.toolRefusals, errors),
    search: searchOf(
      config.search,
      isAggregate({ upstreams }) ? upstreams.map(({ prefix }) => (prefix === '' ? '' : prefix + separator)) : [],
      errors,
    ),
  };
}

/** A control that shows clients what one inside it hides from them. */
function shownAgain(controls: readonly DefinedControl[]): string[] {
  return controls.flatMap(({ name, builtIn }, i) =>
    controls.slice(i + 1).flatMap((inner) => {
      const types = (inner.builtIn?.hides ?? []).filter((type) => builtIn?.restores?.includes(type) === true);
      return types.length === 0
        ? []
        : [
            `config.controls[${i}]: ${name} shows clients what ${inner.name} hides from them (${types.join(', ')}): expected ${inner.name} before ${name}`,
          ];
    }),
  );
}

/** A control whose options were made for other upstreams than the config's. */
function otherUpstreams(
  { name, builtIn }: DefinedControl,
  upstreams: readonly UpstreamSettings[],
  separator: string,
): string[] {
  const wanted = builtIn?.upstreams;
  if (wanted === undefined) return [];
  const own = Object.fromEntries(
    upstreams.map(({ name: upstream, prefix }) => [upstream, prefix === '' ? '' : prefix + separator]),
  );
  const words = (of: Readonly<Record<string, string>>): string =>
    Object.entries(of)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([upstream, prefix]) => (prefix === '' ? upstream : `${upstream} (names begin with ${prefix})`))
      .join(', ');
  return words(own) === words(wanted)
    ? []
    : [
        `control ${name}: expected a lock of this config's upstreams, ${words(own)}; got one of ${words(wanted)}: write it with npm run tools -- lock`,
      ];
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
    isAttention(control['replies'])
  );
}

/** Describes a value that is not the expected object. */
function otherThan(value: unknown): string {
  if (typeof value === 'function') return `a function: call it, as in ${value.name === '' ? 'audit' : value.name}()`;
  return isRecord(value) ? 'another object' : kindOf(value);
}
