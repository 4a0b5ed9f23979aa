/** The time of the record in place of the machine's, so that windows, ages and expiries are those of then. */
const Real = Date;

export class Clock {
  #now: number;

  /** @param began `Date.now()` when the record began */
  constructor(began: number) {
    this.#now = began;
  }

  /** Never back: a rate limit's window doesn't begin twice. */
  to(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** For the process, until the returned function is called. */
  install(): () => void {
    const now = (): number => this.#now;
    const Virtual = new Proxy(Real, {
      construct: (target, args: ConstructorParameters<typeof Date>[], made: typeof Date) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, made) as Date,
      apply: () => new Real(now()).toString(),
      get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
    });
    globalThis.Date = Virtual;
    return () => {
      globalThis.Date = Real;
    };
  }
}
