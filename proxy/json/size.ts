/**
 * The size of a value as JSON, without making the text: for objects with many keys the engine is slow at that, and
 * can't pause.
 */
import type { Work } from '../base/turns.ts';
import { isObject } from './lossless.ts';
import type { JsonValue } from './value.ts';

/** Values between two pauses, minus one. */
const PART = 0x1ff;

/** The number of characters that `JSON.stringify` makes of a value without white space. */
export function* sizeOf(root: JsonValue): Work<number> {
  let size = 0;
  const waiting: JsonValue[] = [root];
  for (let steps = 1; waiting.length > 0; steps++) {
    if ((steps & PART) === 0) yield;
    const value = waiting.pop();
    if (value === undefined) continue;
    if (typeof value !== 'object' || value === null) {
      size += JSON.stringify(value).length;
      continue;
    }
    let parts = 0;
    if (isObject(value)) {
      for (const key in value) {
        const inner = value[key];
        if (inner === undefined) continue;
        parts++;
        size += JSON.stringify(key).length + 1;
        waiting.push(inner);
      }
    } else {
      for (const item of value) waiting.push(item);
      parts = value.length;
    }
    // The brackets, and the commas between.
    size += 2 + Math.max(0, parts - 1);
  }
  return size;
}
