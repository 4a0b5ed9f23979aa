/** What a log says of an error that was thrown: its class, and where. Other messages are left out of logs. */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonValue } from '../../../proxy/json/value.ts';

export function errorWords(error: JsonValue | undefined): string {
  if (!isObject(error)) return '';
  const { control, type, message, stack } = error;
  const [frame] = Array.isArray(stack) ? (stack as readonly JsonValue[]) : [];
  return [
    typeof control === 'string' ? `The control is ${control}.` : '',
    typeof type === 'string' ? `It threw ${type}${typeof message === 'string' ? `: ${message}` : ''}` : '',
    typeof frame === 'string' ? frame : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Of the line `internal error` among these, if there is one. */
export function failureIn(lines: string): string | undefined {
  for (const line of lines.split('\n')) {
    if (!line.includes('"internal error"')) continue;
    const entry: unknown = JSON.parse(line);
    if (isObject(entry)) return errorWords(entry['error']);
  }
  return undefined;
}
