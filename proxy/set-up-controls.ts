/** Checks and sets up the controls of a config. */
import type { Environment, Faults } from './base/environment.ts';
import { ControlFault } from './base/errors.ts';
import { log } from './base/log.ts';
import type { Settings } from './config/config.ts';
import { asControl } from './pipeline/by-method.ts';
import type { Layer } from './pipeline/compose.ts';
import type { SetupContext, Withholding } from './pipeline/control.ts';

/** Reports bindings of controls and of the caller's source that have no value. */
export function checkControlBindings({ controls, caller }: Settings, environment: Environment, faults: Faults): void {
  const missing = new Set<string>();
  const check = (name: string, purpose: string, by: string): void => {
    if ((environment[name] ?? '') !== '' || missing.has(name)) return;
    missing.add(name);
    faults.error(`${name}: expected a value for ${by} (${purpose}), got nothing`);
  };
  for (const control of controls)
    for (const [name, need] of Object.entries(control.bindings)) check(name, need.for, `control ${control.name}`);
  for (const [name, purpose] of Object.entries(caller.bindings)) check(name, purpose, `caller ${caller.kind}`);
}

/** Throws a `ControlFault` if a `setup` fails. */
export async function setUpControls(
  settings: Settings,
  environment: Environment,
  life: Pick<SetupContext, 'onRefused' | 'onClose' | 'onWarmUp' | 'onBegin' | 'isReplay'>,
): Promise<Layer[]> {
  const layers: Layer[] = [];
  const withholding: Withholding = { check: undefined };
  const warnOnce = onceEach((warning) => log.warn(warning));
  for (const { name, replies, maps, bindings, arguments: scopes, setup } of settings.controls) {
    const onBegin = (begin: () => Promise<void>): void =>
      life.onBegin?.(async () => begin().catch((error: unknown) => Promise.reject(setupFault(name, error))));
    const values = Object.fromEntries(Object.keys(bindings).map((key) => [key, environment[key] ?? '']));
    try {
      layers.push({
        name,
        replies,
        maps,
        seen: scopes === undefined,
        reads: !Array.isArray(scopes) || scopes.length > 0,
        control: asControl(await setup({ bindings: values, ...life, onBegin, withholding, warnOnce }), name),
      });
    } catch (error) {
      throw setupFault(name, error);
    }
  }
  return layers;
}

/** Controls set up later, such as the audit's at the first call, count, too. */
function onceEach(warn: (warning: string) => void): (warning: string) => void {
  const warned = new Set<string>();
  return (warning) => {
    if (!warned.has(warning)) warn(warning);
    warned.add(warning);
  };
}

function setupFault(control: string, error: unknown): ControlFault {
  if (error instanceof ControlFault && error.control !== undefined) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ControlFault(`control ${control}: its setup failed: ${message}`, { control, cause: error });
}
