/** Approximate bytes of a parsed value. The length of its text is no measure: `[[],[],[]]` takes ten times as much. */
import type { JsonValue } from './value.ts';

const SCALAR = 8;
const STRING = 24;
const CONTAINER = 64;
/** A member's slot in its object, and its key, which may not be shared between objects. */
const MEMBER = 64;

/** The value's depth must be bounded. */
export function weightOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') return STRING + 2 * value.length;
  if (typeof value !== 'object' || value === null) return SCALAR;
  let weight = CONTAINER;
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) weight += SCALAR + weightOf(item);
  else for (const [name, item] of Object.entries(value)) weight += MEMBER + 2 * name.length + weightOf(item);
  return weight;
}
