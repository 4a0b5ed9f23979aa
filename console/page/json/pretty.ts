/** JSON on several lines. Works on the text, so that no digit of a number and no repeated key is lost. */
import { messagesOf } from '../../record/events.ts';
import { visible } from '../parts/format.ts';

const INDENT = '  ';
const STRING = /"(?:[^"\\]|\\.)*"?/y;

/** The text itself if it doesn't look like JSON. */
export function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return visible(text);
  let out = '';
  let depth = 0;
  const line = (): string => `\n${INDENT.repeat(Math.max(0, depth))}`;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"') {
      STRING.lastIndex = at;
      const found = STRING.exec(text)?.[0] ?? char;
      out += found;
      at += found.length - 1;
    } else if (char === '{' || char === '[') {
      const end = /\s*[}\]]/y;
      end.lastIndex = at + 1;
      const empty = end.exec(text);
      if (empty !== null) {
        out += char + empty[0].trim();
        at += empty[0].length;
      } else {
        depth++;
        out += char + line();
      }
    } else if (char === '}' || char === ']') {
      depth--;
      out += line() + char;
    } else if (char === ',') out += char + line();
    else if (char === ':') out += ': ';
    else if (!/\s/.test(char)) out += char;
  }
  return visible(out);
}

/** The message of the JSON-RPC error that a reply ends with, if it ends with one. */
export function errorOf(type: string, body: string): string | undefined {
  const last = messagesOf(type, body).at(-1);
  try {
    const { error } = JSON.parse(last ?? '') as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}
