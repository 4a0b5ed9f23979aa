/** How much of a long value may be walked at once. */
import type { JsonObject, JsonValue } from '../../../json/value.ts';

/** Values that are walked at once, at most; a text counts for more by its length. */
const PART = 128;
/** Characters that take as long as one more value, as a power of two. */
const CHARACTERS = 6;

/** Counts what was walked, so that others have their turn after about so much. */
export class Parts {
  #left = PART;

  /** Whether a value, with all that lies in it, is short. No more of it is looked at than that takes. */
  isShort(value: JsonValue | undefined): boolean {
    const left = without(PART, value);
    this.#left -= PART - left;
    return left >= 0;
  }

  /** Whether that was enough for now. */
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
