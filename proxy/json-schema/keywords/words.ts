/** Parts of a schema, and names of arguments, as a message shows them. */
import { withoutHidden } from '../../base/hidden-characters.ts';
import type { JsonValue } from '../../json/value.ts';

const MAX_SHOWN = 120;

/** A value out of a schema. */
export function shown(value: JsonValue | undefined): string {
  return cut(JSON.stringify(value) ?? 'nothing');
}

/** A name that a client or a schema gave. */
export function cut(text: string): string {
  const visible = withoutHidden(text.length > 4 * MAX_SHOWN ? text.slice(0, 4 * MAX_SHOWN) : text);
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN)}…` : visible;
}
