/** The access policy of a config, loaded and checked as in a build. */
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';
import type { Engine } from '../../proxy/controls/access-policy/engine.ts';
import { actionsOf } from '../../proxy/controls/access-policy/expression.ts';
import type { PolicyHandle } from '../../proxy/controls/access-policy/handle.ts';
import type { AccessPolicy } from '../../proxy/controls/access-policy/index.ts';
import { loadWithCedar } from '../../proxy/controls/access-policy/load.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { ConfigError } from '../../proxy/start-proxy.ts';
import { loadConfig } from '../load-config.ts';
import { OptionError } from '../option-error.ts';
import { PolicyUpstreams } from './upstreams.ts';

export interface Policy {
  readonly engine: Engine;
  readonly handle: PolicyHandle;
  readonly upstreams: PolicyUpstreams;
  /** Methods that policies name. */
  readonly actions: ReadonlySet<string>;
}

/** Prints the policy's warnings to standard error. Throws `ConfigError`. */
export async function policyOf(config: string | undefined): Promise<Policy> {
  const found = await policyIn(await loadConfig(config));
  if (found === undefined)
    throw new OptionError(['--config: expected a config with accessPolicy(…) among its controls, found none']);
  for (const warning of found.warnings) console.error(`warning: ${warning}`);
  return found.policy;
}

/** The policy of a config and its warnings; undefined if it has none. Throws `ConfigError`. */
export async function policyIn(
  config: ProxyConfig,
): Promise<{ readonly policy: Policy; readonly warnings: readonly string[] } | undefined> {
  const settings = settingsOf(config, []);
  const control = settings.controls.find(isAccessPolicy);
  if (control === undefined) return undefined;
  const { faults, warnings } = await control.check({ upstreams: settings.upstreams.map(({ name }) => name) });
  if (faults.length > 0) throw new ConfigError(faults);
  const { handle } = control;
  // Loads Cedar even if the proxy would not need it.
  const engine = await loadWithCedar(handle.sources, handle.model);
  const policy = {
    engine,
    handle,
    upstreams: new PolicyUpstreams(settings),
    actions: new Set([...engine.policies.values()].flatMap((each) => actionsOf(each) ?? [])),
  };
  return { policy, warnings };
}

/** Includes one that only observes. */
function isAccessPolicy(control: DefinedControl): control is AccessPolicy {
  return control.name === 'access-policy' && 'handle' in control;
}
