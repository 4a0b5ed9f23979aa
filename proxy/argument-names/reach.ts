/**
 * What a config's paths reach in an object, level by level. Levels are created on demand, only for names that the
 * config has.
 */
import { ANY_DEPTH, ANY_ITEM, ANY_KEY, type Step } from '../json/path.ts';
import { Spellings } from './spellings.ts';

interface At {
  readonly steps: readonly Step[];
  readonly index: number;
}

export class Reach {
  /** The names that paths continue with. */
  readonly names: Spellings;
  /** A path leads to this object itself, so all of its names matter. */
  readonly into: boolean;
  readonly #at: readonly At[];
  readonly #named = new Map<string | number, Reach>();
  #member: Reach | undefined;
  #item: Reach | undefined;

  private constructor(at: readonly At[]) {
    this.#at = at;
    const steps = at.map(({ steps, index }) => steps[index]);
    this.names = new Spellings(steps.filter((step) => typeof step === 'string'));
    // After `**`, an object is only one of many that are searched.
    this.into = at.some(
      ({ steps, index }) =>
        (typeof steps[index] === 'string' || steps[index] === ANY_KEY) && steps[index - 1] !== ANY_DEPTH,
    );
  }

  static readonly nowhere = new Reach([]);

  static from(paths: readonly (readonly Step[])[]): Reach {
    return Reach.#of(paths.flatMap((steps) => positionsOf(steps, 0)));
  }

  static #of(at: readonly At[]): Reach {
    return at.length === 0 ? Reach.nowhere : new Reach(at);
  }

  /** No path continues from here. */
  get empty(): boolean {
    return this.#at.length === 0;
  }

  /** Merges two levels. */
  and(other: Reach): Reach {
    if (other.empty) return this;
    return this.empty ? other : Reach.#of([...this.#at, ...other.#at]);
  }

  member(name: string): Reach {
    if (!this.names.has(name)) return (this.#member ??= this.#after((step) => step === ANY_KEY));
    return this.#next(name, (step) => step === ANY_KEY || step === name);
  }

  item(index: number): Reach {
    if (!this.#at.some(({ steps, index: at }) => steps[at] === index))
      return (this.#item ??= this.#after((step) => step === ANY_ITEM));
    return this.#next(index, (step) => step === ANY_ITEM || step === index);
  }

  #next(segment: string | number, takes: (step: Step | undefined) => boolean): Reach {
    let next = this.#named.get(segment);
    if (next === undefined) this.#named.set(segment, (next = this.#after(takes)));
    return next;
  }

  #after(takes: (step: Step | undefined) => boolean): Reach {
    const next = this.#at.flatMap(({ steps, index }) => {
      if (steps[index] === ANY_DEPTH) return positionsOf(steps, index);
      return takes(steps[index]) ? positionsOf(steps, index + 1) : [];
    });
    // Paths at the same step are merged.
    return Reach.#of(
      next.filter((at, i) => next.findIndex((other) => other.steps === at.steps && other.index === at.index) === i),
    );
  }
}

/**
 * The positions of a path at a step. At `**`, the next step counts as well. A path at its end covers everything
 * beneath, under any name.
 */
function positionsOf(steps: readonly Step[], index: number): At[] {
  if (index >= steps.length) return [];
  return [{ steps, index }, ...(steps[index] === ANY_DEPTH ? positionsOf(steps, index + 1) : [])];
}
