/** Freezes parsed values, so that a control which changes one in place throws. */
import type { Work } from '../base/turns.ts';
import { PART } from './parts-in-text.ts';
import type { JsonValue } from './value.ts';

/** Members of one object, from which the engine needs milliseconds to list or freeze them. */
const MANY = 4_096;

/** Freezes a value at every depth, so that a control which mutates it throws (modules are strict code). */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/**
 * {@link deepFreeze} in turns, for a value of which nothing is frozen yet.
 * @returns how many members all its objects have
 */
export function* freezeInTurns(value: JsonValue): Work<number> {
  let members = 0;
  const waiting: JsonValue[] = [value];
  for (let steps = 1; waiting.length > 0; steps++) {
    if ((steps & PART) === 0) yield;
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    let parts = 0;
    if (Array.isArray(next)) {
      const items = next as readonly JsonValue[];
      parts = items.length;
      // By index: a list has no need of another list, and most objects are small.
      for (let i = 0; i < parts; i++) {
        const one = items[i];
        if (typeof one === 'object' && one !== null) waiting.push(one);
      }
    } else {
      const object = next as Readonly<Record<string, JsonValue>>;
      // Objects of one shape share the list of their keys; a list of their values would be made for each.
      for (const key in object) {
        parts++;
        const one = object[key];
        if (typeof one === 'object' && one !== null) waiting.push(one);
      }
      members += parts;
    }
    if (parts > MANY) yield;
    Object.freeze(next);
  }
  return members;
}
