/** Decides whether a config needs argument names checked. Loads the checker with the first call that needs it. */
import type { Call } from '../call/call.ts';
import type { DefinedControl } from '../pipeline/control.ts';
import type { ArgumentNames } from './argument-names.ts';

const METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'completion/complete']);

export interface CheckedNames {
  /** Refuses a call with names that may be read as others. */
  readonly check: (call: Call) => Promise<void> | undefined;
  /** Loads the checker. */
  readonly warm: () => Promise<unknown>;
}

/**
 * Refuses calls with names that may be read as others. Undefined: no control relies on arguments, or may be seen to
 * read them.
 */
export function argumentNamesOf(
  controls: readonly DefinedControl[],
  caseSensitive: readonly string[],
): CheckedNames | undefined {
  const declaring = controls.filter(
    ({ arguments: scopes }) => typeof scopes === 'function' || (scopes !== undefined && scopes.length > 0),
  );
  const seen = controls.some(({ arguments: scopes }) => scopes === undefined);
  if (declaring.length === 0 && !seen) return undefined;
  let names: ArgumentNames | undefined;
  const check = (call: Call): Promise<void> | undefined => {
    if (declaring.length === 0 && !(call.exchange.channels.argumentsRead && METHODS.has(call.method))) return undefined;
    if (call.kind === 'stream' || call.kind === 'end') return undefined;
    return names === undefined ? load().then((loaded) => loaded.check(call)) : names.check(call);
  };
  async function load(): Promise<ArgumentNames> {
    const loaded = await import('./argument-names.ts');
    return (names ??= new loaded.ArgumentNames(declaring, caseSensitive));
  }
  return { check, warm: load };
}
