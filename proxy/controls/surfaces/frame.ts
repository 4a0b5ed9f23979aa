/** Where a walk is in a list or an object, so that it can stop there and go on: the walk keeps its own stack instead of recursing. */
import { Denied } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../json/lossless.ts';
import type { Place } from './place.ts';
import type { Shape } from './shape.ts';

export const NO_SHAPE: Shape = {};
const NO_KEYS: readonly string[] = Object.freeze([]);

/** What a walk knows of a place, and what a shape may change in it. */
type Around = Pick<Place, 'surface' | 'permits' | 'fixed' | 'grammar' | 'echoed' | 'root'>;

export class Frame {
  /** What the list or object lies in; undefined: it is where the walk began. */
  readonly outer: Frame | undefined;
  readonly list: readonly JsonValue[] | undefined;
  readonly object: JsonObject | undefined;
  readonly shape: Shape;
  readonly length: number;
  /** Of an object, in the order of the walk. */
  readonly keys: readonly string[];
  /** Which member is visited. */
  at = -1;
  /** Its shape. */
  inner: Shape = NO_SHAPE;
  /** What the walk knew before it went into the member. */
  field: string | undefined = undefined;
  around: Around | undefined = undefined;
  #mapped: JsonValue[] | undefined;
  #changed: Map<string, JsonValue> | undefined;
  #renamed: Map<string, string> | undefined;

  /** @param first a member that is visited before the others */
  constructor(value: JsonObject | readonly JsonValue[], shape: Shape, first: string | undefined, outer: Frame | undefined) {
    this.outer = outer;
    if (isList(value)) {
      this.list = value;
      this.object = undefined;
      this.keys = NO_KEYS;
      this.shape = this.inner = shape;
      this.length = value.length;
    } else {
      this.list = undefined;
      this.object = value;
      const keys = Object.keys(value);
      this.keys = first === undefined ? keys : [first, ...keys.filter((key) => key !== first)];
      this.shape = shape.told?.(value) ?? shape;
      this.length = keys.length;
    }
  }

  /** What the visited member's name is now. */
  name(name: string): void {
    const key = this.keys[this.at] ?? '';
    if (name !== key) (this.#renamed ??= new Map()).set(key, name);
  }

  /** What stands in place of the visited member. */
  put(before: JsonValue, next: JsonValue): void {
    if (this.list === undefined) {
      if (next !== before) (this.#changed ??= new Map()).set(this.keys[this.at] ?? '', next);
      return;
    }
    if (next !== before && this.#mapped === undefined) this.#mapped = this.list.slice(0, this.at);
    this.#mapped?.push(next);
  }

  /** The whole, with what was put in; the very value that came where nothing was. */
  made(): JsonValue {
    if (this.object === undefined) return this.#mapped ?? this.list ?? [];
    return this.#changed === undefined && this.#renamed === undefined ? this.object : rebuilt(this.object, this.#changed, this.#renamed);
  }
}

export function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function rebuilt(value: JsonObject, changed: ReadonlyMap<string, JsonValue> | undefined, renamed: ReadonlyMap<string, string> | undefined): JsonObject {
  const entries: [string, JsonValue | undefined][] = Object.entries(value).map(([key, item]) => [renamed?.get(key) ?? key, changed?.has(key) === true ? changed.get(key) : item]);
  const next: JsonObject = Object.fromEntries(entries);
  if (Object.keys(next).length !== entries.length) throw new Denied('two keys of an object would become one');
  return next;
}
