/**
 * About how many bytes a parsed value takes: by its text alone that can't be said, since `[[],[],[]]` takes ten times
 * as many.
 */
import type { JsonValue } from './value.ts';

const SCALAR = 8;
const STRING = 24;
const CONTAINER = 64;
/** A member's place in its object, and the name of it, which each object may have to itself. */
const MEMBER = 64;

/** Of a value whose depth is bounded. */
export function weightOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') return STRING + 2 * value.length;
  if (typeof value !== 'object' || value === null) return SCALAR;
  let weight = CONTAINER;
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) weight += SCALAR + weightOf(item);
  else for (const [name, item] of Object.entries(value)) weight += MEMBER + 2 * name.length + weightOf(item);
  return weight;
}
