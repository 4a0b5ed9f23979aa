/** The environment that bindings are read from, and a collector for its faults. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not bound. */
export function given(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}

/**
 * Returns the texts of all declared variables. The reader destructures them by name, and the rest `satisfies
 * Record<string, never>`: a declared variable that it forgets does not compile.
 */
export function textsOf<Name extends string>(
  environment: Environment,
  declared: Readonly<Record<Name, unknown>>,
): { readonly [N in Name]: string | undefined } {
  const texts = Object.keys(declared).map((name) => [name, given(environment, name)]);
  // The keys are the declared ones.
  return Object.fromEntries(texts) as { readonly [N in Name]: string | undefined };
}

/** Collects faults, so that all are reported in one run. */
export class Faults {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  error(message: string): undefined {
    this.errors.push(message);
    return undefined;
  }
}
