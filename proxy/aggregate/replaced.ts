/** One changed member of an object. */
import type { JsonObject, JsonValue } from '../json/value.ts';

/** The object with another value of a member; the same object if it has that value. */
export function replaced(holder: JsonObject, member: string, value: JsonValue): JsonObject {
  return holder[member] === value ? holder : { ...holder, [member]: value };
}
