/** What a proxy runs with, for its log and for a person who starts it. Of secrets only where they are. */
import type { Environment } from './base/environment.ts';
import { log } from './base/log.ts';
import { SELF } from './base/self.ts';
import { shownUrl } from './base/shown-url.ts';
import { prefixOf, UPSTREAM_VARIABLES, wayOf } from './config/bindings.ts';
import type { Settings } from './config/config.ts';
import { PROCESS_VARIABLES } from './config/process-variables.ts';

export interface Configuration {
  readonly version: string;
  readonly upstreams: readonly { readonly name: string; readonly at: string; readonly auth: string }[];
  /** Outermost first: the first sees a call first, and its reply last. */
  readonly controls: readonly string[];
  /** Those that only note what they would do. */
  readonly auditOnly?: readonly string[];
  readonly caller: string;
  readonly toolRefusals: string;
  readonly search: boolean;
  readonly limits: Settings['limits'];
  /** Variables that are bound: where a secret is, otherwise `set`. */
  readonly bindings: Readonly<Record<string, string>>;
}

export function configurationOf(
  { upstreams, controls, caller, toolRefusals, search, limits }: Settings,
  environment: Environment,
): Configuration {
  const names = [
    ...Object.keys(PROCESS_VARIABLES),
    ...upstreams.flatMap(({ name }) => Object.keys(UPSTREAM_VARIABLES).map((one) => `${prefixOf(name)}_${one}`)),
    ...controls.flatMap(({ bindings }) => Object.keys(bindings)),
    ...Object.keys(caller.bindings),
  ];
  const auditOnly = controls.filter((control) => control.auditOnly).map(({ name }) => name);
  const valueOf = (name: string): string => environment[name] ?? '';
  return {
    version: SELF.version,
    upstreams: upstreams.map(({ name }) => {
      const prefix = prefixOf(name);
      return {
        name,
        at: shownUrl(valueOf(`${prefix}_URL`)) || valueOf(`${prefix}_ARN`),
        auth: wayOf(environment, name),
      };
    }),
    controls: controls.map(({ name }) => name),
    ...(auditOnly.length === 0 ? {} : { auditOnly }),
    caller: caller.kind,
    toolRefusals,
    search: search !== undefined,
    limits,
    bindings: Object.fromEntries(
      names.flatMap((name) => (valueOf(name) === '' || SHOWN.test(name) ? [] : [[name, placeOf(valueOf(name))]])),
    ),
  };
}

/** They are shown with what they are for. */
const SHOWN = /^(?:HOST|PORT|UPSTREAM_(?:.+_)?(?:URL|ARN|AUTH))$/;

/** A text may be a secret, unless it says where one is. */
function placeOf(text: string): string {
  const [, kind] = /^(arn:aws[a-z-]*:[a-z-]+|file|env|cognito):/.exec(text) ?? [];
  return kind === undefined
    ? 'set'
    : `set, from ${kind.startsWith('arn:') ? kind.slice(kind.lastIndexOf(':') + 1) : kind}`;
}

/** One line, from which `npm run explain` knows the order of the controls. */
export function logConfiguration(settings: Settings, environment: Environment): void {
  log.info('what this proxy runs with', { event: 'configuration', ...configurationOf(settings, environment) });
}
