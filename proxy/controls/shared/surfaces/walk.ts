/**
 * Visits every string of a value and maps it. A value that no visitor changed is returned as the same object, so that
 * its original text is sent. Short values are walked by plain recursion; a walk of a long value yields between its
 * short parts.
 */
import { atOnce, isWork, type Work } from '../../../base/turns.ts';
import type { JsonObject, JsonValue } from '../../../json/value.ts';
import { Changes } from './changes.ts';
import { Leaves } from './leaves.ts';
import { NO_SHAPE } from './moving-place.ts';
import { isList, Parts } from './parts.ts';
import type { Shape } from './shape.ts';

export class Walk extends Leaves {
  #parts: Parts | undefined;

  /** Maps a whole value synchronously. @param first a member that is visited before the others */
  map(value: JsonValue, shape: Shape, first?: string): JsonValue {
    this.enter(shape);
    return this.#map(value, shape, first);
  }

  /** The same in turns. */
  *mapInTurns(value: JsonValue, shape: Shape, first?: string): Work<JsonValue> {
    this.enter(shape);
    if (this.visitor.number !== undefined) yield* this.readNumbers();
    return yield* this.#inTurns(value, shape, first);
  }

  protected within(value: JsonValue): JsonValue {
    return this.#map(value, NO_SHAPE);
  }

  protected withinInTurns(value: JsonValue): Work<JsonValue> {
    return this.#inTurns(value, NO_SHAPE);
  }

  #map(value: JsonValue, shape: Shape, first?: string, mimeType?: JsonValue): JsonValue {
    if (typeof value === 'object' && value !== null)
      return isList(value) ? this.#list(value, shape) : this.#object(value, shape, first);
    const next = this.scalar(value, shape, mimeType);
    return typeof next === 'object' && next !== null ? atOnce(next) : next;
  }

  #list(items: readonly JsonValue[], shape: Shape): readonly JsonValue[] {
    let mapped: JsonValue[] | undefined;
    this.holders.list.push(items);
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? null;
      this.path.push(i);
      if (typeof item === 'number') this.moveTo(items, i);
      const next = this.#map(item, shape);
      this.path.pop();
      if (next !== item) mapped ??= items.slice(0, i);
      mapped?.push(next);
    }
    this.holders.list.pop();
    return mapped ?? items;
  }

  #object(value: JsonObject, given: Shape, first: string | undefined): JsonObject {
    const shape = given.variant?.(value) ?? given;
    this.holders.list.push(value);
    let changes = first === undefined ? undefined : this.#member(value, shape, first, value[first], undefined);
    for (const key in value) {
      // Read the member here and not in the callee: V8 is fast if the loop's own key is used.
      const item = value[key];
      if (key !== first) changes = this.#member(value, shape, key, item, changes);
    }
    this.holders.list.pop();
    return changes === undefined ? value : atOnce(changes.in(value));
  }

  #member(
    value: JsonObject,
    shape: Shape,
    key: string,
    item: JsonValue | undefined,
    changes: Changes | undefined,
  ): Changes | undefined {
    if (item === undefined) return changes;
    const known = knownIn(shape, key);
    const inner = known ?? shape.rest ?? NO_SHAPE;
    const named = known === undefined ? this.#name(key, shape) : key;
    const name = typeof named === 'string' ? named : atOnce(named);
    let next = item;
    if (inner.skip !== true) {
      const { field } = this;
      const around = this.goInto(key, inner);
      if (typeof item === 'number') this.moveTo(value, key);
      next = this.#map(item, inner, undefined, inner.base64 === true ? value['mimeType'] : undefined);
      this.leave(field, around);
    }
    return next === item && name === key ? changes : noted(changes, key, name, item, next);
  }

  *#inTurns(value: JsonValue, given: Shape, first?: string, mimeType?: JsonValue): Work<JsonValue> {
    if (typeof value !== 'object' || value === null) {
      const next = this.scalar(value, given, mimeType);
      return isWork(next) ? yield* next : next;
    }
    if (isList(value)) return yield* this.#listInTurns(value, given);
    const parts = (this.#parts ??= new Parts());
    const shape = given.variant?.(value) ?? given;
    this.holders.list.push(value);
    let changes = first === undefined ? undefined : yield* this.#memberInTurns(value, shape, first, undefined);
    // If there are many members, the engine collects their names first.
    yield;
    for (const key in value) {
      const item = value[key];
      if (key === first) continue;
      changes =
        parts.isShort(key) && parts.isShort(item)
          ? this.#member(value, shape, key, item, changes)
          : yield* this.#memberInTurns(value, shape, key, changes);
      if (parts.areEnough()) yield;
    }
    this.holders.list.pop();
    return changes === undefined ? value : yield* changes.in(value);
  }

  *#listInTurns(items: readonly JsonValue[], shape: Shape): Work<readonly JsonValue[]> {
    const parts = (this.#parts ??= new Parts());
    let mapped: JsonValue[] | undefined;
    this.holders.list.push(items);
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? null;
      this.path.push(i);
      if (typeof item === 'number') this.moveTo(items, i);
      const next = parts.isShort(item) ? this.#map(item, shape) : yield* this.#inTurns(item, shape);
      this.path.pop();
      if (next !== item) mapped ??= items.slice(0, i);
      mapped?.push(next);
      if (parts.areEnough()) yield;
    }
    this.holders.list.pop();
    return mapped ?? items;
  }

  *#memberInTurns(
    value: JsonObject,
    shape: Shape,
    key: string,
    changes: Changes | undefined,
  ): Work<Changes | undefined> {
    const item = value[key];
    if (item === undefined) return changes;
    const known = knownIn(shape, key);
    const inner = known ?? shape.rest ?? NO_SHAPE;
    const named = known === undefined ? this.#name(key, shape) : key;
    const name = isWork(named) ? yield* named : named;
    let next = item;
    if (inner.skip !== true) {
      const { field } = this;
      const around = this.goInto(key, inner);
      if (typeof item === 'number') this.moveTo(value, key);
      next = yield* this.#inTurns(item, inner, undefined, inner.base64 === true ? value['mimeType'] : undefined);
      this.leave(field, around);
    }
    return next === item && name === key ? changes : noted(changes, key, name, item, next);
  }

  /** The name of a member that the protocol does not define is visited as data. */
  #name(key: string, { fixedKeys }: Shape): string | Work<string> {
    const { field, fixed, grammar } = this;
    if (fixedKeys === true && fixed) return key;
    this.path.push(key);
    this.isKey = true;
    this.field = undefined;
    if (fixedKeys === true) this.fixed = this.grammar = true;
    const next = this.visitor.text(key, this);
    return typeof next === 'string'
      ? this.#named(key, next, field, fixed, grammar)
      : this.#nameLater(key, next, field, fixed, grammar);
  }

  /** A separate method: a closure here would cost every other name an allocation. */
  *#nameLater(
    key: string,
    work: Work<string>,
    field: string | undefined,
    fixed: boolean,
    grammar: boolean,
  ): Work<string> {
    return this.#named(key, yield* work, field, fixed, grammar);
  }

  #named(key: string, name: string, field: string | undefined, fixed: boolean, grammar: boolean): string {
    this.check(key, name);
    this.path.pop();
    this.isKey = false;
    this.field = field;
    this.fixed = fixed;
    this.grammar = grammar;
    return name;
  }
}

function knownIn({ members }: Shape, key: string): Shape | undefined {
  return members !== undefined && Object.hasOwn(members, key) ? members[key] : undefined;
}

function noted(before: Changes | undefined, key: string, name: string, item: JsonValue, next: JsonValue): Changes {
  const changes = before ?? new Changes();
  changes.note(key, name, item, next);
  return changes;
}
