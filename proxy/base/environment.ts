/** The environment that bindings are read from, and what is wrong with them: all errors are reported in one run. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is one that isn't bound. */
export function given(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

/** Collects faults; `undefined` comes back where there were any. */
export class Faults {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  error(message: string): undefined {
    this.errors.push(message);
    return undefined;
  }
}
