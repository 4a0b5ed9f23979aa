/**
 * Shapes in place of values, for `--no-values`. Equal values of one start have equal marks, so that a change still shows;
 * the marks are keyed, so that no value can be found by trying.
 */
import { createHmac, randomBytes } from 'node:crypto';

export type Shown = (json: string) => string;

/** As they are. */
export const values: Shown = (text) => text;

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
/** Members of the envelope whose values are no data: names of the protocol and of tools. */
const KEPT = new Set(['jsonrpc', 'method', 'resultType', 'type', 'isError', 'code']);

export function shapes(): Shown {
  const key = randomBytes(32);
  const mark = (value: string): string => createHmac('sha256', key).update(value).digest('hex').slice(0, 4);
  return (text) => shapeOf(text, mark);
}

/** The text with its strings and numbers replaced; names of members stay. Anything but JSON becomes one shape. */
function shapeOf(text: string, mark: (value: string) => string): string {
  let out = '';
  let member = '';
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (char === '"') {
      STRING.lastIndex = at;
      const found = STRING.exec(text)?.[0];
      if (found === undefined) return `${out}…`;
      at += found.length;
      const isName = /^\s*:/.test(text.slice(at, at + 20));
      if (isName) member = found.slice(1, -1);
      out += isName || KEPT.has(member) ? found : `"‹text ${found.length - 2} · ${mark(found)}›"`;
      continue;
    }
    SCALAR.lastIndex = at;
    const scalar = SCALAR.exec(text)?.[0];
    if (scalar !== undefined) {
      at += scalar.length;
      out += /^[-\d]/.test(scalar) && !KEPT.has(member) ? `"‹number · ${mark(scalar)}›"` : scalar;
      continue;
    }
    if (!/[\s{}[\]:,]/.test(char)) return `‹${text.length} characters that are not JSON›`;
    out += char;
    at++;
  }
  return out;
}
