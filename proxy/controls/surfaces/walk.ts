/**
 * Visits every string of a value, and maps it. What no visitor changed is the very value that came in, so that its original
 * text goes out.
 */
import { Denied } from '../../errors.ts';
import { type Source, Written } from '../../json/digits.ts';
import type { JsonObject, JsonText, JsonValue } from '../../json/lossless.ts';
import { decodeBase64 } from './base64.ts';
import { looksLikeJson, MARK, readJson } from './json-text.ts';
import type { Direction, Permits, Place, Segment, SurfaceName, Visitor } from './place.ts';
import type { Shape } from './shape.ts';
import type { Subject } from './subject.ts';

const NO_SHAPE: Shape = {};

export class Walk implements Place {
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
  readonly #visitor: Visitor;
  /** Finds the JSON text that the values are from. */
  #source: () => Source | undefined;
  /** Its numbers, once one of them was asked for. */
  #written: Written | undefined;
  /** What a number stands in, and where. */
  #holder: object = this;
  #key: Segment = '';

  /** @param source finds the JSON text that the values are from; undefined: not at hand */
  constructor(visitor: Visitor, direction: Direction, surface: SurfaceName, method: string, { tool, known }: Subject, source: () => Source | undefined) {
    this.#visitor = visitor;
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
    this.#written ??= new Written(this.#source());
    return this.#written.digits(value, this.#holder, this.#key);
  }

  /** All of a value. @param first a member that is visited before the others */
  map(value: JsonValue, shape: Shape, first?: string): JsonValue {
    this.#enter(shape);
    return this.#map(value, shape, first);
  }

  #map(value: JsonValue, shape: Shape, first?: string, mimeType?: JsonValue): JsonValue {
    switch (typeof value) {
      case 'string':
        return shape.base64 === true ? this.#base64(value, typeof mimeType === 'string' ? mimeType : undefined) : this.#string(value, shape.document);
      case 'number':
        return this.#number(value);
      case 'object':
        if (value === null) return value;
        return Array.isArray(value) ? this.#array(value as readonly JsonValue[], shape) : this.#object(value as JsonObject, shape, first);
      default:
        return value;
    }
  }

  #array(items: readonly JsonValue[], shape: Shape): readonly JsonValue[] {
    let mapped: JsonValue[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      this.path.push(i);
      if (typeof item === 'number') {
        this.#holder = items;
        this.#key = i;
      }
      const next = this.#map(item, shape);
      this.path.pop();
      if (next !== item && mapped === undefined) mapped = items.slice(0, i);
      mapped?.push(next);
    }
    return mapped ?? items;
  }

  #object(value: JsonObject, given: Shape, first: string | undefined): JsonObject {
    let changed: Map<string, JsonValue> | undefined;
    let renamed: Map<string, string> | undefined;
    const shape = given.told?.(value) ?? given;
    const { members, rest = NO_SHAPE } = shape;
    const visit = (key: string): void => {
      const item = value[key];
      if (item === undefined) return;
      const known = members !== undefined && Object.hasOwn(members, key) ? members[key] : undefined;
      const inner = known ?? rest;
      if (known === undefined && !(shape.fixedKeys === true && this.fixed)) {
        const name = this.#name(key, shape.fixedKeys === true);
        if (name !== key) (renamed ??= new Map()).set(key, name);
      }
      if (inner.skip === true) return;
      if (typeof item === 'number') {
        this.#holder = value;
        this.#key = key;
      }
      const next = inner === NO_SHAPE ? this.#plain(key, item) : this.#under(inner.as ?? key, item, inner, inner.base64 === true ? value['mimeType'] : undefined);
      if (next !== item) (changed ??= new Map()).set(key, next);
    };
    if (first !== undefined) visit(first);
    for (const key in value) if (key !== first) visit(key);
    return changed === undefined && renamed === undefined ? value : rebuilt(value, changed, renamed);
  }

  /** Data, as almost everything is. */
  #plain(key: string, value: JsonValue): JsonValue {
    const { field } = this;
    this.path.push(key);
    this.field = key;
    const next = this.#map(value, NO_SHAPE);
    this.path.pop();
    this.field = field;
    return next;
  }

  #under(key: string, value: JsonValue, shape: Shape, mimeType: JsonValue | undefined): JsonValue {
    const { surface, permits, fixed, grammar, echoed, field, roots } = this;
    const root = roots[this.nested] ?? 0;
    this.path.push(key);
    this.field = key;
    this.#enter(shape);
    const next = this.#map(value, shape, undefined, mimeType);
    this.path.pop();
    roots[this.nested] = root;
    this.surface = surface;
    this.permits = permits;
    this.fixed = fixed;
    this.grammar = grammar;
    this.echoed = echoed;
    this.field = field;
    return next;
  }

  #enter({ surface, root, permits, fixed, grammar, echoed }: Shape): void {
    if (surface !== undefined) this.surface = surface;
    if (root === true) this.roots[this.nested] = this.path.length;
    if (permits !== undefined) this.permits = permits;
    if (fixed === true) this.fixed = true;
    if (grammar !== undefined) this.grammar = grammar;
    if (echoed !== undefined) this.echoed = echoed;
  }

  #name(key: string, fixed: boolean): string {
    const { field, fixed: before, grammar } = this;
    this.path.push(key);
    this.isKey = true;
    this.field = undefined;
    if (fixed) this.fixed = this.grammar = true;
    const next = this.#checked(key, this.#visitor.text(key, this));
    this.path.pop();
    this.isKey = false;
    this.field = field;
    this.fixed = before;
    this.grammar = grammar;
    return next;
  }

  #string(text: string, document?: Permits): string {
    if (text === '') return text;
    if (looksLikeJson(text) && !(this.fixed && this.grammar) && (this.#visitor.concerns?.(text) ?? true) && this.#visitor.whole?.(this) !== true) {
      const json = readJson(text, this.nested);
      if (json === 'unreadable') return this.#unreadable(text);
      if (json !== undefined) return this.#json(text, json, document);
    }
    return this.#checked(text, this.#visitor.text(text, this));
  }

  #unreadable(text: string): string {
    this.unreadable = true;
    const next = this.#checked(text, this.#visitor.text(text, this));
    this.unreadable = false;
    return next;
  }

  /** JSON in a string is visited as JSON. Only hiding goes on in there: who writes a string may write any names into it. */
  #json(text: string, json: JsonText, document: Permits | undefined): string {
    const { field, permits } = this;
    const before = text.startsWith(MARK) ? MARK : '';
    const mark = before === '' ? '' : this.#visitor.text(before, this);
    const [source, written] = [this.#source, this.#written];
    this.permits = this.nested === 0 && permits !== 'none' ? (document ?? 'none') : 'none';
    this.roots.push(this.path.length);
    this.nested++;
    [this.#source, this.#written] = [() => ({ json: json.text, value: json.value }), undefined];
    const next = this.#map(json.value, NO_SHAPE);
    [this.#source, this.#written] = [source, written];
    this.nested--;
    this.roots.pop();
    this.permits = permits;
    this.field = field;
    return next === json.value && mark === before ? text : this.#checked(text, mark + json.edit(next));
  }

  #number(value: number): JsonValue {
    if (this.#visitor.number === undefined) return value;
    const next = this.#visitor.number(value, this);
    if (next !== value && this.fixed) this.#refuse();
    return next;
  }

  /** Every walk over a value visits the same strings, whatever became of them before. */
  #base64(text: string, mimeType: string | undefined): string {
    if (text === '' || this.#visitor.blobs === false || this.#visitor.whole?.(this) === true) return this.#string(text);
    const { unclear, readings } = decodeBase64(text, mimeType);
    let changed = unclear ? this.#string(text) : text;
    for (const reading of readings) {
      const next = this.#string(reading.text);
      if (next === reading.text) continue;
      // What is taken out of the one may still be in the other.
      if (changed !== text) throw new Denied(`what had to be changed stands in ${this.surface}, in base64 that can be read in two ways`);
      changed = reading.encode(next);
    }
    return changed;
  }

  #checked(text: string, next: string): string {
    if (next !== text && this.fixed) this.#refuse();
    return next;
  }

  #refuse(): never {
    throw new Denied(`what had to be changed stands in ${this.surface}, at a place that software goes by`);
  }
}

function rebuilt(value: JsonObject, changed: ReadonlyMap<string, JsonValue> | undefined, renamed: ReadonlyMap<string, string> | undefined): JsonObject {
  const entries: [string, JsonValue | undefined][] = Object.entries(value).map(([key, item]) => [renamed?.get(key) ?? key, changed?.has(key) === true ? changed.get(key) : item]);
  const next: JsonObject = Object.fromEntries(entries);
  if (Object.keys(next).length !== entries.length) throw new Denied('two keys of an object would become one');
  return next;
}
