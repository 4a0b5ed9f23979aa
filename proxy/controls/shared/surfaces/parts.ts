/** Limits how much of a long value is walked in one turn. */
import type { JsonObject, JsonValue } from '../../../json/value.ts';

/** Maximum number of values per turn; a text counts for more by its length. */
const PART = 128;
/** Characters that take as long as one more value, as a power of two. */
const CHARACTERS = 6;

/** Counts walked values, so that other calls can run after about this many. */
export class Parts {
  #left = PART;

  /** Whether a value with its contents is short. Stops reading once it is too long. */
  isShort(value: JsonValue | undefined): boolean {
    const left = without(PART, value);
    this.#left -= PART - left;
    return left >= 0;
  }

  /** Whether this turn should end. */
  areEnough(): boolean {
    if (this.#left > 0) return false;
    this.#left = PART;
    return true;
  }
}

function without(before: number, value: JsonValue | undefined): number {
  let left = before - 1;
  if (typeof value === 'string') return left - (value.length >> CHARACTERS);
  if (typeof value !== 'object' || value === null) return left;
  if (isList(value)) {
    if (value.length > left) return -1;
    for (let i = 0; left >= 0 && i < value.length; i++) left = without(left, value[i]);
    return left;
  }
  for (const key in value) {
    left = without(left - (key.length >> CHARACTERS), value[key]);
    if (left < 0) break;
  }
  return left;
}

export function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}
