/**
 * Visits every string of a value, and maps it. What no visitor changed is the very value that came in, so that its original
 * text goes out.
 */
import { isUtf8 } from 'node:buffer';
import { Denied } from '../../errors.ts';
import { isObject, JsonText, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import { MAX_DEPTH } from '../../json/strict.ts';
import type { Direction, Place, Segment, SurfaceName, Visitor } from './place.ts';
import type { Shape } from './shape.ts';

/** JSON in a string in JSON in a string: as deep as this; below, the text is visited as it stands. */
const MAX_NESTED = 3;
/** Where base64 is expected, a text as short as this is visited as it stands, too: it may be none. */
const SHORT = 256;

const NO_SHAPE: Shape = {};

export class Walk implements Place {
  readonly direction: Direction;
  readonly method: string;
  readonly tool: string | undefined;
  readonly path: Segment[] = [];
  surface: SurfaceName;
  root = 0;
  isKey = false;
  fixed = false;
  field: string | undefined;
  nested = 0;
  readonly #visitor: Visitor;

  constructor(visitor: Visitor, direction: Direction, surface: SurfaceName, method: string, tool: string | undefined) {
    this.#visitor = visitor;
    this.direction = direction;
    this.surface = surface;
    this.method = method;
    this.tool = tool;
  }

  /** @param first a member that is visited before the others */
  map(value: JsonValue, shape: Shape, first?: string): JsonValue {
    switch (typeof value) {
      case 'string':
        return shape.base64 === true ? this.#base64(value) : this.#string(value);
      case 'number':
        return this.#number(value);
      case 'object':
        if (value === null) return value;
        return Array.isArray(value) ? this.#array(value as readonly JsonValue[], shape) : this.#object(value as JsonObject, shape, first);
      default:
        return value;
    }
  }

  /** A value under a key of a message, whatever that is. */
  member(key: string, value: JsonValue, shape: Shape, first?: string): JsonValue {
    return this.#under(key, value, shape, first);
  }

  #array(items: readonly JsonValue[], shape: Shape): readonly JsonValue[] {
    let mapped: JsonValue[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      this.path.push(i);
      const next = this.map(item, shape);
      this.path.pop();
      if (next !== item && mapped === undefined) mapped = items.slice(0, i);
      mapped?.push(next);
    }
    return mapped ?? items;
  }

  #object(value: JsonObject, shape: Shape, first: string | undefined): JsonObject {
    let changed: Map<string, JsonValue> | undefined;
    let renamed: Map<string, string> | undefined;
    const { members, rest = NO_SHAPE } = shape;
    const visit = (key: string): void => {
      const item = value[key];
      if (item === undefined) return;
      const known = members !== undefined && Object.hasOwn(members, key) ? members[key] : undefined;
      const inner = known ?? rest;
      if (known === undefined && !(shape.fixedKeys === true && this.fixed)) {
        const name = this.#key(key, shape.fixedKeys === true);
        if (name !== key) (renamed ??= new Map()).set(key, name);
      }
      if (inner.skip === true) return;
      const next = this.#under(key, item, inner);
      if (next !== item) (changed ??= new Map()).set(key, next);
    };
    if (first !== undefined) visit(first);
    for (const key in value) if (key !== first) visit(key);
    return changed === undefined && renamed === undefined ? value : rebuilt(value, changed, renamed);
  }

  #under(key: string, value: JsonValue, shape: Shape, first?: string): JsonValue {
    const { surface, root, fixed, field } = this;
    this.path.push(key);
    if (shape.surface !== undefined) this.surface = shape.surface;
    if (shape.root === true) this.root = this.path.length;
    if (shape.fixed === true) this.fixed = true;
    this.field = key;
    const next = this.map(value, shape, first);
    this.path.pop();
    this.surface = surface;
    this.root = root;
    this.fixed = fixed;
    this.field = field;
    return next;
  }

  #key(key: string, fixed: boolean): string {
    const { field, fixed: before } = this;
    this.path.push(key);
    this.isKey = true;
    this.field = undefined;
    if (fixed) this.fixed = true;
    const next = this.#checked(key, this.#visitor.text(key, this));
    this.path.pop();
    this.isKey = false;
    this.field = field;
    this.fixed = before;
    return next;
  }

  #string(text: string): string {
    if (text === '') return text;
    if (!this.fixed && this.nested < MAX_NESTED && looksLikeJson(text) && (this.#visitor.concerns?.(text) ?? true)) {
      const json = parsed(text);
      if (json !== undefined) return this.#json(json);
    }
    return this.#checked(text, this.#visitor.text(text, this));
  }

  /** JSON in a string is visited as JSON; the names in there are those a config speaks of. */
  #json(json: JsonText): string {
    const { root, field } = this;
    this.root = this.path.length;
    this.nested++;
    const next = this.map(json.value, NO_SHAPE);
    this.nested--;
    this.root = root;
    this.field = field;
    return json.edit(next);
  }

  #number(value: number): JsonValue {
    if (this.#visitor.number === undefined) return value;
    const next = this.#visitor.number(value, this);
    if (next !== value && this.fixed) this.#refuse();
    return next;
  }

  #base64(text: string): string {
    // Every walk over a value visits the same strings, whatever became of them before.
    const raw = text.length <= SHORT ? this.#string(text) : text;
    if (this.#visitor.blobs === false || text === '') return raw;
    const bytes = Buffer.from(text, 'base64');
    if (!isUtf8(bytes) || bytes.toString('base64') !== text) return raw;
    const plain = bytes.toString('utf8');
    const next = this.#string(plain);
    if (raw !== text || next === plain) return raw;
    return Buffer.from(next).toString('base64');
  }

  #checked(text: string, next: string): string {
    if (next !== text && this.fixed) this.#refuse();
    return next;
  }

  #refuse(): never {
    throw new Denied(`what had to be changed stands in ${this.surface}, at a place that software goes by`);
  }
}

function looksLikeJson(text: string): boolean {
  let start = 0;
  let c = text.charCodeAt(0);
  while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = text.charCodeAt(++start);
  if (c !== 0x7b && c !== 0x5b) return false;
  let end = text.length - 1;
  let last = text.charCodeAt(end);
  while (last === 0x20 || last === 0x0a || last === 0x0d || last === 0x09) last = text.charCodeAt(--end);
  return c === 0x7b ? last === 0x7d : last === 0x5d;
}

/** Undefined: no JSON, or such that two readers may understand it differently. It is then visited as the text that it is. */
function parsed(text: string): JsonText | undefined {
  try {
    const json = JsonText.parse(text, MAX_DEPTH);
    return isObject(json.value) || Array.isArray(json.value) ? json : undefined;
  } catch {
    return undefined;
  }
}

function rebuilt(value: JsonObject, changed: ReadonlyMap<string, JsonValue> | undefined, renamed: ReadonlyMap<string, string> | undefined): JsonObject {
  const entries: [string, JsonValue | undefined][] = Object.entries(value).map(([key, item]) => [renamed?.get(key) ?? key, changed?.has(key) === true ? changed.get(key) : item]);
  const next: JsonObject = Object.fromEntries(entries);
  if (Object.keys(next).length !== entries.length) throw new Denied('two keys of an object would become one');
  return next;
}
