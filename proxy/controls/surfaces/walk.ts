/**
 * Visits every string of a value, and maps it. What no visitor changed is the very value that came in, so that its original
 * text goes out.
 */
import { Denied } from '../../errors.ts';
import { type Source, Written } from '../../json/digits.ts';
import type { JsonObject, JsonText, JsonValue } from '../../json/lossless.ts';
import { isWork, type Work } from '../../turns.ts';
import { decodeBase64 } from './base64.ts';
import { Frame, NO_SHAPE } from './frame.ts';
import { looksLikeJson, MARK, readJson } from './json-text.ts';
import type { Direction, Permits, Place, Segment, SurfaceName, Visitor } from './place.ts';
import type { Shape } from './shape.ts';
import type { Subject } from './subject.ts';

/** After so many values, less one, a walk may stop. */
const PART = 63;

export type Scalar = string | number | boolean | null;

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
  #visited = 0;

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
  map(value: JsonValue, shape: Shape, first?: string): Scalar | Work<JsonValue> {
    this.#enter(shape);
    return this.#map(value, shape, first);
  }

  /** Work only where there is some: of a list or an object, of a long text, of a document. */
  #map(value: JsonValue, shape: Shape, first?: string): Scalar | Work<JsonValue> {
    return typeof value === 'object' && value !== null ? this.#within(value, shape, first) : this.#scalar(value, shape, undefined);
  }

  #scalar(value: Scalar, shape: Shape, mimeType: JsonValue | undefined): Scalar | Work<string> {
    if (typeof value === 'string') return shape.base64 === true ? this.#base64(value, typeof mimeType === 'string' ? mimeType : undefined) : this.#string(value, shape.document);
    return typeof value === 'number' ? this.#number(value) : value;
  }

  /** A list or an object with all that lies in it, in one loop: recursion couldn't stop, and generators in each other cost three times as much. */
  *#within(value: JsonObject | readonly JsonValue[], shape: Shape, first: string | undefined): Work<JsonValue> {
    let frame = new Frame(value, shape, first, undefined);
    for (;;) {
      if (++frame.at >= frame.length) {
        const { outer } = frame;
        const made = frame.made();
        if (outer === undefined) return made;
        this.#leave(outer);
        outer.put(frame.list ?? frame.object ?? null, made);
        frame = outer;
        continue;
      }
      if ((++this.#visited & PART) === 0) yield;
      const { list, object } = frame;
      let item: JsonValue | undefined;
      if (list !== undefined) {
        item = list[frame.at];
        this.path.push(frame.at);
        this.#key = frame.at;
      } else {
        const key = frame.keys[frame.at] ?? '';
        item = object?.[key];
        if (item === undefined) continue;
        const { members, rest = NO_SHAPE, fixedKeys = false } = frame.shape;
        const known = members !== undefined && Object.hasOwn(members, key) ? members[key] : undefined;
        if (known === undefined && !(fixedKeys && this.fixed)) {
          const named = this.#name(key, fixedKeys);
          frame.name(isWork(named) ? yield* named : named);
        }
        frame.inner = known ?? rest;
        if (frame.inner.skip === true) continue;
        this.#goInto(frame, key);
      }
      if (typeof item === 'object' && item !== null) {
        frame = new Frame(item, frame.inner, undefined, frame);
        continue;
      }
      this.#holder = list ?? object ?? this;
      const next = this.#scalar(item ?? null, frame.inner, frame.inner.base64 === true ? object?.['mimeType'] : undefined);
      const put = isWork(next) ? yield* next : next;
      this.#leave(frame);
      frame.put(item ?? null, put);
    }
  }

  /** Almost everything is data, of no shape. */
  #goInto(frame: Frame, key: string): void {
    const { inner } = frame;
    const { as: name = key } = inner;
    frame.field = this.field;
    this.path.push(name);
    this.field = name;
    this.#key = key;
    if (inner === NO_SHAPE) return;
    const { surface, permits, fixed, grammar, echoed, root } = this;
    frame.around = { surface, permits, fixed, grammar, echoed, root };
    this.#enter(inner);
  }

  #leave(frame: Frame): void {
    this.path.pop();
    if (frame.list !== undefined) return;
    this.field = frame.field;
    const { around } = frame;
    if (around === undefined) return;
    frame.around = undefined;
    this.roots[this.nested] = around.root;
    this.surface = around.surface;
    this.permits = around.permits;
    this.fixed = around.fixed;
    this.grammar = around.grammar;
    this.echoed = around.echoed;
  }

  #enter({ surface, root, permits, fixed, grammar, echoed }: Shape): void {
    if (surface !== undefined) this.surface = surface;
    if (root === true) this.roots[this.nested] = this.path.length;
    if (permits !== undefined) this.permits = permits;
    if (fixed === true) this.fixed = true;
    if (grammar !== undefined) this.grammar = grammar;
    if (echoed !== undefined) this.echoed = echoed;
  }

  #name(key: string, isFixed: boolean): string | Work<string> {
    const { field, fixed, grammar } = this;
    this.path.push(key);
    this.isKey = true;
    this.field = undefined;
    if (isFixed) this.fixed = this.grammar = true;
    const done = (next: string): string => {
      this.#check(key, next);
      this.path.pop();
      this.isKey = false;
      this.field = field;
      this.fixed = fixed;
      this.grammar = grammar;
      return next;
    };
    const next = this.#visitor.text(key, this);
    return isWork(next) ? finished(next, done) : done(next);
  }

  #string(text: string, document?: Permits): string | Work<string> {
    if (text === '') return text;
    const mayBeJson = looksLikeJson(text) && !(this.fixed && this.grammar) && (this.#visitor.concerns?.(text) ?? true) && this.#visitor.whole?.(this) !== true;
    return mayBeJson ? this.#document(text, document) : this.#text(text);
  }

  #text(text: string): string | Work<string> {
    const next = this.#visitor.text(text, this);
    if (isWork(next)) return finished(next, (made) => this.#check(text, made));
    return this.#check(text, next);
  }

  *#document(text: string, document: Permits | undefined): Work<string> {
    const json = readJson(text, this.nested);
    if (json !== undefined && json !== 'unreadable') return yield* this.#json(text, json, document);
    this.unreadable = json === 'unreadable';
    const next = this.#text(text);
    const made = isWork(next) ? yield* next : next;
    this.unreadable = false;
    return made;
  }

  /** JSON in a string is visited as JSON. Only hiding goes on in there: who writes a string may write any names into it. */
  *#json(text: string, json: JsonText, document: Permits | undefined): Work<string> {
    const { field, permits } = this;
    const before = text.startsWith(MARK) ? MARK : '';
    const marked = before === '' ? '' : this.#visitor.text(before, this);
    const mark = isWork(marked) ? yield* marked : marked;
    const [source, written] = [this.#source, this.#written];
    this.permits = this.nested === 0 && permits !== 'none' ? (document ?? 'none') : 'none';
    this.roots.push(this.path.length);
    this.nested++;
    [this.#source, this.#written] = [() => ({ json: json.text, value: json.value }), undefined];
    const mapping = this.#map(json.value, NO_SHAPE);
    const next = isWork(mapping) ? yield* mapping : mapping;
    [this.#source, this.#written] = [source, written];
    this.nested--;
    this.roots.pop();
    this.permits = permits;
    this.field = field;
    return next === json.value && mark === before ? text : this.#check(text, mark + json.edit(next));
  }

  #number(value: number): Scalar {
    if (this.#visitor.number === undefined) return value;
    const next = this.#visitor.number(value, this);
    if (next !== value && this.fixed) this.#refuse();
    return next;
  }

  /** Every walk over a value visits the same strings, whatever became of them before. */
  *#base64(text: string, mimeType: string | undefined): Work<string> {
    if (text === '' || this.#visitor.blobs === false || this.#visitor.whole?.(this) === true) return yield* this.#asText(text);
    const { unclear, readings } = decodeBase64(text, mimeType);
    yield;
    let changed = unclear ? yield* this.#asText(text) : text;
    for (const reading of readings) {
      const next = yield* this.#asText(reading.text);
      if (next === reading.text) continue;
      // What is taken out of the one may still be in the other.
      if (changed !== text) throw new Denied(`what had to be changed stands in ${this.surface}, in base64 that can be read in two ways`);
      changed = reading.encode(next);
    }
    return changed;
  }

  *#asText(text: string): Work<string> {
    const next = this.#string(text);
    return isWork(next) ? yield* next : next;
  }

  #check(text: string, next: string): string {
    if (next !== text && this.fixed) this.#refuse();
    return next;
  }

  #refuse(): never {
    throw new Denied(`what had to be changed stands in ${this.surface}, at a place that software goes by`);
  }
}

/** Work, and then something with what it came to. */
function* finished(work: Work<string>, done: (made: string) => string): Work<string> {
  return done(yield* work);
}
