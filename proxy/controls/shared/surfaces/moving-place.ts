/** The current place of a walk; it changes as the walk proceeds. */
import type { Work } from '../../../base/turns.ts';
import { type Source, Written } from '../../../json/digits.ts';
import { Holders } from '../detectors/holders.ts';
import type { Direction, Permits, Place, Segment, SurfaceName } from './place.ts';
import type { Shape } from './shape.ts';
import type { Subject } from './subject.ts';

export const NO_SHAPE: Shape = {};

/** The properties of a place that a shape may change. */
type Around = Pick<Place, 'surface' | 'permits' | 'fixed' | 'grammar' | 'echoed' | 'root'>;

/** The text in which a document's numbers are written. */
type Numbers = readonly [source: () => Source | undefined, written: Written | undefined];

/** The properties of a place before it entered a document. */
interface Outside {
  readonly field: string | undefined;
  readonly permits: Permits;
  readonly numbers: Numbers;
}

export class MovingPlace implements Place {
  readonly direction: Direction;
  readonly method: string;
  readonly tool: string | undefined;
  readonly known: boolean;
  readonly path: Segment[] = [];
  readonly holders = new Holders();
  readonly roots: number[] = [0];
  surface: SurfaceName;
  permits: Permits = 'named';
  isKey = false;
  fixed = false;
  grammar = false;
  echoed = false;
  unreadable = false;
  field: string | undefined;
  nested = 0;
  /** Finds the JSON text of the values. */
  #source: () => Source | undefined;
  /** The numbers of the text, read on first use. */
  #written: Written | undefined;
  /** The container of the current number, and its key. */
  #holder: object = this;
  #key: Segment = '';

  /** @param source finds the JSON text of the values; undefined if it is not available */
  constructor(
    direction: Direction,
    surface: SurfaceName,
    method: string,
    { tool, known }: Subject,
    source: () => Source | undefined,
  ) {
    this.direction = direction;
    this.surface = surface;
    this.method = method;
    this.tool = tool;
    this.known = known;
    this.#source = source;
  }

  get root(): number {
    return this.roots[this.nested] ?? 0;
  }

  digits(value: number): string {
    this.#written ??= Written.of(this.#source());
    return this.#written.digits(value, this.#holder, this.#key);
  }

  /** Reads what {@link digits} needs from a long text, in turns. */
  *readNumbers(): Work<void> {
    this.#written ??= yield* Written.read(this.#source());
  }

  /** Sets the position of the next number. */
  moveTo(holder: object, key: Segment): void {
    this.#holder = holder;
    this.#key = key;
  }

  enter({ surface, root, permits, fixed, grammar, echoed }: Shape): void {
    if (surface !== undefined) this.surface = surface;
    if (root === true) this.roots[this.nested] = this.path.length;
    if (permits !== undefined) this.permits = permits;
    if (fixed === true) this.fixed = true;
    if (grammar !== undefined) this.grammar = grammar;
    if (echoed !== undefined) this.echoed = echoed;
  }

  /**
   * Enters a member. Returns undefined if the member has no shape, as for almost all data: then only path and field
   * change.
   */
  goInto(key: string, inner: Shape): Around | undefined {
    if (inner === NO_SHAPE) {
      this.path.push(key);
      this.field = key;
      return undefined;
    }
    const { surface, permits, fixed, grammar, echoed, root } = this;
    const { as: name = key } = inner;
    this.path.push(name);
    this.field = name;
    this.enter(inner);
    return { surface, permits, fixed, grammar, echoed, root };
  }

  /** Leaves the member. */
  leave(field: string | undefined, around: Around | undefined): void {
    this.path.pop();
    this.field = field;
    if (around === undefined) return;
    this.roots[this.nested] = around.root;
    this.surface = around.surface;
    this.permits = around.permits;
    this.fixed = around.fixed;
    this.grammar = around.grammar;
    this.echoed = around.echoed;
  }

  /**
   * Enters JSON in a string. Rules that permit do not apply inside, except where `document` says so: the author of a
   * string can put any keys into it.
   */
  goIntoDocument(document: Permits | undefined, source: Source): Outside {
    const { field, permits } = this;
    const outside = { field, permits, numbers: [this.#source, this.#written] } as const;
    this.permits = this.nested === 0 && permits !== 'none' ? (document ?? 'none') : 'none';
    this.roots.push(this.path.length);
    this.nested++;
    [this.#source, this.#written] = [() => source, undefined];
    return outside;
  }

  leaveDocument({ field, permits, numbers }: Outside): void {
    [this.#source, this.#written] = numbers;
    this.nested--;
    this.roots.pop();
    this.permits = permits;
    this.field = field;
  }
}
