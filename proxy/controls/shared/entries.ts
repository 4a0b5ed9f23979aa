/** The entries of a list that a control must filter. Any other value is refused: it could show what must be hidden. */
import { ProxyError } from '../../base/errors.ts';
import { fold } from '../../call/variants.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';

/** Throws `inspection-failed` if the list is missing, or if a case-insensitive reader may find it under another key. */
export function entriesOf(list: JsonObject, member: string): readonly JsonValue[] {
  const entries = list[member];
  if (!Array.isArray(entries)) throw unclear(`expected ${member} to be a list, got something else`);
  refuseVariants(list, member);
  return entries as readonly JsonValue[];
}

/** Throws `inspection-failed` if a case-insensitive reader may find the member under another key. */
export function refuseVariants(list: JsonObject, member: string): void {
  const folded = fold(member);
  for (const key of Object.keys(list))
    if (key.length === member.length && key !== member && fold(key) === folded)
      throw unclear(`expected one key ${member}, got another that differs only in case`);
}

function unclear(why: string): ProxyError {
  return new ProxyError('inspection-failed', `cannot filter the list: ${why}`);
}
