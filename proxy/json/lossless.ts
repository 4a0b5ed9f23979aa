/**
 * JSON without loss. A value is parsed for inspection and written back as an *edit of its text*. Every unchanged part
 * keeps its original characters: white space, escapes, key order, `1.0`, numbers beyond 2^53. Only changed parts are
 * new text.
 */
import { ControlFault } from '../base/errors.ts';
import { atOnce, type Work } from '../base/turns.ts';
import { deepFreeze, freezeInTurns } from './freeze.ts';
import { HIGHEST_DEPTH, MAX_DEPTH } from './json-error.ts';
import { keysBesides, type Member } from './keys-besides.ts';
import { NEAR } from './layout.ts';
import { isMade } from './made.ts';
import { impreciseNumbers } from './numbers.ts';
import { parseInTurns, parseJson } from './parse.ts';
import { filtered, keyIn, located, PART, parts, type Span, type Spans } from './parts-in-text.ts';
import { readAtOnce } from './read-at-once.ts';
import { namesIn, startOfKey } from './renamed.ts';
import { checkJsonInTurns } from './strict-in-turns.ts';
import { checkJson } from './strict.ts';
import type { JsonObject, JsonValue } from './value.ts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One JSON text with its value. */
export class JsonText {
  readonly text: string;
  #value: JsonValue | undefined;
  /** Where containers near the root end, by their position. */
  readonly #ends: ReadonlyMap<number, number>;
  /** Where all containers are. */
  #spans: Spans | undefined;
  #imprecise: Map<number, string | undefined> | undefined;

  /**
   * @param text JSON that `checkJson` accepted; {@link JsonText.parse} does the check
   * @param value the parsed text, deeply frozen, if known
   * @param ends of all containers down to {@link NEAR} levels, if known
   */
  constructor(text: string, value?: JsonValue, ends: ReadonlyMap<number, number> = NO_ENDS) {
    this.text = text;
    this.#value = value;
    this.#ends = ends;
  }

  /** Checks (syntax, depth, duplicate keys) and wraps. Throws `JsonError`. */
  static parse(text: string, depth: number = MAX_DEPTH): JsonText {
    if (text.length > LONG) return atOnce(JsonText.parseInTurns(text, depth));
    checkJson(text, depth);
    return new JsonText(text);
  }

  /** {@link parse} in turns; the value is read and frozen as well. */
  static *parseInTurns(text: string, depth: number = MAX_DEPTH): Work<JsonText> {
    const read = yield* readAtOnce(text, depth);
    if (read !== undefined) return new JsonText(text, read.value, read.layout.ends);
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
    const written = yield* this.#write(next, value, [start, end], 0);
    return this.text.slice(0, start) + written + this.text.slice(end);
  }

  /** Finds all containers, on first use. */
  *#located(): Work<Spans> {
    if (this.#spans !== undefined) return this.#spans;
    const value = yield* this.read();
    return (this.#spans =
      typeof value === 'object' && value !== null
        ? yield* located(this.text, value, this.text.search(/[^ \t\r\n]/))
        : NO_SPANS);
  }

  /** The direct parts of a container of the original. */
  *#parts(container: object, span: Span, depth: number, onPart: Parameters<typeof parts>[4]): Work<void> {
    const ends = this.#ends;
    if (ends.size > 0 && depth < NEAR - 1)
      return yield* parts(this.text, container, span, (at) => ends.get(at), onPart);
    const spans = yield* this.#located();
    return yield* parts(this.text, container, span, (_, value) => spans.get(value)?.[1], onPart);
  }

  *#write(next: unknown, before: JsonValue | undefined, span: Span | undefined, depth: number): Work<string> {
    if (depth > HIGHEST_DEPTH) throw new ControlFault(`a value nested deeper than ${HIGHEST_DEPTH} levels, or a cycle`);
    const short = this.#short(next, before, span);
    if (short !== undefined) return short;
    if (typeof next === 'number') return yield* this.#moved(next);
    if (typeof next !== 'object' || next === null)
      throw new ControlFault(`a ${typeof next} where a JSON value was expected`);
    // A part that was moved keeps its text. All original parts are frozen, so an unfrozen one is new.
    const moved = Object.isFrozen(next) && !isMade(next) ? (yield* this.#located()).get(next) : undefined;
    if (moved !== undefined) return this.text.slice(moved[0], moved[1]);
    if (Array.isArray(next)) {
      return yield* this.#writeArray(next, Array.isArray(before) ? before : undefined, span, depth);
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
  ): Work<string> {
    const members: Member[] = [];
    if (before !== undefined && span !== undefined) {
      yield* this.#parts(before, span, depth, (start, end, keyText) =>
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

    const names = namesIn(next, before, added);
    if (
      span !== undefined &&
      added.length === names.size &&
      kept.length + names.size === members.length &&
      members.length > 0
    ) {
      // As many keys: put the new values and names into the old text.
      let out = '';
      let cursor = span[0];
      for (const { key, keyText, start, end } of members) {
        if ((++steps & PART) === 0) yield;
        const name = names.get(key) ?? key;
        if (name !== key) {
          const at = startOfKey(this.text, start, keyText);
          out += this.text.slice(cursor, at) + JSON.stringify(name);
          cursor = at + keyText.length;
        }
        if (Object.is(next[name], before?.[key])) continue;
        const value =
          this.#short(next[name], before?.[key], undefined) ??
          (yield* this.#write(next[name], before?.[key], [start, end], depth + 1));
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
        `${keyText}:${this.#short(next[key], before?.[key], inner) ?? (yield* this.#write(next[key], before?.[key], inner, depth + 1))}`,
      );
    }
    for (const key of added) {
      if ((written.length & PART) === PART) yield;
      written.push(
        `${JSON.stringify(key)}:${this.#short(next[key], undefined, undefined) ?? (yield* this.#write(next[key], undefined, undefined, depth + 1))}`,
      );
    }
    return `{${written.join(',')}}`;
  }

  *#writeArray(
    next: readonly unknown[],
    before: readonly JsonValue[] | undefined,
    span: Span | undefined,
    depth: number,
  ): Work<string> {
    const places: Span[] = [];
    if (before !== undefined && span !== undefined)
      yield* this.#parts(before, span, depth, (start, end) => places.push([start, end]));
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
          (this.#short(next[i], before[i], undefined) ?? (yield* this.#write(next[i], before[i], place, depth + 1)));
        cursor = end;
      }
      return out + this.text.slice(cursor, span[1]);
    }
    const shorter = before && (yield* filtered(this.text, next, before, places));
    if (shorter !== undefined) return shorter;
    // Items were added or moved. Find containers by identity, and primitives by walking forward through the old
    // items.
    let cursor = 0;
    const last = new Map<unknown, number>();
    const containers = new Map<unknown, Span | undefined>();
    before?.forEach((item, i) => {
      if (typeof item === 'object') containers.set(item, places[i]);
      else last.set(item, i);
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
      const own = containers.get(item);
      const [was, place] = own !== undefined ? [item as JsonValue, own] : old < 0 ? [] : [before?.[old], places[old]];
      written.push(this.#short(item, was, place) ?? (yield* this.#write(item, was, place, depth + 1)));
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

/** Characters from which a parse before the check takes less time: a third of it for 50 KB. */
const LONG = 1024;
const NO_ENDS: ReadonlyMap<number, number> = new Map();
const NO_SPANS: ReadonlyMap<object, Span> = new Map();

/** Reads the prototype, since `constructor` may be a member of the value. */
function classOf(prototype: unknown): string {
  const made: unknown = typeof prototype === 'object' && prototype !== null ? prototype.constructor : undefined;
  return typeof made === 'function' && made.name !== '' ? made.name : 'a class';
}
