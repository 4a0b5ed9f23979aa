/** The access policy of a config, loaded and checked as a build would. */
import type { DefinedControl } from '../../proxy/control.ts';
import type { AccessPolicy } from '../../proxy/controls/access-policy.ts';
import type { Engine } from '../../proxy/controls/access-policy/engine.ts';
import type { PolicyHandle } from '../../proxy/controls/access-policy/handle.ts';
import { loadWithCedar } from '../../proxy/controls/access-policy/load.ts';
import { ConfigError } from '../../proxy/proxy.ts';
import { loadConfig } from '../load-config.ts';

export interface Policy {
  readonly engine: Engine;
  readonly handle: PolicyHandle;
}

/** Prints the policy's warnings to standard error. Throws `ConfigError`. */
export async function policyOf(config: string | undefined): Promise<Policy> {
  const { controls } = await loadConfig(config);
  const control = (Array.isArray(controls) ? (controls as readonly DefinedControl[]) : []).find(isAccessPolicy);
  if (control === undefined) throw new ConfigError(['--config: expected a config with accessPolicy(…) among its controls, found none']);
  const { faults, warnings } = await control.check();
  if (faults.length > 0) throw new ConfigError(faults);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  const { handle } = control;
  // Cedar itself, also where the proxy can do without it.
  return { engine: await loadWithCedar(handle.sources, handle.model), handle };
}

/** One that is only observed is one, too. */
function isAccessPolicy(control: DefinedControl): control is AccessPolicy {
  return control.name === 'access-policy' && 'handle' in control;
}
