/**
 * Work that several callers want at the same time, and that changes put out of date while it is under way. Callers share
 * what was begun after the last change. However many changes there are, no more than {@link MAX} are under way: those who
 * come then wait until one ends, and share the next.
 */

/** Two: one that hangs keeps nobody from what was begun after the change. */
const MAX = 2;

export class Flights<T> {
  #newest: { readonly generation: number; readonly work: Promise<T> } | undefined;
  #waiting: Promise<T> | undefined;
  readonly #underWay = new Set<Promise<T>>();

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#underWay.size === 0 && this.#waiting === undefined;
  }

  /** What was begun since the last change and is under way; undefined: nothing, or not yet. */
  since(generation: number): Promise<T> | undefined {
    return this.#newest?.generation === generation ? this.#newest.work : undefined;
  }

  /**
   * @param generation how many changes there were, asked for when the work begins
   * @param begin does the work; of those who share it, that of the first
   */
  share(generation: () => number, begin: () => Promise<T>): Promise<T> {
    const known = this.since(generation());
    if (known !== undefined) return known;
    if (this.#underWay.size < MAX) return this.#begin(generation(), begin);
    this.#waiting ??= Promise.race([...this.#underWay].map((work) => work.then(ignore, ignore))).then(() => {
      this.#waiting = undefined;
      return this.share(generation, begin);
    });
    return this.#waiting;
  }

  #begin(generation: number, begin: () => Promise<T>): Promise<T> {
    const work = begin();
    this.#newest = { generation, work };
    this.#underWay.add(work);
    const ended = (): void => {
      this.#underWay.delete(work);
      if (this.#newest?.work === work) this.#newest = undefined;
    };
    work.then(ended, ended);
    return work;
  }
}

function ignore(): void {}
