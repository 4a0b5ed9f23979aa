/** The environment that bindings are read from, and the faults in it: all errors are reported in one run. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not bound. */
export function given(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

/** Collects faults; the result is `undefined` if there were any. */
export class Faults {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  error(message: string): undefined {
    this.errors.push(message);
    return undefined;
  }
}
