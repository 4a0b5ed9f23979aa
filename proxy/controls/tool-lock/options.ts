/** The options of `tool-lock`. */
import { kindOf } from '../../base/kind-of.ts';
import { gotForNames, memberFaults, optionsOf } from '../shared/members.ts';
import { type Lock, lockOf } from './lock.ts';

export interface ToolLockOptions {
  /** The content of `tools.lock.json`: `import lock from './tools.lock.json' with { type: 'json' }`. */
  readonly lock: object;
  /**
   * `enforce`: what differs from the lock, or is not in it, can't be seen or called. `audit`: it is only logged.
   * @default 'enforce'
   */
  readonly mode?: 'enforce' | 'audit';
  /**
   * Names of tools and prompts and URIs of templates and skills that may differ from the lock; `*` stands for any
   * characters.
   * @default - none
   */
  readonly except?: readonly string[];
}

/** The options with everything filled in and the lock checked. */
export interface CheckedOptions {
  readonly lock: Lock;
  readonly mode: 'enforce' | 'audit';
  readonly except: readonly string[];
}

const KNOWN = ['lock', 'mode', 'except'];

/** Throws `TypeError` with all faults. */
export function checkedOptions(options: ToolLockOptions): CheckedOptions {
  const given = optionsOf(options, 'tool-lock', 'such as { lock }');
  const faults = memberFaults(given, KNOWN);
  const { mode = 'enforce', except = [] } = given;
  if (mode !== 'enforce' && mode !== 'audit')
    faults.push(`mode: expected 'enforce' or 'audit', got ${JSON.stringify(mode) ?? kindOf(mode)}`);
  const isList = Array.isArray(except) && except.every((name) => typeof name === 'string' && name !== '');
  if (!isList) faults.push(`except: expected a list of names, got ${gotForNames(except)}`);
  const lock = lockOf(given['lock'], faults);
  if (faults.length > 0 || lock === undefined) throw new TypeError(`tool-lock: ${faults.join('; ')}`);
  return { lock, mode: options.mode ?? 'enforce', except: options.except ?? [] };
}
