/**
 * JSON without loss. A value is parsed for inspection and written back as an *edit of its text*. Every unchanged part
 * keeps its original characters: white space, escapes, key order, `1.0`, numbers beyond 2^53. Only changed parts are
 * new text.
 */
import { ControlFault } from '../base/errors.ts';
import { atOnce, type Work } from '../base/turns.ts';
import { eachNumber } from './numbers.ts';
import { parseInTurns, parseJson } from './parse.ts';
import { checkJson, checkJsonInTurns, HIGHEST_DEPTH, MAX_DEPTH } from './strict.ts';
import { stringEnd } from './string-end.ts';
import type { JsonObject, JsonValue } from './value.ts';

type Span = readonly [start: number, end: number];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Freezes a value at every depth, so that a control which mutates it throws (modules are strict code). */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** {@link deepFreeze} in turns, for a value of which nothing is frozen yet. */
function* freezeInTurns(value: JsonValue): Work<void> {
  const waiting: JsonValue[] = [value];
  for (let steps = 1; waiting.length > 0; steps++) {
    if ((steps & PART) === 0) yield;
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const values = Object.values(next) as readonly JsonValue[];
    for (const inner of values) if (typeof inner === 'object' && inner !== null) waiting.push(inner);
    if (values.length > MANY) yield;
    Object.freeze(next);
  }
}

/** Parts after which reading and writing may pause. */
const PART = 0x1ff;
/** Members of one object, from which the engine needs milliseconds to list or freeze them. */
const MANY = 4_096;

/** One JSON text with its value. */
export class JsonText {
  readonly text: string;
  #value: JsonValue | undefined;
  #identity: ReadonlyMap<object, Span> | undefined;
  #imprecise: Map<number, string | undefined> | undefined;

  /**
   * @param text JSON that `checkJson` accepted; {@link JsonText.parse} does the check
   * @param value the parsed text, deeply frozen, if known
   */
  constructor(text: string, value?: JsonValue) {
    this.text = text;
    this.#value = value;
  }

  /** Checks (syntax, depth, duplicate keys) and wraps. Throws `JsonError`. */
  static parse(text: string, depth: number = MAX_DEPTH): JsonText {
    checkJson(text, depth);
    return new JsonText(text);
  }

  /** {@link parse} in turns; the value is read and frozen as well. */
  static *parseInTurns(text: string, depth: number = MAX_DEPTH): Work<JsonText> {
    yield* checkJsonInTurns(text, depth);
    const json = new JsonText(text);
    yield* json.read();
    return json;
  }

  /** The value, deeply frozen. Parsed on first use. */
  get value(): JsonValue {
    return (this.#value ??= deepFreeze(parseJson(this.text)));
  }

  /** {@link value} in turns. */
  *read(): Work<JsonValue> {
    if (this.#value !== undefined) return this.#value;
    yield;
    const value = yield* parseInTurns(this.text);
    yield;
    yield* freezeInTurns(value);
    return (this.#value ??= value);
  }

  /** The text of `next`, a value derived from {@link value}. An unchanged value gives the unchanged text. */
  edit(next: unknown): string {
    return next === this.value ? this.text : atOnce(this.editInTurns(next));
  }

  /** {@link edit} in turns. */
  *editInTurns(next: unknown): Work<string> {
    const value = yield* this.read();
    if (next === value) return this.text;
    const start = this.text.search(/[^ \t\r\n]/);
    const end = this.text.trimEnd().length;
    this.#identity ??=
      typeof value === 'object' && value !== null ? yield* located(this.text, value, start) : new Map<object, Span>();
    return yield* this.#write(next, value, [start, end], 0, this.#identity);
  }

  *#write(
    next: unknown,
    before: JsonValue | undefined,
    span: Span | undefined,
    depth: number,
    spans: Spans,
  ): Work<string> {
    if (depth > HIGHEST_DEPTH) throw new ControlFault(`a value nested deeper than ${HIGHEST_DEPTH} levels, or a cycle`);
    const short = this.#short(next, before, span);
    if (short !== undefined) return short;
    if (typeof next === 'number') return yield* this.#moved(next);
    if (typeof next !== 'object' || next === null)
      throw new ControlFault(`a ${typeof next} where a JSON value was expected`);
    // A part that was moved keeps its text. All original parts are frozen, so an unfrozen one is new.
    const moved = Object.isFrozen(next) ? spans.get(next) : undefined;
    if (moved !== undefined) return this.text.slice(moved[0], moved[1]);
    if (Array.isArray(next)) {
      return yield* this.#writeArray(next, Array.isArray(before) ? before : undefined, span, depth, spans);
    }
    const prototype: unknown = Object.getPrototypeOf(next);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new ControlFault(`an instance of ${classOf(prototype)} where a plain JSON object was expected`);
    }
    return yield* this.#writeObject(
      next as Record<string, unknown>,
      isObject(before) ? before : undefined,
      span,
      depth,
      spans,
    );
  }

  /** The text of an unchanged part or a scalar; undefined for anything else. */
  #short(next: unknown, before: JsonValue | undefined, span: Span | undefined): string | undefined {
    if (span !== undefined && Object.is(next, before)) return this.text.slice(span[0], span[1]);
    if (typeof next === 'string') return JSON.stringify(next);
    if (typeof next === 'boolean' || next === null) return String(next);
    return typeof next === 'number' && Number.isSafeInteger(next) ? String(next) : undefined;
  }

  *#writeObject(
    next: Record<string, unknown>,
    before: JsonObject | undefined,
    span: Span | undefined,
    depth: number,
    spans: Spans,
  ): Work<string> {
    const members: Member[] = [];
    if (before !== undefined && span !== undefined) {
      yield* parts(this.text, before, span, spans, (start, end, keyText) =>
        members.push({ key: keyIn(keyText), keyText, start, end }),
      );
    }
    const kept: Member[] = [];
    let steps = 0;
    for (const member of members) {
      if ((++steps & PART) === 0) yield;
      if (Object.hasOwn(next, member.key) && next[member.key] !== undefined) kept.push(member);
    }
    const added = yield* keysBesides(members, kept.length, next);

    if (span !== undefined && added.length === 0 && kept.length === members.length && members.length > 0) {
      // Same keys: put the new values into the old text.
      let out = '';
      let cursor = span[0];
      for (const { key, start, end } of members) {
        if ((++steps & PART) === 0) yield;
        if (Object.is(next[key], before?.[key])) continue;
        const value =
          this.#short(next[key], before?.[key], undefined) ??
          (yield* this.#write(next[key], before?.[key], [start, end], depth + 1, spans));
        out += this.text.slice(cursor, start) + value;
        cursor = end;
      }
      return out + this.text.slice(cursor, span[1]);
    }
    const written: string[] = [];
    for (const { key, keyText, start, end } of kept) {
      if ((written.length & PART) === PART) yield;
      const inner: Span = [start, end];
      written.push(
        `${keyText}:${this.#short(next[key], before?.[key], inner) ?? (yield* this.#write(next[key], before?.[key], inner, depth + 1, spans))}`,
      );
    }
    for (const key of added) {
      if ((written.length & PART) === PART) yield;
      written.push(
        `${JSON.stringify(key)}:${this.#short(next[key], undefined, undefined) ?? (yield* this.#write(next[key], undefined, undefined, depth + 1, spans))}`,
      );
    }
    return `{${written.join(',')}}`;
  }

  *#writeArray(
    next: readonly unknown[],
    before: readonly JsonValue[] | undefined,
    span: Span | undefined,
    depth: number,
    spans: Spans,
  ): Work<string> {
    const places: Span[] = [];
    if (before !== undefined && span !== undefined)
      yield* parts(this.text, before, span, spans, (start, end) => places.push([start, end]));
    if (before !== undefined && span !== undefined && next.length === before.length && next.length > 0) {
      let out = '';
      let cursor = span[0];
      for (let i = 0; i < places.length; i++) {
        if ((i & PART) === PART) yield;
        const place = places[i];
        if (place === undefined || Object.is(next[i], before[i])) continue;
        const [start, end] = place;
        out +=
          this.text.slice(cursor, start) +
          (this.#short(next[i], before[i], undefined) ??
            (yield* this.#write(next[i], before[i], place, depth + 1, spans)));
        cursor = end;
      }
      return out + this.text.slice(cursor, span[1]);
    }
    // Items were added or removed. Find containers by identity, and primitives by walking forward through the old
    // items.
    let cursor = 0;
    const last = new Map<unknown, number>();
    before?.forEach((item, i) => {
      if (typeof item !== 'object') last.set(item, i);
    });
    const written: string[] = [];
    for (let i = 0; i < next.length; i++) {
      if ((i & PART) === PART) yield;
      const item = next[i];
      let old = -1;
      // Don't search for an item that doesn't come again, so that all searches together are one walk.
      if (before !== undefined && (last.get(item) ?? -1) >= cursor) {
        old = cursor;
        // The map treats -0 as 0, and so does this comparison.
        while (before[old] !== item) old++;
        cursor = old + 1;
      }
      const [was, place] = old < 0 ? [undefined, undefined] : [before?.[old], places[old]];
      written.push(this.#short(item, was, place) ?? (yield* this.#write(item, was, place, depth + 1, spans)));
    }
    return `[${written.join(',')}]`;
  }

  /**
   * A number with no counterpart at its place. If the original text has its double once, with more digits than a double
   * keeps, those digits are used. If two such texts share the double, the right one is unknown, and that is an error.
   */
  *#moved(next: number): Work<string> {
    if (!Number.isFinite(next)) throw new ControlFault(`${next} where a JSON number was expected`);
    if (Number.isInteger(next) && Math.abs(next) < 2 ** 53) return String(next);
    const imprecise = (this.#imprecise ??= yield* impreciseNumbers(this.text));
    if (!imprecise.has(next)) return String(next);
    const source = imprecise.get(next);
    if (source === undefined)
      throw new ControlFault('a number beyond 2^53 was moved, and two numbers of the text round to it');
    return source;
  }
}

type Spans = ReadonlyMap<object, Span>;

/** A container whose end is not reached yet. */
interface Opened {
  readonly container: object;
  readonly start: number;
  /** The index of the current item in a list. */
  index: number;
}

/** The position of every container in the text, in one pass. */
function* located(text: string, root: object, start: number): Work<Spans> {
  const found = new Map<object, Span>();
  const open: Opened[] = [];
  let around: Opened = { container: root, start, index: 0 };
  let keyStart = -1;
  let keyEnd = -1;
  for (let at = start + 1, steps = 1; ; steps++) {
    if ((steps & 0xfff) === 0) yield;
    const code = text.charCodeAt(at);
    if (code === 0x2c) {
      around.index++;
      keyStart = -1;
      at++;
    } else if (code === 0x3a || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at++;
    else if (code === 0x7d || code === 0x5d) {
      found.set(around.container, [around.start, ++at]);
      const outer = open.pop();
      if (outer === undefined) return found;
      around = outer;
    } else if (code === 0x7b || code === 0x5b) {
      const step = Array.isArray(around.container) ? around.index : keyIn(text.slice(keyStart, keyEnd));
      const container = (around.container as Readonly<Record<string, object>>)[step] as object;
      open.push(around);
      around = { container, start: at, index: 0 };
      keyStart = -1;
      at++;
    } else if (code === 0x22) {
      const end = stringEnd(text, at);
      // In an object, the first string after the bracket or a comma is a key.
      if (keyStart < 0) [keyStart, keyEnd] = [at, end];
      at = end;
    } else while (isWithinScalar(text.charCodeAt(at))) at++;
  }
}

const NO_KEYS: readonly string[] = Object.freeze([]);

/** A member of an object, and the position of its value. */
interface Member {
  readonly key: string;
  readonly keyText: string;
  readonly start: number;
  readonly end: number;
}

/** The keys of an object that the original doesn't have. @param kept number of keys that it has */
function* keysBesides(
  members: readonly Member[],
  kept: number,
  next: Readonly<Record<string, unknown>>,
): Work<readonly string[]> {
  const keys = Object.keys(next);
  if (keys.length === kept) return NO_KEYS;
  const known = new Set<string>();
  const added: string[] = [];
  let steps = 0;
  for (const { key } of members) {
    if ((++steps & PART) === 0) yield;
    known.add(key);
  }
  for (const key of keys) {
    if ((++steps & PART) === 0) yield;
    if (!known.has(key) && next[key] !== undefined) added.push(key);
  }
  return added;
}

/** @param keyText with its quotes; empty for items of a list */
type OnPart = (start: number, end: number, keyText: string) => void;

/** The direct parts of a container in the original; deeper parts are skipped. */
function* parts(text: string, container: object, [start]: Span, spans: Spans, onPart: OnPart): Work<void> {
  const isList = Array.isArray(container);
  const inner = container as Readonly<Record<string, unknown>>;
  for (let at = start + 1, index = 0; ;) {
    at = spaceEnd(text, at);
    const code = text.charCodeAt(at);
    if (code === 0x7d || code === 0x5d) return;
    if (code === 0x2c) {
      at++;
      continue;
    }
    if ((index & PART) === PART) yield;
    const keyStart = at;
    const keyEnd = isList ? at : stringEnd(text, at);
    if (!isList) at = spaceEnd(text, spaceEnd(text, keyEnd) + 1);
    const valueStart = at;
    const first = text.charCodeAt(at);
    if (first === 0x22) at = stringEnd(text, at);
    else if (first === 0x7b || first === 0x5b) {
      const value = inner[isList ? index : keyIn(text.slice(keyStart, keyEnd))];
      at = spans.get(value as object)?.[1] ?? at + 1;
    } else {
      at++;
      while (isWithinScalar(text.charCodeAt(at))) at++;
    }
    onPart(valueStart, at, text.slice(keyStart, keyEnd));
    index++;
  }
}

/** Part of a number or word: these end at a comma, a bracket or white space. */
function isWithinScalar(c: number): boolean {
  return c > 0x20 && c !== 0x2c && c !== 0x5d && c !== 0x7d;
}

function spaceEnd(text: string, from: number): number {
  let at = from;
  for (let c = text.charCodeAt(at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; c = text.charCodeAt(at)) at++;
  return at;
}

function keyIn(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/** Reads the prototype, since `constructor` may be a member of the value. */
function classOf(prototype: unknown): string {
  const made: unknown = typeof prototype === 'object' && prototype !== null ? prototype.constructor : undefined;
  return typeof made === 'function' && made.name !== '' ? made.name : 'a class';
}

/** Numbers whose text is more precise than their double: double → text, or undefined if several texts share it. */
function* impreciseNumbers(text: string): Work<Map<number, string | undefined>> {
  const found = new Map<number, string | undefined>();
  yield* eachNumber(text, (token) => {
    if (token.length < 16) return;
    const value = Number(token);
    if (String(value) !== token) found.set(value, found.has(value) && found.get(value) !== token ? undefined : token);
  });
  return found;
}
