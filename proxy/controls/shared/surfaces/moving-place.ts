/** The place at which a walk is: it moves along with it. */
import type { Work } from '../../../base/turns.ts';
import { type Source, Written } from '../../../json/digits.ts';
import type { Direction, Permits, Place, Segment, SurfaceName } from './place.ts';
import type { Shape } from './shape.ts';
import type { Subject } from './subject.ts';

export const NO_SHAPE: Shape = {};

/** What a shape may change of a place. */
type Around = Pick<Place, 'surface' | 'permits' | 'fixed' | 'grammar' | 'echoed' | 'root'>;

/** The text that a document's numbers are from. */
type Numbers = readonly [source: () => Source | undefined, written: Written | undefined];

/** What a place was before it went into a document. */
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
  /** Finds the JSON text that the values are from. */
  #source: () => Source | undefined;
  /** Its numbers, once one of them was asked for. */
  #written: Written | undefined;
  /** What a number stands in, and where. */
  #holder: object = this;
  #key: Segment = '';

  /** @param source finds the JSON text that the values are from; undefined: not at hand */
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

  /** What {@link digits} needs, read in turns: of a long text. */
  *readNumbers(): Work<void> {
    this.#written ??= yield* Written.read(this.#source());
  }

  /** Where the number stands that is visited next. */
  stand(holder: object, key: Segment): void {
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

  /** Into a member. What is undefined is as it was: almost everything is data, of no shape. */
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

  /** Out of it again. */
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

  /** Into JSON in a string. Only hiding goes on in there: who writes a string may write any names into it. */
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
