/** How a message shows parts of a schema and names of arguments. */
import { withoutHidden } from '../../base/hidden-characters.ts';
import type { JsonValue } from '../../json/value.ts';

const MAX_SHOWN = 120;

/** Shows a value from a schema. */
export function shown(value: JsonValue | undefined): string {
  return cut(JSON.stringify(value) ?? 'nothing');
}

/** Shows a name given by a client or a schema. */
export function cut(text: string): string {
  const visible = withoutHidden(text.length > 4 * MAX_SHOWN ? text.slice(0, 4 * MAX_SHOWN) : text);
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN)}…` : visible;
}
