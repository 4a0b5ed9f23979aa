/**
 * Shapes in place of values, for `--no-values`. Equal values of one start have equal marks, so that a change still shows;
 * the marks are keyed, so that no value can be found by trying.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { isKnownMethod } from '../../proxy/call/methods.ts';

export type Shown = (json: string) => string;

/** As they are. */
export const values: Shown = (text) => text;

/** One text, such as the message of an error. */
export function shownText(shown: Shown, text: string): string {
  if (shown === values) return text;
  const [out]: readonly unknown[] = parsedList(shown(JSON.stringify([text])));
  return typeof out === 'string' ? out : '…';
}

function parsedList(json: string): readonly unknown[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value : [];
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;

/** What the envelope of MCP says, by its place; anything else at the same place is data. */
const KEPT: Readonly<Record<string, (value: string) => boolean>> = {
  jsonrpc: (value) => value === '2.0',
  method: isKnownMethod,
  'error.code': (value) => /^-?\d{1,6}$/.test(value),
  'result.isError': () => true,
  'result.resultType': (value) => ['complete', 'input_required', 'task'].includes(value),
  'result.content[].type': (value) => CONTENT.has(value),
};
const CONTENT = new Set(['text', 'image', 'audio', 'resource', 'resource_link']);

/** How members are called. A map may have names of people in this place. */
const NAME = /^(?:[a-z0-9.-]{1,60}\/)?[A-Za-z_$][\w$.-]{0,60}$/;

export function shapes(): Shown {
  const key = randomBytes(32);
  const mark = (value: string): string => createHmac('sha256', key).update(value).digest('hex').slice(0, 4);
  return (text) => shapeOf(text, mark);
}

/** The text with its values replaced; names of members stay. Anything but JSON becomes one shape. */
function shapeOf(text: string, mark: (value: string) => string): string {
  if (!/^\s*[[{]/.test(text)) return text === '' ? '' : `‹${text.length} characters that are not JSON›`;
  let out = '';
  /** Members and `[]` from the outermost to here. */
  const path: string[] = [];
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (char === '"') {
      STRING.lastIndex = at;
      const found = STRING.exec(text)?.[0];
      if (found === undefined) return `${out}…`;
      at += found.length;
      const inner = found.slice(1, -1);
      if (/^\s*:/.test(text.slice(at, at + 20))) {
        path[path.length - 1] = inner;
        out += NAME.test(inner) ? found : `"‹name ${inner.length} · ${mark(found)}›"`;
      } else out += isKept(path, inner) ? found : `"‹text ${inner.length} · ${mark(found)}›"`;
      continue;
    }
    SCALAR.lastIndex = at;
    const scalar = SCALAR.exec(text)?.[0];
    if (scalar !== undefined) {
      at += scalar.length;
      const kind = /^[-\d]/.test(scalar) ? 'number' : 'boolean';
      out += scalar === 'null' || isKept(path, scalar) ? scalar : `"‹${kind} · ${mark(scalar)}›"`;
      continue;
    }
    if (!/[\s{}[\]:,]/.test(char)) return `‹${text.length} characters that are not JSON›`;
    if (char === '{') path.push('');
    else if (char === '[') path.push('[]');
    else if (char === '}' || char === ']') path.pop();
    out += char;
    at++;
  }
  return out;
}

function isKept(path: readonly string[], value: string): boolean {
  if (path.length > 4) return false;
  const place = path.join('.').replaceAll('.[]', '[]');
  return Object.hasOwn(KEPT, place) && KEPT[place]?.(value) === true;
}
