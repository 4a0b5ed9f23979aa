/** Wrong options of `init`, or a folder that it can't use. One line each. */
export class InitError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'InitError';
    this.faults = faults;
  }
}
